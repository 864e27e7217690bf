"""The supervisor executed anew in place: rehearsed, handed over, taken over."""
