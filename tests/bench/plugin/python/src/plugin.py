"""What is measured of a plugin in Python. By its progress the host sees when it is entered."""

from aquatint import Context, Picture, plugin

from filter import develop


@plugin.post_process
def run(picture: Picture, ctx: Context) -> None:
    ctx.progress(0)
    if ctx.settings["work"] == "filter":
        pixels = bytearray(picture.pixels)
        develop(pixels)
        picture.pixels = pixels
