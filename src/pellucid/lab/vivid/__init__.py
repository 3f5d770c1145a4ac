"""What each constraint does for the network `vivid`, and how it looks beside others.

arms.py ─▶ ablation.py (trainings) and scores.py (calls and stills) ─▶ page.py, crops.py
"""
