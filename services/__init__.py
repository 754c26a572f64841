"""The services, each a process of its own: requests, complaints, projections.

In each, read `main.py` first. No service may import another.
"""
