"""Measured comparisons: the call protocol, the stills protocol, and two files side by side."""
