"""Settings and requests as plain dicts.

| in the contract | in Python |
|---|---|
| `auto` | `None` |
| `flag`, `int`, `number`, `text` | `bool`, `int`, `float`, `str` |
| `choice` | `Choice`, a `str` |
| `color` | `Color`, a tuple of four |
| `picture` | `PictureName`, a `str` with `open()` |
| `seed` | `Seed`, an `int` |
| `texts`, `ints`, `numbers` | lists |

On the way back a plain value does: the host's own value for that key, or what is known of the key, decides between
`text` and `choice`, `int` and `number`, `int` and `seed`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from . import _host
from .problems import InvalidInput

if TYPE_CHECKING:
    from .picture import Picture

_S64 = range(-(1 << 63), 1 << 63)
_U64 = range(1 << 64)

# What fields of a request are when their present value does not tell: `auto`, or a field that is not there.
_FIELDS = {
    "prompt": "Text",
    "negative": "Text",
    "model": "Text",
    "seed": "Seed",
    "steps": "Int",
    "width": "Int",
    "height": "Int",
    "batch": "Int",
    "cfg": "Number",
    "cfg_rescale": "Number",
    "refiner_switch": "Number",
    "strength": "Number",
    "sampler": "Choice",
    "schedule": "Choice",
    "noise": "Choice",
    "clip_skip": "Int",
    "emphasis": "Choice",
    "provider": "Choice",
    "eta": "Number",
    "s_churn": "Number",
    "s_tmin": "Number",
    "s_tmax": "Number",
    "s_noise": "Number",
    "eta_noise_seed_delta": "Int",
    "variation_seed": "Seed",
    "variation_strength": "Number",
    "seed_resize_width": "Int",
    "seed_resize_height": "Int",
    "cfg_start": "Number",
    "cfg_end": "Number",
    "s_min_uncond": "Number",
    "init": "Picture",
    "mask": "Picture",
}


class Choice(str):
    """One of the values that a schema lists."""

    __slots__ = ()


class Seed(int):
    """A seed, 0 to 2**64 - 1."""

    __slots__ = ()


class PictureName(str):
    """The name of a picture."""

    __slots__ = ()

    def open(self) -> Picture:
        """The picture."""
        from .picture import Picture

        return Picture.open(self)


class Color(NamedTuple):
    """A colour in sRGB, each part 0 to 255. Alpha 0 is transparent."""

    red: int
    green: int
    blue: int
    alpha: int = 255

    @classmethod
    def parse(cls, text: str) -> Color:
        """A colour from `#rrggbb` or `#rrggbbaa`.

        Raises `InvalidInput` for anything else.
        """
        digits = text.removeprefix("#")
        if text.startswith("#") and len(digits) in (6, 8):
            try:
                return cls(*bytes.fromhex(digits))
            except ValueError:
                pass
        raise InvalidInput(f"color is `{text}`, expected one such as #ff8800 or #ff880080")


ColorLike = Union[Color, tuple[int, int, int], tuple[int, int, int, int], str]
Value = Union[
    None, bool, int, float, str, Color, list[str], list[int], list[float], "Picture"
]


def color(given: ColorLike) -> Color:
    """A colour from however it is written."""
    if isinstance(given, str):
        return Color.parse(given)
    parts = tuple(given)
    if len(parts) in (3, 4) and all(isinstance(part, int) and 0 <= part <= 255 for part in parts):
        return Color(*parts)
    raise InvalidInput(f"color is {given!r}, expected three or four numbers from 0 to 255")


def to_host_color(given: ColorLike) -> Any:
    """A colour for the host."""
    return _host.interface("types").Color(*color(given))


def from_host(value: Any) -> Value:
    """The plain value for a `value` of the contract."""
    variant = variant_of(value)
    if variant == "Auto":
        return None
    inner = value.value
    if variant == "Choice":
        return Choice(inner)
    if variant == "Picture":
        return PictureName(inner)
    if variant == "Seed":
        return Seed(inner)
    if variant == "Color":
        return Color(inner.red, inner.green, inner.blue, inner.alpha)
    if variant in ("Texts", "Ints", "Numbers"):
        return list(inner)
    return inner


def variant_of(value: Any) -> str:
    """`Text` for a `value.text`, and so on."""
    return type(value).__name__.removeprefix("Value_")


def from_params(params: Iterable[Any]) -> dict[str, Value]:
    """A dict from a list of named values."""
    return {param.key: from_host(param.value) for param in params}


def to_params(values: Mapping[str, Value], like: Mapping[str, str]) -> list[Any]:
    """A list of named values from a dict. `like` has the variants that the host's own values have, by key.

    Raises `InvalidInput` for a value that the contract cannot carry.
    """
    types = _host.interface("types")
    params = []
    for key, value in values.items():
        if not isinstance(key, str):
            raise InvalidInput(f"the key {key!r} is no text")
        like_this = like.get(key, "Auto")
        if like_this == "Auto":
            like_this = _FIELDS.get(key, "")
        params.append(types.Param(key, to_host(key, value, like_this)))
    return params


def to_host(key: str, value: Value, like: str = "") -> Any:
    """A `value` of the contract, of the variant `like` if the value allows it."""
    types = _host.interface("types")
    variant, inner = choose(key, value, like)
    case = getattr(types, f"Value_{variant}")
    if variant == "Auto":
        return case()
    if variant == "Color":
        return case(types.Color(*inner))
    return case(inner)


def choose(key: str, value: Any, like: str = "") -> tuple[str, Any]:
    """Which variant a value becomes, and what is in it."""
    if value is None:
        return "Auto", None
    if isinstance(value, bool):
        return "Flag", value
    if isinstance(value, Seed) or (isinstance(value, int) and like == "Seed"):
        return "Seed", _within(key, value, _U64)
    if isinstance(value, int):
        if like == "Number":
            return "Number", float(value)
        return "Int", _within(key, value, _S64)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidInput(f"`{key}` is {value}, expected a finite number")
        if like == "Int" and value.is_integer():
            return "Int", _within(key, int(value), _S64)
        return "Number", value
    if isinstance(value, PictureName):
        return "Picture", str(value)
    if isinstance(value, Choice):
        return "Choice", str(value)
    if isinstance(value, str):
        if like in ("Choice", "Picture"):
            return like, str(value)
        if like == "Color":
            return "Color", Color.parse(value)
        return "Text", str(value)
    if isinstance(value, Color) or (isinstance(value, tuple) and like == "Color"):
        return "Color", color(value)
    if isinstance(value, (list, tuple)):
        return _several(key, list(value), like)
    name = getattr(value, "name", None)
    if callable(name):
        return "Picture", name()
    raise InvalidInput(f"`{key}` is a {type(value).__name__}, which no setting or field can be")


def _several(key: str, items: list[Any], like: str) -> tuple[str, Any]:
    if not items:
        return (like if like in ("Texts", "Ints", "Numbers") else "Texts"), []
    if all(isinstance(item, str) for item in items):
        return "Texts", [str(item) for item in items]
    numbers = all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items)
    if numbers and like != "Numbers" and all(isinstance(item, int) for item in items):
        return "Ints", [_within(key, item, _S64) for item in items]
    if numbers and all(math.isfinite(item) for item in items):
        return "Numbers", [float(item) for item in items]
    raise InvalidInput(f"`{key}` is {items!r}, expected a list of only texts or only finite numbers")


def _within(key: str, value: int, allowed: range) -> int:
    # A plain one: for others, `in` goes through the whole range.
    plain = int(value)
    if plain not in allowed:
        raise InvalidInput(f"`{key}` is {plain}, expected {allowed[0]} to {allowed[-1]}")
    return plain
