"""Pictures and captions of the starter model: icons drawn at 64x64 on white, with the words that name them.

A scene is what one or more pictures show: a thing, a thing in another colour, two or three of a thing, two things side by side, or a
thing as an outline. All pictures are put together from icons, so that what a caption says is true. Scenes whose words are a prompt
in heldout.txt are left out.
"""

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
    "brown": (24, 0.62, 0.55),
    "gray": (220, 0.05, 0.62),
}


@dataclass
class Concept:
    names: list
    icon: str
    colour: str | None = None

    @property
    def name(self):
        return self.names[0]


@dataclass
class Scene:
    """The pictures in `rows` show `count` of each of `things`, which are pairs of a concept's number and a colour or None."""

    things: list
    count: int = 1
    outlined: bool = False
    rows: list = field(default_factory=list)  # the first is the icon as it is, if there is only one thing

    @property
    def kind(self):
        if len(self.things) == 2:
            return "pair"
        if self.count > 1:
            return "count"
        return "outlined" if self.outlined else "coloured" if self.things[0][1] else "plain"


# How often a kind of scene is trained on, and the chance of its unmoved picture.
SHARES = {"plain": 0.36, "coloured": 0.26, "outlined": 0.11, "count": 0.15, "pair": 0.12}
UNMOVED = 0.4


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


def placed(image, side, x, y, mirror):
    """A square picture on white, brought to a size and a place, as uint8 [64, 64, 3]."""
    if mirror:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    page = Image.new("RGB", (SIZE, SIZE), "white")
    page.paste(image.resize((side, side), Image.Resampling.LANCZOS), (x, y))
    return np.asarray(page)


def moved(image, rng, mirror):
    side = rng.choice((64, 60, 56, 52, 48, 44))
    return placed(image, side, rng.randint(0, SIZE - side), rng.randint(0, SIZE - side), mirror and rng.random() < 0.5)


def together(images, rng, mirror):
    """Two pictures side by side, or three in a triangle, that do not touch."""
    side = rng.choice((32, 32, 30, 28) if len(images) == 2 else (31, 30, 28))
    free = SIZE // 2 - side
    if len(images) == 2:
        y = (SIZE - side) // 2
        corners = [(rng.randint(0, free), y + rng.randint(-6, 6)), (32 + rng.randint(0, free), y + rng.randint(-6, 6))]
    else:
        corners = [(rng.randint(0, free), rng.randint(0, free)), (32 + rng.randint(0, free), rng.randint(0, free)),
                   (16 + rng.randint(-4, 4 + free), 32 + rng.randint(0, free))]
    page = np.full((SIZE, SIZE, 3), 255, np.uint8)
    for image, (x, y) in zip(images, corners):
        page = np.minimum(page, placed(image, side, x, y, mirror and rng.random() < 0.5))
    return page


def keys(scene, found):
    """The prompts that say just what a scene shows, to find it among those that are held out."""
    def named(thing, count):
        concept = found[thing[0]]
        colours = {thing[1] or concept.colour, thing[1]}
        for colour in colours:
            bare = concept.name if count == 1 else plural(concept.name)
            name = f"{colour} {bare}" if colour else bare
            yield with_article(name, bare) if count == 1 else f"{NUMBERS[count]} {name}"

    first = list(named(scene.things[0], scene.count))
    if len(scene.things) == 1:
        return {f + (", outlined" if scene.outlined else "") for f in first}
    second = list(named(scene.things[1], 1))
    return {f"{x} and {y}" for f in first for s in second for x, y in ((f, s), (s, f))}


