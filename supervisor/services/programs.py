"""Programs from the config, and the gateway: ordinary children that end with the supervisor."""

import errno
import math
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from config import ConfigError, Program
from config.env_files import read
from config.expressions import fill
from supervisor.probes.fitting import Fitter
from supervisor.probes.probe import Probe
from supervisor.processes.child import Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.processes.confines import confines, home
from supervisor.processes.outputs import Outputs
from supervisor.services.endings import ends
from supervisor.services.remains import MARK, Remains
from supervisor.services.restart import Policy
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service

Flush = Callable[[str], None]
Environment = Callable[[Mapping[str, str]], Mapping[str, str]]


def program_services(
    program: Program,
    nursery: Nursery,
    outputs: Outputs,
    environment: Environment,
    *,
    flush: Flush,
    wake: Callable[[], None],
    fitter: Fitter,
) -> list[Service]:
    """Answer one service for each instance of a program.

    Args:
        program: as configured.
        nursery: starts processes.
        outputs: where their output goes, tagged `name.instance`.
        environment: what is particular to the child -> its whole environment.
        flush: ends the unfinished log line of a tag.
        wake: calls the reconcile loop.
        fitter: makes what asks it, and what it waits for.

    Raises:
        NoSuchUserError: this host does not know its user or group.
    """
    limits, of_user, rule = confines(program), home(program), rule_of(program)

    def launch(instance: int) -> Launch:
        output = outputs.pipe(f"{program.name}.{instance}", program.name)
        return Launch(
            command=tuple(fill(word, instance) for word in program.command),
            env=environment({**of_user, **variables(program, instance)}),
            stdout=output,
            stderr=output,
            cwd=Path(fill(str(program.cwd), instance)) if program.cwd else None,
            death_signal=rule.stop_signal,
            stop_timeout=program.stop_timeout,
            group_outlives=program.stop_group,  # what is left of it is looked after by its remains
            confines=limits,
        )

    services = []
    for instance in range(program.instances):
        name = f"{program.name}.{instance}"
        hooks = Hooks(ended=partial(_flush, flush, name), remains=partial(_remains, name, nursery))
        start = partial(launch, instance)
        probe = fitter.probe(program, instance, start)
        service = Service(name, nursery, start, rule=rule, hooks=hooks, wake=wake, probe=probe)
        service.gate, service.essential = fitter.gate(program.depends_on), program.essential
        service.wanted = program.enabled
        services.append(service)
    return services


def rule_of(program: Program) -> Rule:
    """Answer how the instances of a program are kept. Pure."""
    backoff, limited = program.backoff, program.max_restarts > 0
    window = math.inf if program.restart_window is None else program.restart_window
    paced = Policy(
        base=backoff.base,
        factor=backoff.factor,
        cap=backoff.max,
        jitter=backoff.jitter,
        stable=program.min_uptime,
    )
    return Rule(
        restart=program.restart,
        policy=replace(paced, budget=program.max_restarts, window=window) if limited else paced,
        restart_delay=program.restart_delay,
        gives_up=limited,
        success=ends(program.success_exits),
        final=ends(program.final_exits),
        stop_signal=signal.Signals[program.stop_signal],
        stop_group=program.stop_group,
        stop_timeout=program.stop_timeout,
    )


def variables(program: Program, instance: int) -> dict[str, str]:
    """Answer what a program adds to the environment of one instance; the files are read now, at each start.

    Raises:
        OSError: a file cannot be read, or has wrong lines; neither its name nor a value is lost in the text.
    """
    found: dict[str, str] = {}
    for file in program.env_file:
        try:
            found.update(read(file))
        except ConfigError as error:
            raise OSError(errno.EPERM, str(error)) from None
    found.update({name: fill(value, instance) for name, value in program.env.items()})
    number = str(instance)
    return {**found, "HERDSMAN_INSTANCE": number, program.instance_var: number, MARK: f"{program.name}.{number}"}


def gateway_service(
    config_file: Path,
    nursery: Nursery,
    outputs: Outputs,
    env: Mapping[str, str],
    pass_fds: tuple[int, ...],
    *,
    flush: Flush,
    wake: Callable[[], None],
    probe: Probe | None = None,
) -> Service:
    """Answer the service that keeps the gateway."""

    def launch() -> Launch:
        output = outputs.pipe("gateway", "gateway")
        return Launch(
            command=(sys.executable, "-m", "gateway", "-c", str(config_file)),
            env=env,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
            death_signal=signal.SIGTERM,
        )

    hooks = Hooks(ended=partial(_flush, flush, "gateway"))
    return Service("gateway", nursery, launch, rule=Rule(), hooks=hooks, wake=wake, probe=probe)


def _flush(flush: Flush, tag: str, _end: Exit) -> None:
    flush(tag)


def _remains(name: str, nursery: Nursery, pid: int, kill_at: float) -> Remains:
    return Remains(name, pid, nursery.children, kill_at)
