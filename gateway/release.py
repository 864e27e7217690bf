"""Which release this is."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("herdsman")
except PackageNotFoundError:  # run from a source tree that was never installed
    VERSION = "0+source"
