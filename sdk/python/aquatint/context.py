"""The call that is being answered."""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

from . import _host, values
from .problems import Cancelled


class Context:
    """What the call is for, and how it is going.

    There is one for each call, and it is of no use after it.
    """

    @cached_property
    def seed(self) -> int:
        """The seed of the picture at hand. The module `random` is seeded with it before each call."""
        return _host.interface("job").seed()

    @cached_property
    def random(self) -> random.Random:
        """A generator of its own, seeded with `seed`: nobody else draws from it."""
        return random.Random(self.seed)

    @cached_property
    def index(self) -> int:
        """Which picture of its batch this is, from 0."""
        return _host.interface("job").index()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The plugin's settings: every key of `[[settings]]`, checked by the host, defaults filled in."""
        return values.from_params(_host.interface("job").settings())

    @cached_property
    def request(self) -> dict[str, Any]:
        """The request behind this job, every field of it; `None` where the model decides."""
        return values.from_params(_host.interface("job").request())

    def choices(self, field: str) -> list[str]:
        """What may be chosen for a field of a request: the names of models, samplers, ...

        Raises `NotFound` for a field that has no such list.
        """
        return list(_host.call(_host.interface("job").choices, field))

    def progress(self, fraction: float, note: str = "") -> None:
        """Says how far the call is, 0 to 1, and what it is doing, in a few words. Say it as often as you like.

        Raises `Cancelled` if the user no longer wants the result, so that a loop that reports stops by itself.
        """
        job = _host.interface("job")
        job.progress(float(fraction), note)
        self.check()

    @property
    def time_left(self) -> float:
        """Real seconds until the call is stopped, rounded down to a tenth.

        It differs from run to run, so a picture whose pixels depend on it cannot be made again.
        """
        return _host.interface("job").time_left() / 1000

    @property
    def cancelled(self) -> bool:
        """Whether the user no longer wants the result."""
        return _host.interface("job").cancelled()

    def check(self) -> None:
        """Raises `Cancelled` if the user no longer wants the result. For long loops."""
        if self.cancelled:
            raise Cancelled()
