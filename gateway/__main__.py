"""`python -m gateway -c config.yaml`: run one gateway in the foreground until TERM or INT; HUP rereads its tokens.
`python -m gateway token ID --scope submit`: make a token.

Exit status: 0 stopped, 1 the port is taken, 2 wrong usage, a bad config file, or a
host that is refused.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gateway, or make a token; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["token"]:
        from gateway.access import token_command

        return token_command.main(words[1:])
    options = _parser().parse_args(words)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a config.py where one stands must not hide ours
    gc.disable()  # loading leaves no garbage; looking for it meanwhile costs a seventh of the start
    import config
    from gateway.serving import run  # after the usage check, so that help is quick

    gc.enable()
    try:
        settings = config.load(Path(options.config))
        settings.tracing.refuse_missing(settings.mark("tracing", "enabled"))
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return run(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gateway",
        description="Serve the HTTP interface until TERM or INT.",
        epilog="python -m gateway token ID --scope submit makes a token.",
    )
    default = os.environ.get("HERDSMAN_CONFIG")
    parser.add_argument(
        "-c", "--config", metavar="FILE", default=default, required=default is None, help="the config file"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
