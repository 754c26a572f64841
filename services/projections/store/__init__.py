"""Where read models lie and how far they are: generations, checkpoints, daily log checkpoints.

Read `generations.py`, then `checkpoints.py` and `log_heads.py`. No read model comes in.
"""
