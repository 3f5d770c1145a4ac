"""Music and noises that nobody recorded: more kinds than the few hundred recordings hold.

They need not fool anyone; they show what a kind may be without the colour, the room and the level
of one recording.

waves.py ─▶ notes.py ─▶ layers.py (players) ───┐
         ├▶ drums.py ─▶ machines.py ───────────┼▶ studio.py ─▶ music.py
         └▶ noises.py
"""
