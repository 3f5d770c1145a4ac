"""Calls: what runs in a page, and what carries voices and pictures there."""
