"""The laboratory: small experiments that hold what is said about networks against numbers."""
