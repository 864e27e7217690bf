"""Two configs -> what differs, and what each difference needs. Pure; secrets never appear in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from config import Config
from supervisor.applying.leaves import Leaf, Place, digest, leaves
from supervisor.applying.needs import EVERY_POOL, GATEWAY, JANITOR, Act, Need, needed, reaches_workers

# Named things that come and go as a whole: one line says it, not one for each of their keys.
_ENTITIES = frozenset({"pools", "programs", "queues", "types", "schedules"})
_ENTITY_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` and `new` are for people: hidden values are `***`, "" means there was none."""

    place: Place
    old: str
    new: str
    acts: tuple[Act, ...]

    @property
    def path(self) -> str:
        """Its place as text, `pools.web.env.MODE`."""
        return ".".join(self.place)


@dataclass(frozen=True, slots=True)
class Plan:
    """All differences, and the sum of what they need."""

    changes: tuple[Change, ...]
    acts: frozenset[Act]

    def names(self, need: Need) -> list[str]:
        """Whom a need is about."""
        return sorted(act.name for act in self.acts if act.need is need)

    def has(self, need: Need, name: str = "") -> bool:
        """Tell whether something is needed."""
        return Act(need, name) in self.acts

    @property
    def blocked(self) -> tuple[Change, ...]:
        """What only a new start of the supervisor can change."""
        return tuple(change for change in self.changes if any(act.need is Need.START_ANEW for act in change.acts))


def config_hash(config: Config) -> str:
    """Answer the hash of what a config means: comments and order do not count."""
    return digest(leaves(config))


def pool_hashes(config: Config) -> dict[str, str]:
    """Answer, for each pool, the hash of all that its workers read."""
    found = leaves(config)
    return {
        pool.name: digest({place: leaf for place, leaf in found.items() if reaches_workers(place, pool.name)})
        for pool in config.pools
    }


def diff(old: Config, new: Config) -> Plan:
    """Answer what changes from one to the other."""
    before, after = leaves(old), leaves(new)
    changes = tuple(_changes(before, after))
    acts = frozenset(act for change in changes for act in change.acts)
    return Plan(changes, _settled(acts, old, new))


def _changes(before: Mapping[Place, Leaf], after: Mapping[Place, Leaf]) -> list[Change]:
    entities_before, entities_after = _entities(before), _entities(after)
    found: dict[Place, Change] = {}
    for place in sorted({*before, *after}, key=lambda place: (place[0], place)):
        old, new = before.get(place), after.get(place)
        if old == new:
            continue
        entity = place[:_ENTITY_DEPTH]
        came, went = entity in entities_after - entities_before, entity in entities_before - entities_after
        if came or went:
            found.setdefault(entity, _whole(entity, came=came))
        else:
            found[place] = Change(place, _text(old), _text(new), needed(place))
    return list(found.values())


def _whole(entity: Place, *, came: bool) -> Change:
    section, name = entity
    acts = needed(entity)
    if section in ("pools", "programs"):
        acts = (Act(Need.ADD if came else Need.REMOVE, name),)
    return Change(entity, "" if came else "(removed)", "(added)" if came else "", acts)


def _entities(found: Mapping[Place, Leaf]) -> set[Place]:
    return {place[:_ENTITY_DEPTH] for place in found if place[0] in _ENTITIES and len(place) > _ENTITY_DEPTH}


def _text(leaf: Leaf | None) -> str:
    return "" if leaf is None else str(leaf)


def _settled(acts: frozenset[Act], old: Config, new: Config) -> frozenset[Act]:
    """Name the pools that `*` stands for, and leave out what a larger act does anyway."""
    whole = {act.name for act in acts if act.need in (Need.ADD, Need.REMOVE)}
    pools = {pool.name for pool in old.pools} & {pool.name for pool in new.pools}
    every = Act(Need.RELOAD, EVERY_POOL)
    acts = (acts - {every}) | ({Act(Need.RELOAD, name) for name in pools} if every in acts else set())
    acts = frozenset(act for act in acts if act.need in (Need.ADD, Need.REMOVE) or act.name not in whole)
    for name, was, is_now in (
        (JANITOR, old.janitor.enabled, new.janitor.enabled),
        (GATEWAY, old.gateway.enabled, new.gateway.enabled),
    ):
        restart = Act(Need.RESTART, name)
        if was != is_now:
            acts = (acts - {restart}) | {Act(Need.ADD if is_now else Need.REMOVE, name)}
        elif not is_now:
            acts -= {restart}
    return acts
