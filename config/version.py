"""The version of herdsman; the packaging reads it from here too."""

__version__ = "0.1.0"
