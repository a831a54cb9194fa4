"""Makes what the tests of pictures compare with: Pillow's scaling, blending and conversion, SciPy's blur, PNG files.

    python -m venv venv && venv/bin/pip install pillow==13.0.0 numpy==2.4.6 scipy==1.17.1
    venv/bin/python make.py

The results of one operation are stacked in one PNG, a sheet; `cases.json` says where each is and what it was made from.
The PNG files to be decoded are written here byte by byte, because Pillow writes neither interlaced files nor 16-bit
colours; `png/cases.json` has their samples. Those that Pillow reads in full are held against it.
"""

import itertools
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops
from scipy.ndimage import gaussian_filter

FOLDER = Path(__file__).parent
LUMA = (0.2126, 0.7152, 0.0722)
MODES = {"gray": "L", "rgb": "RGB", "rgba": "RGBA"}


def source(width: int, height: int, channels: int, seed: int) -> Image.Image:
    """Slopes, edges and noise; where there is alpha, all of 0, 255 and what is between."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    layers = [
        x / (width - 1) * 255,
        np.where((x // 5 + y // 4) % 2 == 0, 230, 20),
        random.uniform(0, 255, (height, width)),
    ]
    if channels == 1:
        layers = [np.where(x < width / 2, layers[1], layers[2])]
    if channels == 4:
        alpha = random.uniform(0, 255, (height, width))
        alpha[(x > width * 0.6) & (y > height * 0.3)] = 0
        alpha[(x < width * 0.3) | (y < height * 0.2)] = 255
        layers.append(alpha)
    pixels = np.stack(layers, axis=-1).round().astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels)


def premultiplied(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image).astype(float)
    pixels[..., :3] *= pixels[..., 3:] / 255
    return pixels


def straight(pixels: np.ndarray) -> Image.Image:
    alpha = pixels[..., 3:]
    with np.errstate(divide="ignore", invalid="ignore"):
        color = np.where(alpha < 0.5, 0, pixels[..., :3] / alpha * 255)
    return to_image(np.concatenate([color, alpha], axis=-1))


def to_image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.floor(pixels.clip(0, 255) + 0.5).astype(np.uint8))


def each_channel(pixels: np.ndarray, change) -> np.ndarray:
    return np.stack([change(pixels[..., at]) for at in range(pixels.shape[-1])], axis=-1)


def resize(image: Image.Image, size: tuple[int, int], resampling: Image.Resampling) -> Image.Image:
    if resampling == Image.Resampling.NEAREST or (resampling == Image.Resampling.BILINEAR and image.mode != "RGBA"):
        return image.resize(size, resampling)
    # In floats: of bytes Pillow cuts off what is below 0 and above 255 between the rows and the columns.
    scaled = lambda channel: np.asarray(Image.fromarray(channel.astype(np.float32)).resize(size, resampling))
    return in_floats(image, scaled)


def in_floats(image: Image.Image, change) -> Image.Image:
    if image.mode == "RGBA":
        return straight(each_channel(premultiplied(image), change).astype(float))
    pixels = np.asarray(image).astype(float)
    return to_image(change(pixels) if pixels.ndim == 2 else each_channel(pixels, change))


def blur(image: Image.Image, radius: float) -> Image.Image:
    return in_floats(image, lambda channel: gaussian_filter(channel, radius, mode="nearest"))


BLENDS = {
    "normal": lambda s, d: s,
    "multiply": lambda s, d: s * d,
    "screen": lambda s, d: 1 - (1 - s) * (1 - d),
    "overlay": lambda s, d: np.where(d <= 0.5, 2 * s * d, 1 - 2 * (1 - s) * (1 - d)),
    "add": lambda s, d: np.minimum(s + d, 1),
}
CHOPS = {
    "normal": lambda d, s: s,
    "multiply": ImageChops.multiply,
    "screen": ImageChops.screen,
    "overlay": ImageChops.overlay,
    "add": ImageChops.add,
}


def paste(under: Image.Image, over: Image.Image, at: tuple[int, int], opacity: float, blend: str) -> Image.Image:
    """Compositing and Blending Level 1: by Pillow where it can, otherwise by the formulas, in 64 bits."""
    box = (max(at[0], 0), max(at[1], 0), min(at[0] + over.width, under.width), min(at[1] + over.height, under.height))
    over = over.crop((box[0] - at[0], box[1] - at[1], box[2] - at[0], box[3] - at[1]))
    backdrop = under.crop(box)
    if under.mode == over.mode == "RGB" and opacity == 1:
        result = CHOPS[blend](backdrop, over)
    elif under.mode == over.mode == "RGBA" and opacity == 1 and blend == "normal":
        # Where both are transparent the colour does not matter, and ours is kept.
        result = Image.alpha_composite(backdrop, over)
    else:
        s, d = (np.asarray(image.convert("RGBA")) / 255 for image in (over, backdrop))
        sa, da = s[..., 3:] * opacity, d[..., 3:]
        mixed = (1 - da) * s[..., :3] + da * BLENDS[blend](s[..., :3], d[..., :3])
        alpha = sa + da * (1 - sa)
        with np.errstate(divide="ignore", invalid="ignore"):
            color = np.where(alpha == 0, 0, (sa * mixed + (1 - sa) * da * d[..., :3]) / alpha)
        if under.mode == "L":
            result = to_image(color @ np.array(LUMA) * 255)
        else:
            result = to_image(np.concatenate([color, alpha], axis=-1) * 255).convert(under.mode)
    pasted = under.copy()
    pasted.paste(result, box)
    return pasted


def mix(under: Image.Image, other: Image.Image, mask: Image.Image) -> Image.Image:
    return Image.composite(other, under, mask)


def to_gray(image: Image.Image) -> Image.Image:
    return image.convert("RGB").convert("L", matrix=(*LUMA, 0))


class Sheets:
    def __init__(self) -> None:
        self.sheets: dict[str, list[Image.Image]] = {}
        self.cases: list[dict] = []

    def add(self, sheet: str, result: Image.Image, **case) -> None:
        rows = self.sheets.setdefault(sheet, [])
        y = sum(row.height for row in rows)
        rows.append(result)
        self.cases.append({**case, "sheet": sheet, "area": [0, y, result.width, result.height]})

    def write(self) -> None:
        for name, rows in self.sheets.items():
            size = (max(row.width for row in rows), sum(row.height for row in rows))
            sheet = Image.new(rows[0].mode, size)
            y = 0
            for row in rows:
                sheet.paste(row, (0, y))
                y += row.height
            save(sheet, name)
        lines = ",\n".join(json.dumps(case) for case in self.cases)
        (FOLDER / "cases.json").write_text(f"[\n{lines}\n]\n")


def save(image: Image.Image, name: str) -> None:
    image.save(FOLDER / f"{name}.png", optimize=True)


def operations() -> None:
    sources = {
        "gray": source(37, 29, 1, 1),
        "rgb": source(37, 29, 3, 2),
        "rgba": source(37, 29, 4, 3),
        "stamp-rgb": source(23, 19, 3, 4),
        "stamp-rgba": source(23, 19, 4, 5),
        "other-rgb": source(37, 29, 3, 6),
        "mask-gray": source(37, 29, 1, 7),
    }
    for name, image in sources.items():
        save(image, name)

    sheets = Sheets()
    sizes = [(74, 58), (53, 41), (37, 90), (16, 12), (5, 60), (100, 3), (1, 1), (36, 28)]
    filters = ("nearest", "bilinear", "bicubic", "lanczos")
    for name, filter, size in itertools.product(MODES, filters, sizes):
        result = resize(sources[name], size, Image.Resampling[filter.upper()])
        case = dict(operation="resize", source=name, filter=filter, size=size)
        sheets.add(f"resize-{name}", result, **case)

    for name, radius in itertools.product(MODES, (0.3, 1, 2.5, 7.9, 8, 11, 23.7, 64, 256)):
        sheets.add(f"blur-{name}", blur(sources[name], radius), operation="blur", source=name, radius=radius)

    # A line's end in the middle, and what the edges do, with room around.
    line = Image.fromarray(np.pad(np.full((90, 3), 255, np.uint8), ((0, 50), (100, 77))))
    save(line, "line")
    for radius in (7.5, 8, 9.9, 16, 31, 60):
        sheets.add("blur-line", blur(line, radius), operation="blur", source="line", radius=radius)

    for blend in BLENDS:
        for under, over, at, opacity in (
            ("rgb", "stamp-rgb", (3, 5), 1.0),
            ("rgb", "stamp-rgba", (-6, 14), 0.6),
            ("rgba", "stamp-rgba", (9, -4), 1.0),
            ("rgba", "stamp-rgba", (20, 13), 0.35),
            ("rgba", "stamp-rgb", (-2, -3), 0.8),
            ("gray", "stamp-rgba", (5, 5), 1.0),
        ):
            # The sum of many channels is not what Pillow or a formula on luma would give.
            if under == "gray" and blend == "add":
                continue
            result = paste(sources[under], sources[over], at, opacity, blend)
            case = dict(operation="paste", source=under, over=over, at=at, opacity=opacity, blend=blend)
            sheets.add(f"paste-{under}", result, **case)

    result = mix(sources["rgb"], sources["other-rgb"], sources["mask-gray"])
    sheets.add("mix", result, operation="mix", source="rgb", other="other-rgb", mask="mask-gray")
    result = mix(sources["rgb"], sources["other-rgb"], to_gray(sources["rgba"]))
    sheets.add("mix", result, operation="mix", source="rgb", other="other-rgb", mask="rgba")
    for name in ("rgb", "rgba", "other-rgb"):
        sheets.add("convert", to_gray(sources[name]), operation="convert", source=name)
    sheets.write()


GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
NAMES = {GRAY: "gray", RGB: "rgb", PALETTE: "palette", GRAY_ALPHA: "gray-alpha", RGBA: "rgba"}
DEPTHS = {GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGBA: (8, 16)}
# Where each pass of Adam7 begins, and its steps (PNG specification, 8.2).
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def scanlines(samples: np.ndarray, depth: int) -> bytes:
    """Rows of filter type 0 and 1 by turns."""
    lines = []
    bytes_per_pixel = max(1, samples.shape[2] * depth // 8)
    for y, row in enumerate(samples.reshape(samples.shape[0], -1)):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(f"{sample:0{depth}b}" for sample in row)
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
        if y % 2 == 1:
            before = bytes(bytes_per_pixel) + line
            line = bytes((a - b) % 256 for a, b in zip(line, before))
        lines.append(bytes([y % 2]) + line)
    return b"".join(lines)


def png(samples: np.ndarray, kind: int, depth: int, interlaced: bool, extra: bytes) -> bytes:
    height, width, _ = samples.shape
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    parts = [samples[y::down, x::right] for x, y, right, down in passes]
    data = b"".join(scanlines(part, depth) for part in parts if part.size)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    compressed = zlib.compress(data)
    # In two parts, as writers that stream have it.
    half = len(compressed) // 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", compressed[:half])
        + chunk(b"IDAT", compressed[half:])
        + chunk(b"IEND", b"")
    )


def expected(samples: np.ndarray, kind: int, depth: int, palette: np.ndarray, key) -> tuple[str, np.ndarray]:
    """The format that the contract promises and its samples: 0 to 255, or to 65535 for floats."""
    most = 255 if depth <= 8 else 65535
    if kind == PALETTE:
        entries = palette[samples[..., 0]]
        return ("rgb8", entries[..., :3]) if key is None else ("rgba8", entries)
    scaled = samples * (most // (2**depth - 1))
    alpha = np.full(samples.shape[:2] + (1,), most)
    if key is not None:
        alpha = np.where((samples == key).all(axis=-1, keepdims=True), 0, most)
    if kind in (GRAY_ALPHA, RGBA):
        scaled, alpha = scaled[..., :-1], scaled[..., -1:]
    has_alpha = kind in (GRAY_ALPHA, RGBA) or key is not None
    if kind == GRAY and not has_alpha and depth <= 8:
        return "gray8", scaled
    color = np.repeat(scaled, 3, axis=-1) if kind in (GRAY, GRAY_ALPHA) else scaled
    if depth == 16:
        return "rgba-f32", np.concatenate([color, alpha], axis=-1)
    return ("rgba8", np.concatenate([color, alpha], axis=-1)) if has_alpha else ("rgb8", color)


def files() -> None:
    random = np.random.default_rng(8)
    cases = []
    for kind, depths in DEPTHS.items():
        for depth, interlaced, transparent in itertools.product(depths, (False, True), (False, True)):
            if transparent and kind in (GRAY_ALPHA, RGBA):
                continue
            # The smaller one leaves passes of the interlacing empty.
            size = (3, 2) if interlaced and transparent else (11, 10)
            samples = random.integers(0, 2**depth, (size[1], size[0], CHANNELS[kind]))
            palette = np.concatenate([random.integers(0, 256, (2**depth, 3)), np.full((2**depth, 1), 255)], axis=-1)
            extra, key = b"", None
            if kind == PALETTE:
                extra += chunk(b"PLTE", palette[:, :3].astype(np.uint8).tobytes())
            if transparent and kind == PALETTE:
                # Of fewer entries than the palette: the others are opaque.
                key = max(1, 2**depth // 2)
                palette[:key, 3] = random.integers(0, 256, key)
                extra += chunk(b"tRNS", palette[:key, 3].astype(np.uint8).tobytes())
            elif transparent:
                key = samples[0, 0]
                extra += chunk(b"tRNS", key.astype(">u2").tobytes())
            name = f"{NAMES[kind]}-{depth}" + "-transparent" * transparent + "-interlaced" * interlaced
            path = FOLDER / "png" / f"{name}.png"
            path.write_bytes(png(samples, kind, depth, interlaced, extra))
            format, wanted = expected(samples, kind, depth, palette, key)
            if depth <= 8:
                mode = {"gray8": "L", "rgb8": "RGB", "rgba8": "RGBA"}[format]
                with Image.open(path) as image:
                    read = np.asarray(image.convert(mode)).reshape(wanted.shape)
                # Pillow looks for the transparent gray among the samples that it has scaled already.
                compared = 3 if transparent and kind == GRAY and depth in (2, 4) else 4
                assert (read[..., :compared] == wanted[..., :compared]).all(), name
            cases.append({"file": name, "size": size, "format": format, "samples": wanted.flatten().tolist()})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FOLDER / "png" / "cases.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    operations()
    files()
