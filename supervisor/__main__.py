"""`python -m supervisor`, and the console script `herdsman`."""

import sys


def main() -> None:
    """Check that our packages are ours, then hand over to the command line."""
    from supervisor.roots import clashes

    found = clashes()
    if found:
        print("\n".join(found), file=sys.stderr)
        sys.exit(1)
    from supervisor.shell.start import plain, start

    path = plain(sys.argv[1:])
    if path is not None:
        sys.exit(start(path))
    from supervisor.cli import cli

    cli(prog_name="herdsman")


if __name__ == "__main__":
    main()
