"""The exception a task sees when its time is up."""


class SoftTimeout(TimeoutError):
    """Raised inside a task when its ``timeout`` has passed: the chance to clean up, and to fail by itself.

    A task that swallows it is killed with its process when ``hard_timeout`` has passed too.
    """
