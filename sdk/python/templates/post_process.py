"""PLUGIN-ID: the look of an old photograph: warm tones, a soft glow, a paper border."""

from aquatint import Blend, Context, Format, Picture, plugin

SAME = bytes(range(256))


@plugin.post_process
def run(picture: Picture, ctx: Context) -> Picture | None:
    amount = ctx.settings.get("amount", 0.5)
    if amount == 0:
        return None
    photo = picture.convert(Format.RGB8)
    # A new value for each of the 256 there are, applied at the speed of C. A loop over pixels would take Python a
    # second for a small picture.
    warm = bytes(min(255, round(value + 36 * amount)) for value in range(256))
    less_blue = bytes(round(value * (1 - 0.4 * amount)) for value in range(256))
    photo.curve(warm, SAME, less_blue)
    with photo.blur(4) as glow:
        photo.paste(glow, opacity=0.8 * amount, blend=Blend.SCREEN)
    width, height = photo.size
    border = max(1, min(width, height) // 20)
    paper = Picture.new(width + 2 * border, height + 2 * border, Format.RGB8, fill="#f4efe1")
    paper.paste(photo, border, border)
    return paper
