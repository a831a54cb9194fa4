"""Tensors: what a picture is while it is being drawn.

The numbers live in the host. Prefer its operations (`scale`, `lerp`, `noise`, `roll`, ...): reading and writing the
numbers themselves takes Python milliseconds a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from types import TracebackType
from typing import Any, NamedTuple

from . import _host


class Phase(Enum):
    """When in the drawing of a picture a hook is called."""

    NOISE = "noise"
    """Before the first step: the latents are the noise that drawing starts from."""
    STEP = "step"
    """After a step of the sampler."""


class Statistics(NamedTuple):
    """What a tensor's numbers are like."""

    minimum: float
    maximum: float
    mean: float
    deviation: float


class Latents:
    """One tensor of 32-bit floats. Shapes go from the outermost dimension to the innermost.

    Operations change it in place and raise `InvalidInput` if shapes differ or a number would become infinite, and
    `Exhausted`.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        """Wraps a handle of the host. To make a tensor: `Latents.new`."""
        self._raw = raw

    @classmethod
    def new(cls, shape: Sequence[int]) -> Latents:
        """A tensor of zeros, of 1 to 8 dimensions."""
        return cls(_host.call(_host.interface("latents").Latents.create, list(shape)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The latents of one picture are `(channels, height, width)` for the common kinds of model."""
        return tuple(self._raw.shape())

    @property
    def numbers(self) -> list[float]:
        """All numbers, a copy, the last dimension running fastest. Assign to replace them; each must be finite."""
        return list(_host.call(self._raw.read_all))

    @numbers.setter
    def numbers(self, numbers: Sequence[float]) -> None:
        _host.call(self._raw.write_all, list(numbers))

    def read(self, start: Sequence[int], extent: Sequence[int]) -> list[float]:
        """The numbers of a window: `extent` numbers along each dimension from `start`."""
        return list(_host.call(self._raw.read, list(start), list(extent)))

    def write(self, start: Sequence[int], extent: Sequence[int], numbers: Sequence[float]) -> None:
        """Replaces the numbers of a window."""
        _host.call(self._raw.write, list(start), list(extent), list(numbers))

    def copy(self) -> Latents:
        """Another tensor with the same numbers. Costs nothing until one of the two is written to."""
        return Latents(_host.call(self._raw.clone))

    def add(self, other: Latents, factor: float = 1.0) -> None:
        """`self += factor * other`."""
        _host.call(self._raw.add, other._raw, float(factor))

    def scale(self, factor: float) -> None:
        """`self *= factor`."""
        _host.call(self._raw.scale, float(factor))

    def shift(self, amount: float) -> None:
        """`self += amount`."""
        _host.call(self._raw.shift, float(amount))

    def lerp(self, other: Latents, amount: float) -> None:
        """`self += amount * (other - self)`."""
        _host.call(self._raw.lerp, other._raw, float(amount))

    def mix(self, other: Latents, mask: Latents) -> None:
        """`self += mask * (other - self)`; where the mask has 1 in its shape, it is repeated."""
        _host.call(self._raw.mix, other._raw, mask._raw)

    def noise(self, seed: int, strength: float = 1.0) -> None:
        """`self += strength * noise`: the noise that a picture of this shape with this seed starts from."""
        _host.call(self._raw.noise, seed % (1 << 64), float(strength))

    def roll(self, dimension: int, by: int) -> None:
        """Moves everything `by` places along a dimension (from 0, the outermost), around the end."""
        _host.call(self._raw.roll, dimension, by)

    def flip(self, dimension: int) -> None:
        """Mirrors along a dimension."""
        _host.call(self._raw.flip, dimension)

    def statistics(self) -> Statistics:
        """Minimum, maximum, mean and deviation of all numbers."""
        found = self._raw.statistics()
        return Statistics(found.minimum, found.maximum, found.mean, found.deviation)

    def close(self) -> None:
        """Gives the tensor back to the host. It is of no use afterwards."""
        self._raw.__exit__(None, None, None)

    def __enter__(self) -> Latents:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Moment:
    """A moment in the drawing of a picture."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @property
    def phase(self) -> Phase:
        """When this is."""
        return Phase[self._raw.phase().name]

    @property
    def step(self) -> int:
        """Which step was just taken, from 1; 0 in phase `noise`."""
        return self._raw.step()

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return self._raw.steps()

    @property
    def sigma(self) -> float:
        """How much noise the latents hold now, 0 after the last step."""
        return self._raw.sigma()

    def predicted(self) -> Latents | None:
        """The model's idea of the finished picture at this step, a copy; `None` in phase `noise`."""
        raw = _host.call(self._raw.predicted)
        return None if raw is None else Latents(raw)

    def keep(self, name: str, latents: Latents) -> None:
        """Keeps a copy under a name (1 to 64 bytes) for later moments of the same picture."""
        _host.call(self._raw.keep, name, latents._raw)

    def kept(self, name: str) -> Latents | None:
        """A copy of what was kept under a name; `None` if nothing was."""
        raw = _host.call(self._raw.kept, name)
        return None if raw is None else Latents(raw)
