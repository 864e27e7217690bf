"""From the config of a program, or of the gateway, to its probe and its gate."""

import ipaddress
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from config.expressions import fill
from config.gateway import Gateway
from config.probes import GatewayHealth, Ready
from config.probes import Health as HealthRule
from config.programs import Program
from supervisor.probes.asking import Commands, Question, http, port
from supervisor.probes.lines import Lines, Logger
from supervisor.probes.probe import Liveness, Probe, Readiness
from supervisor.processes.child import Launch, Nursery
from supervisor.services.dependencies import Gate, Needs, Sight

_PATIENCE_S = 5.0  # for one answer of a program that is not ready yet; a command has all the time there is
_ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "*": "127.0.0.1", "localhost": "localhost"}  # noqa: S104  asked, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitter:
    """What all probes and gates share."""

    nursery: Nursery
    commands: Commands
    logger: Logger
    look: Callable[[str], Iterable[Sight]]
    wake: Callable[[], None]

    def gate(self, needs: Needs) -> Gate:
        """Answer the gate of a ward."""
        return Gate(needs, self.look)

    def probe(self, program: Program, instance: int, launch: Callable[[], Launch]) -> Probe | None:
        """Answer the probe of one instance; None when nothing is asked of it.

        Args:
            program: as configured.
            instance: its number, from 0; `{{…}}` in URLs and ports is worked out for it.
            launch: how it is started: a command that asks is run in the same way.
        """
        ready, health = program.ready, program.health
        if ready is None and health is None:
            return None
        readiness = None if ready is None else Readiness(
            question=self._question(ready, instance, launch),
            line=ready.line or "",
            timeout=ready.timeout,
            interval=ready.interval,
            patience=ready.timeout if ready.command else min(ready.timeout, _PATIENCE_S),
        )  # fmt: skip
        liveness = None if health is None else Liveness(
            question=self._question(health, instance, launch),
            interval=health.interval,
            timeout=health.timeout,
            failures=health.failures,
            grace=health.grace,
        )  # fmt: skip
        return Probe(
            self.nursery.loop,
            ready=readiness,
            health=liveness,
            lines=Lines(self.logger, f"{program.name}.{instance}") if ready is not None and ready.line else None,
            notify=bool((ready and ready.notify) or (health and health.notify)),
            changed=self.wake,
        )

    def gateway_probe(self, gateway: Gateway) -> Probe | None:
        """Answer the probe of the gateway; None when it is not asked, or cannot be without a name look-up."""
        rule: GatewayHealth = gateway.health
        host = _asked_at(gateway.host)
        if not rule.enabled or host is None or gateway.port == 0:
            return None
        liveness = Liveness(
            question=http(f"http://{host}:{gateway.port}/health"),
            interval=rule.interval,
            timeout=rule.timeout,
            failures=rule.failures,
            grace=rule.grace,
        )
        return Probe(self.nursery.loop, health=liveness, changed=self.wake)

    def _question(self, rule: Ready | HealthRule, instance: int, launch: Callable[[], Launch]) -> Question | None:
        if rule.http is not None:
            return http(fill(rule.http, instance))
        if rule.port is not None:
            return port(int(fill(rule.port, instance)))
        words = rule.command
        if words is None:
            return None  # it tells by itself
        return self.commands.question(lambda: replace(launch(), command=words, stdin=None, death_signal=signal.SIGKILL))


def _asked_at(host: str) -> str | None:
    """Answer the host part of the URL at which a listener can be asked; None: its name would have to be looked up."""
    if host in _ANY:
        return _ANY[host]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004  a version of IP
