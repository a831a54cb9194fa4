"""PLUGIN-ID: draws the prompt with four strengths of guidance; hands over a sheet of the four, and each alone."""

from aquatint import Context, Format, Picture, generate, plugin


@plugin.script
def run(ctx: Context) -> list[Picture]:
    amount = ctx.settings.get("amount", 0.5)
    middle = ctx.request.get("cfg") or 7.0
    strengths = [max(1.0, middle * (1 + amount * step / 2)) for step in (-1, 0, 1, 2)]
    # Handed in together, so that the host can draw them in the order that suits it.
    tickets = [generate.submit(cfg=strength, batch=1) for strength in strengths]
    pictures = []
    for number, ticket in enumerate(tickets):
        ctx.progress(number / len(tickets), f"picture {number + 1} of {len(tickets)}")
        pictures += ticket.wait()
    width, height = pictures[0].size
    sheet = Picture.new(width * 2, height * 2, Format.RGB8)
    for number, picture in enumerate(pictures):
        sheet.paste(picture, number % 2 * width, number // 2 * height)
    return [sheet, *pictures]
