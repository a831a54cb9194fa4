"""Pictures and captions of the starter model: icons drawn at 64x64 on white, with the words that name them."""

import argparse
import io
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 64
HERE = Path(__file__).resolve().parent

# hue in degrees, and the saturation and value the main colour's median moves to
COLOURS = {
    "red": (356, 0.80, 0.92),
    "orange": (27, 0.85, 0.98),
    "yellow": (47, 0.80, 1.00),
    "green": (128, 0.68, 0.72),
    "blue": (211, 0.78, 0.90),
    "purple": (274, 0.62, 0.76),
    "pink": (330, 0.48, 0.99),
    "black": (230, 0.12, 0.26),
}


@dataclass
class Concept:
    names: list
    icon: str
    colour: str | None = None
    pictures: dict = field(default_factory=dict)  # colour or None -> index into the pictures

    @property
    def name(self):
        return self.names[0]


def concepts(path=HERE / "concepts.txt"):
    found = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        left, icon = line.rsplit(" = ", 1)
        names, _, colour = left.partition(" *")
        found.append(Concept([n.strip() for n in names.split(",")], icon.strip(), colour.strip() or None))
    return found


def double(table, name):
    """An icon as RGBA at twice the size, which keeps edges smooth when it is recoloured."""
    import resvg_py

    entry = table["icons"][name]
    w, h = entry.get("width", table.get("width", 16)), entry.get("height", table.get("height", 16))
    # an explicit square: a few icons are a little wider than tall and would come out at another size
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * SIZE}" height="{2 * SIZE}" viewBox="0 0 {w} {h}">'
           f'{entry["body"]}</svg>')
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=2 * SIZE, height=2 * SIZE))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), np.float32) / 255


def halved(rgba):
    half = on_white(rgba).reshape(SIZE, 2, SIZE, 2, 3).mean((1, 3))
    return (half * 255 + 0.5).astype(np.uint8)


def icon(table, name):
    return halved(double(table, name))


def on_white(rgba):
    return rgba[..., :3] * rgba[..., 3:] + 1 - rgba[..., 3:]


def to_hsv(rgb):
    high, low = rgb.max(-1), rgb.min(-1)
    span = np.maximum(high - low, 1e-6)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(high == r, (g - b) / span % 6, np.where(high == g, (b - r) / span + 2, (r - g) / span + 4))
    return hue * 60, (high - low) / np.maximum(high, 1e-6), high


def to_rgb(hue, sat, val):
    def channel(n):
        k = (n + hue / 60) % 6
        return val - val * sat * np.clip(np.minimum(k, 4 - k), 0, 1)

    return np.stack([channel(5), channel(3), channel(1)], -1)


def recolour(rgba, colour):
    """The picture with its main hue moved to a named colour; other hues, greys and outlines stay."""
    hue, sat, val = to_hsv(rgba[..., :3])
    solid = (sat > 0.18) & (rgba[..., 3] > 0.5) & (val > 0.15)
    if not solid.any():
        return None
    weight = np.bincount(hue[solid].astype(int) % 360, sat[solid], 360)
    window = np.convolve(np.concatenate([weight[-20:], weight, weight[:20]]), np.ones(41), "valid")
    main = int(window.argmax())
    far = (hue - main + 180) % 360 - 180
    moved = (np.abs(far) < 32) & (sat > 0.12)
    if (moved & solid).sum() < 0.5 * solid.sum():
        return None
    to_hue, to_sat, to_val = COLOURS[colour]
    mid_sat, mid_val = np.median(sat[moved & solid]), np.median(val[moved & solid])
    new_sat = np.clip(sat * to_sat / mid_sat, 0, 1)
    new_val = np.clip(val * to_val / mid_val, 0, 1)
    out = rgba.copy()
    out[moved, :3] = to_rgb((to_hue + far * 0.5) % 360, new_sat, new_val)[moved]
    return out


def render(icons, limit=None):
    """All pictures as uint8 [n, 64, 64, 3] and the concepts that point into them."""
    table = json.loads(Path(icons).read_text())
    pictures, kept = [], []

    def add(rgba):
        pictures.append(halved(rgba))
        return len(pictures) - 1

    for concept in concepts()[:limit]:
        if concept.icon not in table["icons"]:
            raise SystemExit(f"concepts.txt: no icon named {concept.icon!r} in {icons}")
        rgba = double(table, concept.icon)
        concept.pictures[None] = add(rgba)
        if concept.colour:
            for colour in COLOURS:
                if colour == concept.colour:
                    continue
                made = recolour(rgba, colour)
                if made is None:
                    print(f"{concept.name}: no single main colour, not recoloured")
                    break
                concept.pictures[colour] = add(made)
        kept.append(concept)
    return np.stack(pictures), kept


