"""Axes for sweeps: a list of prompts, shapes of equal area, and golden ratios."""

from __future__ import annotations

from collections.abc import Iterator

from aquatint import Context, InvalidInput, Point, plugin

import prompts
import shapes


@plugin.axis("prompts", "Prompts")
def prompt_list(request: dict, ctx: Context) -> Iterator[Point]:
    own = request["prompt"] or "", request["negative"] or ""
    try:
        lines = prompts.read(ctx.settings["prompts"], *own, ctx.settings["negative"])
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    for line in lines:
        changes = {"prompt": line.prompt}
        if line.negative is not None:
            changes["negative"] = line.negative
        yield Point(line.label, changes)


@plugin.axis("shape", "Shapes of equal area")
def shape_list(request: dict, ctx: Context) -> Iterator[Point]:
    return of_ratios(request, ctx, ctx.settings["ratios"])


@plugin.axis("golden", "Golden ratios")
def golden(request: dict, ctx: Context) -> Iterator[Point]:
    return of_ratios(request, ctx, shapes.golden(ctx.settings["golden-steps"]))


def of_ratios(request: dict, ctx: Context, ratios: list) -> Iterator[Point]:
    try:
        numbers = [shapes.ratio(ratio) if isinstance(ratio, str) else ratio for ratio in ratios]
        sizes = shapes.sizes(area(request, ctx), numbers, int(ctx.settings["multiple"]))
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    if not sizes:
        raise InvalidInput("ratios is empty, expected ratios such as 3:2")
    for width, height in sizes:
        yield Point(f"{width}×{height}", {"width": width, "height": height})


def area(request: dict, ctx: Context) -> float:
    """In pixels."""
    side = ctx.settings["side"]
    if side:
        return side * side
    width, height = request.get("width"), request.get("height")
    if width is None or height is None:
        raise InvalidInput("side is 0 and the request leaves its size to the model, expected either to be set")
    return width * height
