"""Semi-discrete optimal transport: from a uniform latent variable to given points and shares.

geometry.py, diagram.py ─▶ problem.py ─▶ solver.py (exact, 2-D), training/transport (any dimension)
─▶ extension.py ─▶ surface.py, networks.py ─▶ outcome.py ─▶ page.py, plots.py
"""
