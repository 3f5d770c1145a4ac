"""Mode collapse: small generators that drop what they should make, and three cures for it.

geometry.py, digits.py (data) ─▶ arms.py, scores.py ─▶ nets.py, codes.py, solver.py (all seeds at
once) ─▶ experiment.py ─▶ outcome.py, page.py, plots.py
"""
