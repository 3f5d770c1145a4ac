"""What a network costs: counted by layer, and what a device could make of it."""
