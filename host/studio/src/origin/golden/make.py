"""Writes what A1111's "fill" makes of a masked picture, with Pillow. Run: python make.py"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

HERE = Path(__file__).parent


def filled(image: Image.Image, mask: Image.Image) -> Image.Image:
    kept = Image.new("RGBa", image.size)
    kept.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask))
    result = Image.new("RGBA", image.size)
    for radius, times in ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)):
        blurred = kept.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(times):
            result.alpha_composite(blurred)
    return result.convert("RGB")


def main() -> None:
    y, x = np.mgrid[0:40, 0:48]
    planes = np.stack([x * 5, y * 6, (x * y) % 256], -1)
    image = Image.fromarray(planes.astype(np.uint8))
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse((10, 8, 36, 30), fill=255)
    ImageDraw.Draw(mask).rectangle((38, 20, 47, 39), fill=100)
    image.save(HERE / "picture.png", optimize=True)
    mask.save(HERE / "mask.png", optimize=True)
    filled(image, mask).save(HERE / "filled.png", optimize=True)


main()
