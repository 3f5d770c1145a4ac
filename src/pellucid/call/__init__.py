"""Calls: what came by the network becomes sound and pictures in time."""
