"""Files of other supervisors, made into a config of ours: what could be carried over, and what could not."""

from supervisor.importing.found import Found, Imported, ImportFileError

__all__ = ["Found", "ImportFileError", "Imported"]
