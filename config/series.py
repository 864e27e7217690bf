"""`series:` in the config file: the charts' figures, kept in the store."""

from pydantic import Field

from config import fields as f
from config.section import Section


class Series(Section):
    """What ran, waited and failed minute by minute: the source of the charts."""

    enabled: bool = Field(default=True, description="false: nothing is counted for charts")
    interval: f.Duration = Field(5.0, ge=1.0, le=60.0, description="Between two words of a host to the store")
    minutes: f.Duration = Field(86400.0, ge=3600.0, le=7 * 86400.0, description="Minutes are kept so long")
    tens: f.Duration = Field(3 * 86400.0, ge=3600.0, le=31 * 86400.0, description="Tens of minutes are kept so long")
    hours: f.Duration = Field(30 * 86400.0, ge=86400.0, le=400 * 86400.0, description="Hours are kept so long")
