"""What light blocks and small kernels cost on this processor: multiplications, and milliseconds.

problem.py ─▶ solver.py ─▶ outcome.py ─▶ page.py, plots.py
"""
