"""How many linear pieces a network of ReLUs has, counted exactly, beside what theory says of it.

geometry.py ─▶ problem.py ─▶ solver.py over frozen.py ─▶ outcome.py ─▶ page.py, plots.py

The counting is for any network of torch whose only bends are ReLUs, convolutions included:

    from pellucid.lab.pieces.problem import Plane, Segment
    from pellucid.lab.pieces.solver import subdivide

    found = subdivide(network, Plane(corner, along, across))  # or Segment(start, end)
    print(found.regions, found.pieces)
"""
