"""Drawing pictures, as the user would. Needs the permission `generate`; only the hook `script` may draw."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from . import _host, values
from .picture import Picture
from .values import Value


class Ticket:
    """A request that was handed in. Closing it, or letting go of it, cancels what is not done."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @property
    def done(self) -> bool:
        """Whether `wait` would return at once."""
        return self._raw.done()

    def wait(self) -> list[Picture]:
        """Waits, and gives the pictures in the order of their seeds.

        Raises `Failed`, `Exhausted`, `Cancelled`; `NotFound` the second time.
        """
        return [Picture(raw) for raw in _host.call(self._raw.wait)]

    def cancel(self) -> None:
        """Gives up."""
        self._raw.cancel()

    def close(self) -> None:
        """Gives the ticket back to the host."""
        self._raw.__exit__(None, None, None)

    def __enter__(self) -> Ticket:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def submit(**changes: Value) -> Ticket:
    """Hands in a request: the fields to differ from the job's own. `init` and `mask` may be pictures.

    Raises `InvalidInput`, which names the field and what it may be; `Unsupported`; `Exhausted` for more than 64 at
    once.
    """
    like = {param.key: values.variant_of(param.value) for param in _host.interface("job").request()}
    params = values.to_params(changes, like)
    return Ticket(_host.call(_host.interface("generate").submit, params))


def draw(**changes: Value) -> list[Picture]:
    """`submit` and `wait`."""
    with submit(**changes) as ticket:
        return ticket.wait()
