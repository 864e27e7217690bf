"""Programs from the config, and the gateway: ordinary children that end with the supervisor."""

import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from config import Program
from supervisor.child import Launch, Nursery
from supervisor.children import Exit
from supervisor.outputs import Outputs
from supervisor.probes.fitting import Fitter
from supervisor.probes.probe import Probe
from supervisor.service import Hooks, Rule, Service

Flush = Callable[[str], None]


def program_services(
    program: Program,
    nursery: Nursery,
    outputs: Outputs,
    environment: Callable[[Mapping[str, str]], Mapping[str, str]],
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
    """

    def launch(instance: int) -> Launch:
        output = outputs.pipe(f"{program.name}.{instance}", program.name)
        return Launch(
            command=program.command,
            env=environment({**program.env, "HERDSMAN_INSTANCE": str(instance)}),
            stdout=output,
            stderr=output,
            cwd=program.cwd,
            death_signal=signal.SIGTERM,
        )

    rule = Rule(restart=program.restart, stop_timeout=program.stop_timeout)
    services = []
    for instance in range(program.instances):
        name = f"{program.name}.{instance}"
        hooks = Hooks(ended=partial(_flush, flush, name))
        start = partial(launch, instance)
        probe = fitter.probe(program, instance, start)
        service = Service(name, nursery, start, rule=rule, hooks=hooks, wake=wake, probe=probe)
        service.gate, service.essential = fitter.gate(program.depends_on), program.essential
        services.append(service)
    return services


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
