"""Sizes of one area and several ratios. Knows nothing of plugins."""

from __future__ import annotations

import math

GOLDEN = (1 + math.sqrt(5)) / 2
NAMES = {"square": 1.0, "golden": GOLDEN, "golden-portrait": 1 / GOLDEN}
# Beyond this a picture is a line.
WIDEST = 32
LARGEST_SIDE = 16384


def ratio(text: str) -> float:
    """Width over height, from `3:2`, `3/2`, `3x2`, `1.5` or a name.

    Raises `ValueError` for anything else.
    """
    written = text.strip().lower()
    value = NAMES.get(written)
    if value is None:
        for divider in (":", "/", "x"):
            if divider in written:
                break
        else:
            divider = None
        try:
            width, height = written.split(divider) if divider else (written, "1")
            value = float(width) / float(height)
        except (ValueError, ZeroDivisionError):
            value = math.nan
    if not 1 / WIDEST <= value <= WIDEST:
        names = ", ".join(NAMES)
        raise ValueError(f"shape is `{text.strip()}`, expected a ratio such as 3:2 or 1.5 up to {WIDEST}:1, or {names}")
    return value


def size(area: float, ratio: float, multiple: int) -> tuple[int, int]:
    """Width and height in multiples of `multiple` that come closest to an area in pixels and a ratio.

    Both count the same, as relative errors: of all sizes around the exact one, the one with the least
    `ln(w / h / ratio)**2 + ln(w * h / area)**2`.

    Raises `ValueError` if a side would be above 16384.
    """
    exact_width, exact_height = math.sqrt(area * ratio), math.sqrt(area / ratio)

    def around(exact: float) -> list[int]:
        lower = math.floor(exact / multiple) * multiple
        return [side for side in (lower, lower + multiple) if side > 0]

    def error(width: int, height: int) -> float:
        return math.log(width / height / ratio) ** 2 + math.log(width * height / area) ** 2

    sizes = [(w, h) for w in around(exact_width) for h in around(exact_height)]
    width, height = min(sizes, key=lambda size: error(*size))
    if max(width, height) > LARGEST_SIDE:
        raise ValueError(f"{width}x{height} has a side above {LARGEST_SIDE}, expected a smaller area")
    return width, height


def sizes(area: float, ratios: list[float], multiple: int) -> list[tuple[int, int]]:
    """A size for each ratio; ratios that come to the same size give it once."""
    return list(dict.fromkeys(size(area, ratio, multiple) for ratio in ratios))


def golden(steps: int) -> list[float]:
    """Powers of the golden ratio from the tallest to the widest, the square in the middle."""
    return [GOLDEN**step for step in range(-steps, steps + 1)]
