"""Networks for voices: sounds, what happens to them on their way, losses, the loop, the export."""
