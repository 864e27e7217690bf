"""The start of a supervisor in the foreground, without what only its command line needs: that would stay in memory."""

import gc
import os
from pathlib import Path

from supervisor.shell.ending import FAILED, USAGE, fail, load_or_exit
from supervisor.shell.no_tls import without_tls

DEFAULT = Path("config.yaml")


def plain(arguments: list[str]) -> Path | None:
    """Answer the config file of a command line that only starts a supervisor; None when it asks for more."""
    match arguments:
        case []:
            return DEFAULT
        case ["-c" | "--config", path]:
            return Path(path)
        case [word] if word.startswith("--config="):
            return Path(word.removeprefix("--config="))
    return None


def start(path: Path) -> int:
    """Run in the foreground until told to stop; answer the exit status."""
    without_tls()
    gc.disable()  # loading leaves no garbage; looking for it meanwhile costs a seventh of the start
    from config import ConfigError
    from supervisor.boot import BootError, RefusedError, run
    from supervisor.upgrading.handover import HandoverError
    from supervisor.upgrading.taking_over import config_in_force
    from supervisor.upgrading.upgrade import resumed

    gc.enable()
    os.environ.pop("HERDSMAN_CONFIG_SNAPSHOT", None)  # of a supervisor that started us
    try:
        handover = resumed()
        config = load_or_exit(path) if handover is None else config_in_force(path, handover)
        # What the program was started with counts from here on by its absolute path, wherever a child stands.
        os.environ["HERDSMAN_CONFIG"] = str(config.path)
        return run(config, handover)
    except (ConfigError, RefusedError) as error:
        fail(str(error), USAGE)
    except (BootError, HandoverError) as error:
        fail(str(error), FAILED)
