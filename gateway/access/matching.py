"""Method and path -> the rule of that route. Stricter than the framework where they could differ: what is not found
here never reaches a route.
"""

from typing import NamedTuple

from gateway.access.rules import RULES, Rule

_REST = ":path}"


class Found(NamedTuple):
    """A rule, and what stands in the path where the rule has `{…}` (but not `{…:path}`)."""

    rule: Rule
    parameters: dict[str, str]


class Matcher:
    """Finds rules: whole paths first, then those with parameters, in the order of the table."""

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        self._whole = {(rule.method, rule.path): Found(rule, {}) for rule in rules if "{" not in rule.path}
        self._patterns: dict[tuple[str, int], list[tuple[Rule, list[str]]]] = {}
        self._rests: list[tuple[str, str, Rule]] = []
        self.methods = sorted({rule.method for rule in rules} - {"WS"})
        for rule in rules:
            if rule.path.endswith(_REST):
                self._rests.append((rule.method, rule.path.partition("{")[0], rule))
            elif "{" in rule.path:
                steps = rule.path.split("/")
                self._patterns.setdefault((rule.method, len(steps)), []).append((rule, steps))

    def find(self, method: str, path: str) -> Found | None:
        """The rule of a request; None: there is no such route. HEAD is asked what GET is."""
        method = "GET" if method == "HEAD" else method
        found = self._whole.get((method, path))
        if found is not None:
            return found
        given = path.split("/")
        for rule, steps in self._patterns.get((method, len(given)), ()):
            parameters = _fit(steps, given)
            if parameters is not None:
                return Found(rule, parameters)
        for known, beginning, rule in self._rests:
            if known == method and path.startswith(beginning):
                return Found(rule, {})
        return None

    def allowed(self, path: str) -> list[str]:
        """The methods that some route of this path takes."""
        return [method for method in [*self.methods, "HEAD"] if self.find(method, path) is not None]


def _fit(steps: list[str], given: list[str]) -> dict[str, str] | None:
    parameters = {}
    for step, text in zip(steps, given, strict=True):
        if step.startswith("{"):
            if not text:
                return None
            parameters[step[1:-1]] = text
        elif step != text:
            return None
    return parameters