def heldout(path=HERE / "heldout.txt"):
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def render(icons, outlines, limit=None, seed=0):
    """All pictures as uint8 [n, 64, 64, 3], the concepts, the scenes, and the scenes that are held out, with one picture each."""
    table, lines = json.loads(Path(icons).read_text()), json.loads(Path(outlines).read_text())
    found, rng = concepts()[:limit], random.Random(seed)
    plain = {}  # (concept, colour) -> twice as large picture on white
    for i, concept in enumerate(found):
        if concept.icon not in table["icons"]:
            raise SystemExit(f"concepts.txt: no icon named {concept.icon!r} in {icons}")
        rgba = double(table, concept.icon)
        plain[i, None] = rgba
        for colour in COLOURS if concept.colour else ():
            if colour != concept.colour:
                made = recolour(rgba, colour)
                if made is None:
                    raise SystemExit(f"concepts.txt: {concept.name} has no single main colour, so it cannot be recoloured")
                plain[i, colour] = made
    image = {k: Image.fromarray((on_white(v) * 255 + 0.5).astype(np.uint8)) for k, v in plain.items()}
    pictures, scenes, kept_out = [], [], []
    held = set(heldout())

    def add(scene, makers, chance=1.0):
        out = bool(keys(scene, found) & held)
        if not out and rng.random() >= chance:
            return
        for make in makers[:1] if out else makers:
            scene.rows.append(len(pictures))
            pictures.append(make())
        (kept_out if out else scenes).append(scene)

    def single(big, turns, times):
        return [lambda: placed(big, SIZE, 0, 0, False)] + [lambda: moved(big, rng, turns)] * times

    turns = [c.name not in NO_MIRROR for c in found]
    for (i, colour), big in image.items():
        add(Scene([(i, colour)]), single(big, turns[i], 3 if colour else 5))
    for i, concept in enumerate(found):
        if concept.icon in lines["icons"]:
            big = Image.fromarray((on_white(double(lines, concept.icon)) * 255 + 0.5).astype(np.uint8))
            add(Scene([(i, None)], outlined=True), single(big, turns[i], 2))
    many = [(i, c) for i, c in plain if found[i].name not in NOT_COUNTED]
    for i, colour in many:
        for count in (2, 3):
            add(Scene([(i, colour)], count), [lambda: together([image[i, colour]] * count, rng, turns[i])] * (1 if colour else 2),
                0.5 if colour else 1)
    bare = [m for m in many if not m[1]]
    one = {key: thing for thing in image for key in keys(Scene([thing]), found)}
    for prompt in sorted(held):
        pair = [one[part] for part in prompt.split(" and ") if part in one]
        if " and " in prompt and len(pair) == 2:
            add(Scene(pair), [lambda: together([image[p] for p in pair], rng, False)])
    for _ in range(5 * len(bare)):
        # half of the pairs have a colour in them
        pair = [rng.choice(many if rng.random() < 0.4 else bare) for _ in range(2)]
        if pair[0][0] != pair[1][0]:
            # each kept as it is: a mirrored one among them would teach nothing that moved icons do not
            add(Scene(pair), [lambda: together([image[p] for p in pair], rng, False)])
    return np.stack(pictures), found, scenes, kept_out


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
          "pants", "socks", "gloves", "scissors", "dice", "swords", "crossed swords", "thumbs up", "heart eyes", "blueberries", "pancakes",
          "lips", "high heels"}
ONE_OF_A_KIND = {"saturn", "santa", "santa claus", "father christmas", "popcorn", "sushi", "bread", "corn", "milk", "wine", "chocolate",
                 "luggage", "broccoli", "rain", "lightning", "poop"}
# Two of these would not be said, or not be seen as two.
NOT_COUNTED = PLURAL | ONE_OF_A_KIND | {"coffee", "sun", "moon", "earth", "rainbow", "fire", "mountain", "wave", "island", "santa"}
NUMBERS = {2: "two", 3: "three"}
ODD_PLURALS = {"mouse": "mice", "wolf": "wolves", "sheep": "sheep", "deer": "deer", "fish": "fish", "shrimp": "shrimp", "squid": "squid",
               "knife": "knives", "tooth": "teeth", "foot": "feet", "maple leaf": "maple leaves", "leaf": "leaves"}
# Mirrored, these would be wrong or would say something else.
NO_MIRROR = {"arrow", "question mark", "check mark", "musical note", "clock", "money bag", "piano", "school", "dice", "watch", "calendar",
             "sleeping face", "wine"}


def plural(name):
    if name in ODD_PLURALS:
        return ODD_PLURALS[name]
    if name.endswith(("s", "x", "ch", "sh")) or name in ("tomato", "potato"):
        return name + "es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"


def with_article(name, bare):
    if bare in PLURAL | ONE_OF_A_KIND or name.startswith("the "):
        return name
    return ("an " if name[0] in "aeiou" and not name.startswith(("unicorn", "ufo", "ewe")) else "a ") + name


