"""The verbs of the command line, one a file: each module holds the click command of its name."""
