"""Statistics over the Python standard library, one job a file: a piece of real work with real failures.

``python -m examples.codestats`` submits the jobs and adds up their results; with ``--serial`` it does that
without herdsman.
"""
