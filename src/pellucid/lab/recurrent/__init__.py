"""What a guide to small recurrent networks says, tested on gains that take noise out of voices.

geometry.py ─▶ problem.py ─▶ solver.py over arms.py ─▶ claims.py ─▶ page.py, plots.py
"""
