"""What a board is made of, and its JSON as Grafana takes it (10 and later). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SOURCE = {"type": "prometheus", "uid": "$datasource"}
_WIDE = 24  # of Grafana's grid

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """One expression, and what its series are called: Grafana's words, `{{queue}}` and the like."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel.

    Args:
        does: what it shows, and what to do when it is bad.
        kind: timeseries, stat, table or heatmap.
        unit: Grafana's name of it.
        warn, bad: from here on a value is amber, red; None: colours mean nothing.
        stacked: lines lie on one another.
        dashed: the name of the line that is a limit or a goal, drawn dashed and apart from a stack.
    """

    title: str
    does: str
    queries: tuple[Query, ...]
    kind: str = "timeseries"
    unit: str = "short"
    width: int = 12
    height: int = 8
    warn: float | None = None
    bad: float | None = None
    stacked: bool = False
    dashed: str = ""

    def json(self, number: int, x: int, y: int) -> Json:
        """Its JSON, at a place of the grid."""
        instant = self.kind in ("stat", "table")
        targets = [
            {
                "refId": chr(ord("A") + place),
                "datasource": SOURCE,
                "expr": query.expr,
                "legendFormat": query.legend,
                "instant": instant,
                "range": not instant,
                "format": {"table": "table", "heatmap": "heatmap"}.get(self.kind, "time_series"),
            }
            for place, query in enumerate(self.queries)
        ]
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.does,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": targets,
            "fieldConfig": {"defaults": self._defaults(), "overrides": self._overrides()},
            "options": self._options(),
            **self._transformations(),
        }

    def _defaults(self) -> Json:
        steps: list[Json] = [{"color": "green", "value": None}]
        steps += [{"color": "orange", "value": self.warn}] if self.warn is not None else []
        steps += [{"color": "red", "value": self.bad}] if self.bad is not None else []
        found: Json = {"unit": self.unit, "thresholds": {"mode": "absolute", "steps": steps}}
        if self.kind == "timeseries":
            stacking = {"mode": "normal" if self.stacked else "none", "group": "A"}
            found["custom"] = {"fillOpacity": 30 if self.stacked else 0, "lineWidth": 1, "stacking": stacking}
            found["custom"] |= {"showPoints": "never", "spanNulls": False}  # gaps are drawn as gaps
            found["min"] = 0
        return found

    def _overrides(self) -> list[Json]:
        if not self.dashed:
            return []
        look = {"fill": "dash", "dash": [8, 8]}
        apart = {"mode": "none", "group": "B"}
        wanted = {"custom.lineStyle": look, "custom.stacking": apart, "custom.fillOpacity": 0}
        properties = [{"id": name, "value": value} for name, value in wanted.items()]
        return [{"matcher": {"id": "byRegexp", "options": f"/{self.dashed}/"}, "properties": properties}]

    def _options(self) -> Json:
        match self.kind:
            case "stat":
                return {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "none"}
            case "table":
                return {"showHeader": True, "sortBy": [{"displayName": "Value #A", "desc": True}]}
            case "heatmap":
                return {"calculate": False, "yAxis": {"unit": self.unit}, "color": {"scheme": "Oranges"}}
        return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}

    def _transformations(self) -> Json:
        if self.kind != "table":
            return {}
        names = {f"Value #{chr(ord('A') + place)}": query.legend for place, query in enumerate(self.queries)}
        organize = {"excludeByName": {"Time": True}, "renameByName": names}
        return {"transformations": [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]}


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of a board: the values of a label. `.*` for all, so that a label may be missing as well."""

    name: str
    series: str

    @property
    def query(self) -> str:
        """As Grafana asks for the values."""
        return f"label_values({self.series}, {self.name})"

    def json(self) -> Json:
        """Its JSON."""
        return {
            "name": self.name,
            "type": "query",
            "datasource": SOURCE,
            "query": {"query": self.query, "refId": self.name},
            "definition": self.query,
            "refresh": 2,
            "includeAll": True,
            "allValue": ".*",
            "multi": True,
            "sort": 1,
            "current": {"text": ["All"], "value": ["$__all"]},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One board: rows of panels, by title."""

    uid: str
    title: str
    variables: tuple[Variable, ...]
    rows: dict[str, tuple[Panel, ...]] = field(default_factory=dict)
    deploys: str = ""  # an expression that is more than 0 where a pool's generation changed

    def json(self) -> Json:
        """The whole board."""
        datasource = {"name": "datasource", "type": "datasource", "query": "prometheus"}
        own = {
            "name": "herdsman_url",
            "type": "textbox",
            "label": "herdsman",
            "query": "http://127.0.0.1:5000",
            "current": {"text": "http://127.0.0.1:5000", "value": "http://127.0.0.1:5000"},
        }
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["herdsman"],
            "schemaVersion": 39,
            "editable": True,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": [datasource, *(variable.json() for variable in self.variables), own]},
            "annotations": {"list": [_deploys(self.deploys)]},
            "links": [
                {"type": "dashboards", "title": "Boards", "tags": ["herdsman"], "asDropdown": True, "keepTime": True}
                | {"includeVars": True},
                {"type": "link", "title": "herdsman's own pages", "url": "$herdsman_url", "targetBlank": True},
            ],
            "panels": list(_placed(self.rows)),
        }


def _deploys(expr: str) -> Json:
    return {
        "name": "Deploys",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "blue",
        "expr": expr,
        "step": "60s",
        "titleFormat": "{{pool}}: a new generation",
    }


def _placed(rows: dict[str, tuple[Panel, ...]]) -> Iterable[Json]:
    number, y = 1, 0
    for title, panels in rows.items():
        place = {"x": 0, "y": y, "w": _WIDE, "h": 1}
        yield {"id": number, "type": "row", "title": title, "gridPos": place, "collapsed": False, "panels": []}
        number, y, x, tallest = number + 1, y + 1, 0, 0
        for panel in panels:
            if x + panel.width > _WIDE:
                x, y, tallest = 0, y + tallest, 0
            yield panel.json(number, x, y)
            number, x, tallest = number + 1, x + panel.width, max(tallest, panel.height)
        y += tallest
