"""How few bits do the weights of a shipped denoiser need, when nobody trains them again?

problem.py ─▶ solver.py ─▶ outcome.py ─▶ page.py
"""
