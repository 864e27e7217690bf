"""The supervisor's side of the logger, and reading what it wrote."""