# Words that say nothing about what is in the picture. "~" stands for a word outside the vocabulary, so that the
# model learns to look past words that it does not know.
FRAMES = [
    ("{}", 8),
    ("{a}", 10),
    ("a picture of {a}", 2),
    ("a drawing of {a}", 1.5),
    ("a photo of {a}", 1.5),
    ("an image of {a}", 0.7),
    ("an icon of {a}", 0.7),
    ("{} icon", 0.7),
    ("{} emoji", 0.7),
    ("clip art of {a}", 0.5),
    ("draw {a}", 0.5),
    ("an illustration of {a}", 0.7),
    ("{a} on a white background", 0.8),
    ("{a}, flat style", 0.6),
    ("{a}, high quality", 0.8),
    ("{a}, simple, colorful", 0.4),
    ("the {}", 0.6),
    ("one {}", 0.4),
    ("a cute {}", 0.8),
    ("a beautiful {}", 0.6),
    ("a big {}", 0.5),
    ("a small {}", 0.5),
    ("a ~ {}", 1),
    ("{a} ~", 0.7),
    ("{a} ~ ~ ~", 0.7),
    ("~ ~ {a}", 0.5),
]
PLURAL = {"cherries", "grapes", "fries", "french fries", "chips", "flowers", "headphones", "glasses", "sunglasses", "jeans", "trousers",
          "pants", "socks", "gloves", "scissors", "dice", "swords", "crossed swords", "thumbs up", "heart eyes"}


def with_article(name, bare):
    if bare in PLURAL or name.startswith(("the ", "two ")):
        return name
    return ("an " if name[0] in "aeiou" and not name.startswith(("unicorn", "ufo", "ewe")) else "a ") + name


def caption(concept, colour, rng):
    bare = concept.names[0] if rng.random() < 0.6 else rng.choice(concept.names)
    named = colour or (concept.colour if rng.random() < 0.35 else None)
    name = f"{named} {bare}" if named and not bare.startswith(("black cat", "gold ")) else bare
    frame = rng.choices([f for f, _ in FRAMES], [w for _, w in FRAMES])[0]
    return frame.format(name, a=with_article(name, bare))


def pick(concept, rng):
    """A colour of the concept: its own for half of the draws."""
    others = [c for c in concept.pictures if c]
    return rng.choice(others) if others and rng.random() < 0.55 else None


# Mirrored, these would be wrong or would say something else.
NO_MIRROR = {"arrow", "question mark", "check mark", "musical note", "clock", "money bag", "piano", "school", "dice"}


def varied(pictures, found, seed):
    """The same pictures, half of them mirrored, most of them a little smaller and moved."""
    rng = random.Random(seed)
    fixed = {i for c in found if c.name in NO_MIRROR for i in c.pictures.values()}
    out = []
    for i, picture in enumerate(pictures):
        image = Image.fromarray(picture)
        if rng.random() < 0.5 and i not in fixed:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        side = rng.choice((64, 64, 60, 56, 52))
        page = Image.new("RGB", (SIZE, SIZE), "white")
        room = SIZE - side
        page.paste(image.resize((side, side), Image.Resampling.LANCZOS), (rng.randint(0, room), rng.randint(0, room)))
        out.append(np.asarray(page))
    return np.stack(out)


def sheet(pictures, columns):
    rows = -(-len(pictures) // columns)
    out = np.full((rows * (SIZE + 2), columns * (SIZE + 2), 3), 200, np.uint8)
    for i, p in enumerate(pictures):
        y, x = i // columns * (SIZE + 2), i % columns * (SIZE + 2)
        out[y:y + SIZE, x:x + SIZE] = p
    return Image.fromarray(out)


def load(folder):
    folder = Path(folder)
    pictures = np.load(folder / "pictures.npy")
    rows = json.loads((folder / "concepts.json").read_text())
    found = []
    for r in rows:
        own = {(None if k == "" else k): v for k, v in r["pictures"].items()}
        found.append(Concept(r["names"], r["icon"], r["colour"], own))
    return pictures, found


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--icons", required=True, help="icons.json of @iconify-json/fluent-emoji-flat")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--smoke", action="store_true", help="the first 12 concepts only")
    a = p.parse_args()
    pictures, found = render(a.icons, 12 if a.smoke else None)
    a.out.mkdir(parents=True, exist_ok=True)
    np.save(a.out / "pictures.npy", pictures)
    rows = [dict(names=c.names, icon=c.icon, colour=c.colour,
                 pictures={k or "": v for k, v in c.pictures.items()}) for c in found]
    (a.out / "concepts.json").write_text(json.dumps(rows, indent=0))
    sheet([pictures[c.pictures[None]] for c in found], 20).save(a.out / "concepts.png")
    coloured = [c for c in found if len(c.pictures) > 1]
    if coloured:
        sheet([pictures[i] for c in coloured for i in c.pictures.values()], 18).save(a.out / "colours.png")
    rng = random.Random(0)
    for _ in range(12):
        c = rng.choice(found)
        print(" ", caption(c, pick(c, rng), rng))
    print(f"{len(found)} concepts, {len(coloured)} of them in {len(COLOURS)} colours, {len(pictures)} pictures")


if __name__ == "__main__":
    main()
