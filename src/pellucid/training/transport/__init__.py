"""Optimal transport that a training needs: from a uniform law to codes, in any dimension.

The laboratory measures it and adds what is exact in the plane (`lab/transport`).
"""
