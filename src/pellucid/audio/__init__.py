"""Sound: what clears up a voice. Stages take any chunk size, and hold all state between chunks."""
