"""Why a webhook did not arrive. Apart from `sending`, so that knowing these does not bring TLS along."""


class Undelivered(Exception):
    """It did not arrive, or was not taken; another time it may be."""


class Refused(Exception):
    """The URL leads where nothing may be sent; another time it will too."""


class Gone(Exception):
    """The receiver wants no more of these."""
