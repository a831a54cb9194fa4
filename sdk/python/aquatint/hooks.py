"""What a plugin's functions are for.

```python
from aquatint import Context, Picture, plugin

@plugin.post_process
def run(picture: Picture, ctx: Context) -> None:
    ...
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Optional, TypeVar

from .values import Value

if TYPE_CHECKING:
    from .context import Context
    from .latents import Latents, Moment
    from .picture import Picture

F = TypeVar("F", bound=Callable[..., Any])
# Not `Value`: which of them a field has, its author knows, and a checker would ask at every use.
Request = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A point on an axis: what stands beside its row or column, and the fields of the request to change there."""

    label: str
    changes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Axis:
    """An axis of a sweep. `points` gets the request that its points will change."""

    key: str
    """What people write to choose it."""
    label: str
    """What people read."""
    points: Callable[[Request], Iterable[Point]]


class Plugin:
    """The decorators. Use the one object, `plugin`."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[..., Any]] = {}
        self.axis_makers: list[Callable[[Context], Iterable[Axis]]] = []

    def pre_process(self, function: Callable[[Request, Context], Optional[Mapping[str, Value]]]) -> Any:
        """`run(request, ctx)`: changes a request before anything is drawn.

        Called once for each picture of a batch. Returns the fields to change; those that are not named stay. `seed`
        and `batch` cannot be changed.
        """
        return self._set("pre-process", function)

    def denoise(self, function: Callable[[Moment, Latents, Context], None]) -> Any:
        """`run(moment, latents, ctx)`: sees and changes latents while a picture is drawn, in place.

        When it is called is in the manifest, `[denoise]`.
        """
        return self._set("denoise", function)

    def post_process(self, function: Callable[[Picture, Context], Optional[Picture]]) -> Any:
        """`run(picture, ctx)`: pixels to pixels, after a picture is drawn.

        Changes the picture in place and returns nothing, or returns another one, of whatever size.
        """
        return self._set("post-process", function)

    def script(self, function: Callable[[Context], Iterable[Picture]]) -> Any:
        """`run(ctx)`: drives drawing itself, with `generate`. Returns the pictures to hand to the user, at most 256."""
        return self._set("script", function)

    def axis(self, key: str, label: str) -> Callable[[F], F]:
        """`points(request, ctx)`: an axis for sweeps. Returns or yields its `Point`s, at most 1,000."""

        def decorate(function: F) -> F:
            def make(ctx: Context) -> list[Axis]:
                return [Axis(key, label, lambda request: function(request, ctx))]

            self.axis_makers.append(make)
            return function

        return decorate

    def axes(self, function: Callable[[Context], Iterable[Axis]]) -> Any:
        """`axes(ctx)`: axes that depend on the plugin's settings. Returns or yields `Axis`es, at most 16 in all."""
        self.axis_makers.append(function)
        return function

    def _set(self, hook: str, function: F) -> F:
        if hook in self.functions:
            name = self.functions[hook].__qualname__
            raise TypeError(f"the hook {hook} has the function {name} already, expected one")
        self.functions[hook] = function
        return function


plugin = Plugin()
