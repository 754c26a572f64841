"""Keeps public responses for as long as the figures' version is the same.

Read `middleware.py`, `invalidation.py`, `cache.py`. No route, page or table comes in.
"""
