"""Makes the pictures of these tests, and what Pillow reads in them. Run it in a folder with Pillow and NumPy:

    python make.py

Files go to `files`, what is expected of them to `expected.json`: the size, the pixels as hex, how far a decoder of our
own may be from Pillow's in each byte, and what is to be noted. Files in `hostile` are to be refused.
"""

import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FILES, HOSTILE = HERE / "files", HERE / "hostile"
W, H = 13, 10
expected = {}


def scene(width=W, height=H):
    """A smooth picture in which no two corners are alike."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / (width - 1)
    green = 255 * y / (height - 1)
    blue = 255 * (1 - x / (width - 1)) * (1 - y / (height - 1))
    return np.stack([red, green, blue], -1).round().astype(np.uint8)


def alpha():
    y, x = np.mgrid[0:H, 0:W]
    return ((x * 19 + y * 7) % 256).astype(np.uint8)


def note(name, rgb, a=None, tolerance=0, notes=()):
    rgb = np.asarray(rgb, np.uint8)
    expected[name] = {
        "width": rgb.shape[1],
        "height": rgb.shape[0],
        "pixels": rgb.tobytes().hex(),
        "alpha": None if a is None else np.asarray(a, np.uint8).tobytes().hex(),
        "tolerance": tolerance,
        "notes": list(notes),
    }


def keep(name, data, **more):
    """Keeps a file, and what Pillow reads in it."""
    (FILES / name).write_bytes(data)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if has_alpha:
        whole = np.asarray(image.convert("RGBA"))
        note(name, whole[..., :3], whole[..., 3], **more)
    else:
        note(name, image.convert("RGB"), **more)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, before=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + before
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def rows(samples):
    """Rows of a PNG without a filter."""
    return b"".join(b"\0" + row.tobytes() for row in samples)


def exif(orientation):
    found = Image.Exif()
    found[0x0112] = orientation
    return found.tobytes()


def pngs():
    rgb = Image.fromarray(scene())
    rgba = Image.fromarray(np.dstack([scene(), alpha()]))
    keep("rgb.png", saved(rgb, "PNG"))
    keep("rgba.png", saved(rgba, "PNG"))
    keep("gray.png", saved(rgb.convert("L"), "PNG"))
    keep("gray-alpha.png", saved(rgba.convert("LA"), "PNG"))
    keep("one-bit.png", saved(rgb.convert("1"), "PNG"))
    keep("palette.png", saved(rgb.quantize(16), "PNG"))
    keep("palette-clear.png", saved(rgb.quantize(16), "PNG", transparency=3))
    keep("turned.png", saved(rgb, "PNG", exif=exif(6)), notes=["Turned"])
    frames = [rgb, rgb.rotate(180)]
    animated = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    keep("animated.png", animated, notes=["FirstFrame"])
    # An alpha channel that says nothing.
    opaque = saved(Image.fromarray(np.dstack([scene(), np.full((H, W), 255, np.uint8)])), "PNG")
    (FILES / "opaque.png").write_bytes(opaque)
    note("opaque.png", scene())
    # Pillow reads 16 bits a channel only in grey: these are worked out here, rounded to the nearest.
    deep = (scene().astype(np.uint32) * 257 + np.arange(W * H * 3).reshape(H, W, 3) * 131 % 300).clip(0, 65535)
    nearest = ((deep + 128) // 257).astype(np.uint8)
    big = deep.astype(">u2")
    (FILES / "deep.png").write_bytes(png(W, H, 16, 2, rows(big)))
    note("deep.png", nearest, notes=["SixteenBits"])
    (FILES / "deep-gray.png").write_bytes(png(W, H, 16, 0, rows(big[..., 0])))
    note("deep-gray.png", np.repeat(nearest[..., :1], 3, -1), notes=["SixteenBits"])
    both = np.dstack([deep, alpha().astype(np.uint32) * 257]).astype(">u2")
    (FILES / "deep-alpha.png").write_bytes(png(W, H, 16, 6, rows(both)))
    note("deep-alpha.png", nearest, alpha(), notes=["SixteenBits"])
    interlaced()


def interlaced():
    """Pillow does not write Adam7. Each pass is a small picture."""
    data = b""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for x, y, dx, dy in passes:
        part = scene()[y::dy, x::dx]
        if part.size:
            data += rows(part)
    header = struct.pack(">IIBBBBB", W, H, 8, 2, 0, 0, 1)
    file = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    file += png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b"")
    keep("interlaced.png", file)


def jpegs():
    # Blocks of eight, so that no row of a decoder's chroma is guessed at the edge.
    rgb = Image.fromarray(scene(32, 24))
    best = {"quality": 95, "subsampling": 0}
    keep("rgb.jpg", saved(rgb, "JPEG", **best), tolerance=2)
    keep("halved.jpg", saved(rgb, "JPEG", quality=90), tolerance=6)
    keep("gray.jpg", saved(rgb.convert("L"), "JPEG", quality=95), tolerance=2)
    keep("progressive.jpg", saved(rgb, "JPEG", progressive=True, **best), tolerance=2)
    cmyk = saved(rgb.convert("CMYK"), "JPEG", quality=95)
    keep("cmyk.jpg", cmyk, tolerance=3, notes=["Cmyk"])
    at = cmyk.index(b"Adobe") + 11
    assert cmyk[at] == 0
    # The same bytes said to be YCCK: other colours, and what Pillow makes of them is right.
    keep("ycck.jpg", cmyk[:at] + b"\x02" + cmyk[at + 1 :], tolerance=4, notes=["Cmyk"])
    odd = Image.fromarray(scene())
    for orientation in range(1, 9):
        notes = [] if orientation == 1 else ["Turned"]
        keep(f"exif-{orientation}.jpg", saved(odd, "JPEG", exif=exif(orientation), **best), tolerance=2, notes=notes)
    trailing = saved(odd, "JPEG", **best)
    keep("trailing.jpg", trailing + b"more, as some telephones write", tolerance=2)
    # A picture inside the picture, as cameras keep one.
    inner = saved(rgb.resize((8, 6)), "JPEG")
    segment = b"thumbnail\0" + inner
    whole = trailing[:2] + b"\xff\xe5" + struct.pack(">H", len(segment) + 2) + segment + trailing[2:]
    keep("thumbnail.jpg", whole, tolerance=2)


def webps():
    rgb = Image.fromarray(scene())
    rgba = Image.fromarray(np.dstack([scene(), alpha()]))
    keep("lossy.webp", saved(rgb, "WEBP", quality=90), tolerance=8)
    keep("lossless.webp", saved(rgb, "WEBP", lossless=True))
    keep("lossless-alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True))
    keep("lossy-alpha.webp", saved(rgba, "WEBP", quality=90, exact=True), tolerance=8)
    keep("turned.webp", saved(rgb, "WEBP", lossless=True, exif=exif(5)), notes=["Turned"])
    frames = [rgb, rgb.rotate(180)]
    animated = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    keep("animated.webp", animated, notes=["FirstFrame"])


def others():
    rgb = Image.fromarray(scene())
    small = rgb.quantize(32)
    keep("still.gif", saved(small, "GIF"))
    keep("clear.gif", saved(small, "GIF", transparency=5))
    animated = saved(small, "GIF", save_all=True, append_images=[rgb.rotate(180).quantize(32)])
    keep("animated.gif", animated, notes=["FirstFrame"])
    keep("rgb.bmp", saved(rgb, "BMP"))
    keep("palette.bmp", saved(small, "BMP"))


def masks():
    """What A1111 takes of an uploaded mask, by its own lines."""
    found = {}
    for name in ["rgb.png", "rgba.png", "gray.png", "opaque.png", "lossless-alpha.webp", "rgb.bmp"]:
        image = Image.open(FILES / name)
        if image.mode == "RGBA" and image.getextrema()[-1] != (255, 255):
            found[name] = [True, image.split()[-1].convert("L").tobytes().hex()]
        else:
            found[name] = [False, image.convert("L").tobytes().hex()]
    return found


def hostile():
    found = {}

    def bad(name, data, why):
        (HOSTILE / name).write_bytes(data)
        found[name] = why

    rgb = Image.fromarray(scene(32, 24))
    jpeg, webp = saved(rgb, "JPEG", quality=95), saved(rgb, "WEBP", quality=90)
    gif, bmp = saved(rgb.quantize(8), "GIF"), saved(rgb, "BMP")
    whole = saved(rgb, "PNG")
    early = "ends too early"
    bad("cut.png", whole[: len(whole) // 2], early)
    bad("cut.jpg", jpeg[: len(jpeg) * 3 // 4], early)
    bad("cut-header.jpg", jpeg[:100], early)
    bad("cut-last.jpg", jpeg[:-2], early)
    bad("cut.webp", webp[: len(webp) // 2], early)
    bad("cut.gif", gif[: len(gif) * 3 // 4], early)
    bad("cut.bmp", bmp[: len(bmp) // 2], early)
    bad("empty.png", b"", "is empty, expected PNG, JPEG, WebP, GIF or BMP")
    bad("text.png", b"BMW is a text", "is not a picture, expected PNG, JPEG")
    bad("picture.avif", b"\0\0\0\x1cftypavif\0\0\0\0", "is of the kind AVIF, expected PNG, JPEG")
    bad("picture.tif", b"II*\0\x08\0\0\0", "is of the kind TIFF, expected")
    # 30000 x 30000 in a few kilobytes, and the same as mere claims.
    zeros = zlib.compressobj(9)
    line = b"\0" * (30000 // 8 + 1)
    data = b"".join(zeros.compress(line * 100) for _ in range(300)) + zeros.flush()
    header = struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data[:2000])
    large = "claims 30000x30000 pixels, expected at most 67108864 of them and no side above 16384"
    bad("bomb.png", bomb + png_chunk(b"IDAT", data[2000:4000]) + png_chunk(b"IEND", b""), large)
    at = jpeg.index(b"\xff\xc0") + 5
    size = struct.pack(">HH", 30000, 30000)
    bad("bomb.jpg", jpeg[:at] + size + jpeg[at + 4 :], large)
    bad("bomb.gif", gif[:6] + struct.pack("<HH", 30000, 30000) + gif[10:], large)
    bad("bomb.bmp", bmp[:18] + struct.pack("<ii", 30000, 30000) + bmp[26:], large)
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + struct.pack("<I", 29999)[:3] * 2
    body = canvas + webp[12:]
    bad("bomb.webp", b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, large)
    # Sides that are allowed, and far too few pixels.
    bad("lying.png", whole[:16] + struct.pack(">II", 4000, 4000) + whole[24:29] + crc(whole, 4000) + whole[33:], "damaged PNG")
    bad("lying.bmp", bmp[:18] + struct.pack("<ii", 4000, 4000) + bmp[26:], early)
    small = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + struct.pack("<I", 3999)[:3] * 2
    body = small + webp[12:]
    bad("lying.webp", b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, "damaged WebP")
    # A frame far larger than its canvas.
    at = gif.index(b"\x2c\0\0\0\0")
    bad("frame.gif", gif[: at + 5] + struct.pack("<HH", 65535, 65535) + gif[at + 9 :], "GIF")
    # A chunk that claims four gigabytes.
    claim = webp[:12] + webp[12:16] + b"\xfe\xff\xff\xff" + webp[20:]
    bad("claim.webp", claim, early)
    bad("nothing.png", png(0, 0, 8, 2, b""), "PNG")
    bad("nothing.gif", gif[:6] + b"\0\0\0\0" + gif[10:], "claims 0x0 pixels, expected at least one")
    return found


def crc(whole, side):
    header = struct.pack(">II", side, side) + whole[24:29]
    return struct.pack(">I", zlib.crc32(b"IHDR" + header))


def main():
    FILES.mkdir(exist_ok=True)
    HOSTILE.mkdir(exist_ok=True)
    pngs()
    jpegs()
    webps()
    others()
    found = {"read": expected, "masks": masks(), "refused": hostile()}
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


main()
