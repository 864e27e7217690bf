"""The supervisor: keeps zygotes, workers, store, janitor, gateway, logger and programs alive, and runs no job itself.

One thread, one event loop, no Redis client, no user code. The way in is `__main__.py`; the loop is `arbiter.py`.
"""
