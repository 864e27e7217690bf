"""What a verb refuses."""


class CommandError(Exception):
    """The request makes no sense here; the text says what would."""
