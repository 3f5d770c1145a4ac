"""x2 super-resolution for calls."""
