"""How small can a trained network's file be, and what are light blocks worth? Measured on our task.

arms.py ─▶ solver.py, sizes.py ─▶ outcome.py ─▶ page.py, plots.py      clock.py: milliseconds
"""