def said(concept, colour, rng, count=1):
    """What a thing is called, without its article."""
    bare = concept.names[0] if rng.random() < 0.6 else rng.choice(concept.names)
    colour = colour or (concept.colour if rng.random() < 0.35 else None)
    if colour == "gray" and rng.random() < 0.4:
        colour = "grey"
    shown = bare if count == 1 else plural(bare)
    return (f"{colour} {shown}" if colour else shown), bare


def caption(scene, found, rng):
    name, bare = said(found[scene.things[0][0]], scene.things[0][1], rng, scene.count)
    if scene.outlined:
        return rng.choice(("{}, outlined", "{}, outlined", "{}, outline", "{}, line drawing", "an outlined {b}", "{} outlined")).format(
            rng.choice((with_article(bare, bare), bare)), b=bare)
    if len(scene.things) == 2:
        phrase = with_article(name, bare) + " and " + with_article(*said(found[scene.things[1][0]], scene.things[1][1], rng))
    elif scene.count > 1:
        phrase = f"{NUMBERS[scene.count]} {name}"
    else:
        frame = rng.choices([f for f, _ in FRAMES], [w for _, w in FRAMES])[0]
        return frame.format(name, a=with_article(name, bare))
    if rng.random() < 0.6:
        return phrase
    frame = rng.choice([f for f, _ in FRAMES if "{a}" in f])
    return frame.format(a=phrase)


class Picker:
    """Draws scenes for training, each kind by its share."""

    def __init__(self, scenes):
        self.by_kind = {}
        for scene in scenes:
            self.by_kind.setdefault(scene.kind, []).append(scene)
        self.kinds = list(self.by_kind)

    def __call__(self, rng):
        scene = rng.choice(self.by_kind[rng.choices(self.kinds, [SHARES[k] for k in self.kinds])[0]])
        return scene, scene.rows[0] if rng.random() < UNMOVED else rng.choice(scene.rows)


def sheet(pictures, columns):
    rows = -(-len(pictures) // columns)
    out = np.full((rows * (SIZE + 2), columns * (SIZE + 2), 3), 200, np.uint8)
    for i, p in enumerate(pictures):
        y, x = i // columns * (SIZE + 2), i % columns * (SIZE + 2)
        out[y:y + SIZE, x:x + SIZE] = p
    return Image.fromarray(out)


def load(folder):
    """Pictures, concepts, scenes and held-out scenes."""
    folder = Path(folder)
    kept = json.loads((folder / "scenes.json").read_text())

    def scenes(rows):
        return [Scene([tuple(t) for t in r["things"]], r["count"], r["outlined"], r["rows"]) for r in rows]

    return (np.load(folder / "pictures.npy"), [Concept(**c) for c in kept["concepts"]], scenes(kept["scenes"]), scenes(kept["heldout"]))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--icons", required=True, help="icons.json of @iconify-json/fluent-emoji-flat")
    p.add_argument("--outlines", required=True, help="icons.json of @iconify-json/fluent-emoji-high-contrast")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--smoke", action="store_true", help="the first 12 concepts only")
    a = p.parse_args()
    pictures, found, scenes, kept_out = render(a.icons, a.outlines, 12 if a.smoke else None)
    a.out.mkdir(parents=True, exist_ok=True)
    np.save(a.out / "pictures.npy", pictures)
    (a.out / "scenes.json").write_text(json.dumps(dict(
        concepts=[vars(c) for c in found], scenes=[vars(s) for s in scenes], heldout=[vars(s) for s in kept_out])))
    rng = random.Random(0)
    for kind in SHARES:
        of = [s for s in scenes if s.kind == kind]
        some = rng.sample(of, min(len(of), 400))
        sheet([pictures[rng.choice(s.rows)] for s in some], 20).save(a.out / f"{kind}.png")
        print(f"{kind}: {len(of)} scenes, {sum(len(s.rows) for s in of)} pictures:",
              "; ".join(caption(s, found, rng) for s in rng.sample(of, min(len(of), 4))))
    print(f"{len(found)} concepts, {sum(bool(c.colour) for c in found)} of them in {len(COLOURS)} colours; {len(scenes)} scenes, "
          f"{len(pictures)} pictures; {len(kept_out)} scenes held out")


if __name__ == "__main__":
    main()
