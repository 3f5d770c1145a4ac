"""Training on from another network's weights, for the eye and against critics: `vivid`."""
