"""What can go wrong, as exceptions.

Functions of the host raise these, and a hook may raise them: the host then shows the message. Say what was wrong and
what was expected, in one line without a full stop. Any other exception that leaves a hook becomes `Failed`.
"""

from __future__ import annotations


class Problem(Exception):
    """Why something did not happen."""

    variant: str = "Failed"
    """The name of the case in the contract."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(Problem):
    """What was given makes no sense. The same call will fail again."""

    variant = "InvalidInput"


class Unsupported(Problem):
    """What was given makes sense but cannot be done here."""

    variant = "Unsupported"


class NotFound(Problem):
    """No such thing: an asset, a picture, a model, an axis."""

    variant = "NotFound"


class Denied(Problem):
    """The user's grant does not cover this."""

    variant = "Denied"


class Exhausted(Problem):
    """A budget is spent: pixels, handles, quota, bytes."""

    variant = "Exhausted"


class Cancelled(Problem):
    """The job was cancelled. Clean up and let it through."""

    variant = "Cancelled"


class Failed(Problem):
    """Something went wrong that may go well another time."""

    variant = "Failed"


ALL: tuple[type[Problem], ...] = (
    InvalidInput,
    Unsupported,
    NotFound,
    Denied,
    Exhausted,
    Cancelled,
    Failed,
)
