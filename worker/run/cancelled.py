"""The exception a task sees when its job was cancelled while it runs."""


class Cancelled(BaseException):
    """Raised inside a ``def`` task when somebody cancelled its job: the chance to clean up.

    No Exception, so that ``except Exception`` does not swallow it. A coroutine sees asyncio.CancelledError instead.
    A task that goes on all the same is killed with its process five seconds later; one that returns has completed.
    """
