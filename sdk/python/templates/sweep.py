"""PLUGIN-ID: an axis for sweeps: guidance around the request's own, `amount` of it apart."""

from collections.abc import Iterator

from aquatint import Context, Point, plugin


@plugin.axis("guidance", "Guidance")
def guidance(request: dict, ctx: Context) -> Iterator[Point]:
    amount = ctx.settings.get("amount", 0.5)
    middle = request.get("cfg") or 7.0
    for step in (-2, -1, 0, 1, 2):
        cfg = round(max(1.0, middle * (1 + amount * step / 2)), 2)
        yield Point(f"{cfg:g}", {"cfg": cfg})
