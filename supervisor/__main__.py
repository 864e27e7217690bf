"""`python -m supervisor`, and the console script `herdsman`."""

import os
import sys


def main() -> None:
    """Check that our packages are ours, then hand over to the command line, or to the program whose verb it is."""
    from supervisor.roots import clashes

    found = clashes()
    if found:
        print("\n".join(found), file=sys.stderr)
        sys.exit(1)
    from supervisor.shell import elsewhere

    completing = elsewhere.COMPLETE_VARIABLE in os.environ
    if completing:
        other = elsewhere.completed(os.environ.get("COMP_WORDS", ""), os.environ.get("COMP_CWORD", ""))
    else:
        other = elsewhere.other(sys.argv[1:])
    if other is not None and not (completing and other.room in elsewhere.PARTS):
        elsewhere.become(other, os.environ)
    from supervisor.shell.start import plain, start

    path = None if completing else plain(sys.argv[1:])
    if path is not None:
        sys.exit(start(path))
    from supervisor.cli import cli
    from supervisor.terminal.unwritable import told_plainly

    with told_plainly():
        cli(prog_name="herdsman", complete_var=elsewhere.COMPLETE_VARIABLE)


if __name__ == "__main__":
    main()
