"""`monit`: the herd on a terminal screen. Needs the extra `tui`.

source    asks the supervisor, over its socket, and measures CPU
rows      what that means for the tables; pure
tailing   the live log, by `logs -f`
screen    the screen itself, and its keys
"""
