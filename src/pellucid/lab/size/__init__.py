"""How small may the product's network be? A ladder of sizes: quality, cost and linear pieces.

geometry.py ─▶ problem.py ─▶ solver.py ─▶ outcome.py, page.py
"""
