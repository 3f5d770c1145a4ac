"""Pictures: the integer network, its engines, and the Stage around them."""
