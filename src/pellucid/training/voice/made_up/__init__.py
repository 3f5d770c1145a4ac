"""Music and noises that nobody recorded: more kinds than the few hundred recordings hold.

They need not fool anyone; they show what a kind may be without the colour, the room and the level
of one recording.

Sound goes from the left to the right; all is put together from waves.py and notes.py.

layers.py (players) ──────────────┐
drums.py ─┬───────────────────────┼▶ studio.py ─▶ music.py
          └▶ machines.py (chops) ─┘
noises.py
"""
