"""Calls: what came by the network becomes sound and pictures in time, here or in a page."""
