"""Other supervisors, and this one, each behind the same five calls, for bench/supervisors.py."""
