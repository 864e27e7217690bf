"""`startup`: a systemd unit for this config."""

import pwd
import shlex
import sys
import sysconfig
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import click

from supervisor.shell.asking import load_or_exit

if TYPE_CHECKING:
    from supervisor.outside.unit import Facts

_HOW = """# As root:
#   {command} | tee /etc/systemd/system/{name}.service
#   systemctl daemon-reload && systemctl enable --now {name}
# `systemctl reload {name}` rolls to new code and config. Secrets: EnvironmentFile=, not the unit."""
_HOW_SESSION = """# As yourself:
#   {command} > ~/.config/systemd/user/{name}.service
#   systemctl --user daemon-reload && systemctl --user enable --now {name}
#   loginctl enable-linger    # it starts at boot, and stays when you log out"""


@click.command()
@click.option("--user", "session", is_flag=True, help="A unit for your own service manager (systemctl --user).")
@click.option("--run-as", default=None, help="The user of a system unit; default: the owner of the config file.")
@click.option("--name", default="herdsman", show_default=True, help="The unit's name, for the words on how to install.")
@click.pass_obj
def startup(path: Path, session: bool, run_as: str | None, name: str) -> None:
    """Print a systemd unit that runs this config (and on standard error, how to install it)."""
    from supervisor.outside.unit import unit

    facts = _facts(path, session=session, run_as=run_as)
    click.echo(unit(facts), nl=False)
    options = [*(["--user"] if session else []), *(["--run-as", run_as] if run_as and not session else [])]
    again = shlex.join([sys.executable, "-m", "supervisor", "-c", str(path), "startup", *options])
    if not facts.data_dir.is_dir() and not session:
        click.echo(
            f"# First:  install -d -m 700 -o {shlex.quote(facts.user)} {shlex.quote(str(facts.data_dir))}", err=True
        )
    click.echo((_HOW_SESSION if session else _HOW).format(command=again, name=name), err=True)


def _facts(path: Path, *, session: bool, run_as: str | None) -> "Facts":
    from config import Places
    from supervisor.outside.stop_plan import longest_stop
    from supervisor.outside.unit import Facts
    from supervisor.roots import ROOT

    config = load_or_exit(path)
    places = Places(config.data_dir)
    status = config.control.read_only.path
    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return Facts(
        config=config.path,
        python=Path(sys.executable),
        folder=Path.cwd(),
        data_dir=places.data_dir,
        stop_s=longest_stop(config),
        user=run_as or _owner(config.path),
        session=session,
        search_path=None if str(ROOT) in installed else ROOT,
        own_tmp=not any(_in_tmp(place) for place in (places.control_socket, config.path, Path.cwd())),
        writable=(status.parent,) if status else (),
    )


def _in_tmp(place: Path) -> bool:
    """Whether a unit with a /tmp of its own would not see it, or others not what it makes there."""
    return any(place.is_relative_to(folder) for folder in (gettempdir(), "/tmp", "/var/tmp"))  # noqa: S108  compared with


def _owner(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
