"""Where lines go: the file of their log, that of their worker, the terminal. The one place all lines pass."""

from supervisor.logger.buffer import BoundedBuffer
from supervisor.logger.formats import FORMATS
from supervisor.logger.origin import Origin
from supervisor.logger.settings import Settings
from supervisor.logger.stamp import stamp
from supervisor.logger.writer import Tally


class Outlets:
    """Duties: give lines their form, put them into the buffers, count what does not fit. Never waits."""

    def __init__(self, disk: BoundedBuffer, echo: BoundedBuffer, settings: Settings, tally: Tally) -> None:
        self.tally = tally
        self._disk = disk
        self._echo = echo
        self._settings = settings
        self._form = FORMATS[settings.format]

    def put(self, lines: list[bytes], origin: Origin) -> None:
        """Hand on whole lines of one origin."""
        stream = self._settings.stream(origin.log)
        data = self._form(lines, origin, stamp())
        self._write(origin.log, data)
        if stream.per_worker and origin.worker != origin.log:
            self._write(origin.worker, data)
        if stream.echo:
            self._echo.put(origin.log, data)

    def _write(self, name: str, data: bytes) -> None:
        self.tally.took(len(data))
        if not self._disk.put(name, data):
            self.tally.dropped(len(data))
