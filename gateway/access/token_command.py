"""`python -m gateway token ID --scope submit`: makes a token and the line of the config file for it. Keeps neither."""

import argparse
import sys
from collections.abc import Sequence

from gateway.access.rules import RIGHTS


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status: 0, or 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    from pydantic import ValidationError  # after the usage check, so that help is quick

    try:
        token, line = made(vars(options))
    except ValidationError as error:
        wrong = {one["loc"][0]: one["msg"] for one in reversed(error.errors(include_url=False))}
        for name in reversed(wrong):
            sys.stderr.write(f"{name}: {wrong[name].removeprefix('Value error, ')}\n")
        return 2
    sys.stderr.write("The token; it is shown this once, and kept nowhere:\n\n")
    sys.stdout.write(f"{token}\n")
    sys.stdout.flush()
    sys.stderr.write("\nIts line in the config file, under gateway.tokens (then `apply`, or HUP to the gateway):\n\n")
    sys.stdout.write(f"{line}\n")
    return 0


def made(options: dict[str, object]) -> tuple[str, str]:
    """A new token, and its line.

    Raises:
        ValidationError: the file could not have such a token.
    """
    import yaml

    from config.gateway import Token
    from gateway.access.tokens import hashed, mint

    said = {name: value for name, value in options.items() if value}
    Token(**{**said, "hash": "sha256:" + "0" * 64})  # checks what was typed
    token = mint(str(options["id"]))
    item = {"id": said.pop("id"), "hash": f"sha256:{hashed(token)}", **said}
    text = yaml.safe_dump([item], default_flow_style=True, sort_keys=False, width=1000, allow_unicode=True)
    return token, f"- {text.strip()[1:-1]}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway token", description="Make a token for the HTTP interface.")
    parser.add_argument("id", metavar="ID", help="whose it is; the audit log names it")
    scopes = [str(right) for right in RIGHTS]
    parser.add_argument("--scope", dest="scopes", action="append", choices=scopes, required=True)
    parser.add_argument(
        "--queue", dest="queues", action="append", metavar="QUEUE", help="only this one; may be repeated"
    )
    parser.add_argument("--tenant", dest="tenants", action="append", metavar="TENANT", help="only this one's jobs")
    parser.add_argument("--rate-limit", metavar="100/s", help="requests in a time")
    parser.add_argument("--expires", metavar="2027-01-31", help="from then on it is refused")
    return parser
