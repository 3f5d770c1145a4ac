"""Makes trained networks smaller: fewer weights, fewer values, fewer bits, a shorter file.

Each way is a parametrisation of a layer's weight (`torch.nn.utils.parametrize`), so that whoever
reads `layer.weight`, be it a forward pass, the simulation of the integer network or the file, sees
what the compressed network has, and training goes on through it.
"""
