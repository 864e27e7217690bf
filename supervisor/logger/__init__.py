"""The logger: reads everybody's output, tags it, writes rotated files, shows it on the terminal.

A process of its own, so that a slow disk or a stopped terminal holds up neither a worker nor the supervisor:

    pipes ──> reader (main thread; never touches disk or terminal)
                 ├──> bounded buffer ──> writer thread ──> <data_dir>/logs/*.log
                 └──> bounded buffer ──> echo thread   ──> standard output

What does not fit in a buffer is dropped, counted, and the file says so.
"""
