"""`monit`: the herd on a terminal screen. Needs the extra `tui`.

source    asks the supervisor, over its socket, and measures CPU
rows      what that means for the tables; pure
tailing   the live log, by `logs -f`
processes the table of processes: draws what changed
dialog    the question before an act, and the page of keys
screen    the screen itself, and its keys
"""
