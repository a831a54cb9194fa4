"""PLUGIN-ID: makes the picture a mirror of itself, from left to right, while its composition is found."""

from aquatint import Context, Latents, Moment, plugin


@plugin.denoise
def run(moment: Moment, latents: Latents, ctx: Context) -> None:
    if moment.step * 2 > moment.steps:
        return
    amount = ctx.settings.get("amount", 0.5)
    # All in the host: numbers that pass through Python cost a thousand times more.
    with latents.copy() as mirrored:
        mirrored.flip(2)
        latents.lerp(mirrored, amount / 2)
