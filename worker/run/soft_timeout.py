"""The exception a task sees when its time is up."""


class SoftTimeout(TimeoutError):
    """Raised inside a task when its ``timeout`` has passed: the chance to clean up, and to fail by itself.

    A task that swallows it is killed with its process when ``hard_timeout`` has passed too.
    """

    def __init__(self, message: str = "the task's time is up") -> None:
        # Where it is raised in another thread, the interpreter makes it, without arguments.
        super().__init__(message)
