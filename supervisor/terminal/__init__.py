"""What a command shows on a terminal: tables that fit, `--watch`, progress.

The files of `engine/cli/terminal` are links to these: neither room may import the other, and each has them as its own.
So nothing in here imports anything of ours but its neighbours, and those by `from .`.
"""
