"""Measures an exported folder: the autoencoder, whether words give their pictures, colours, counts, and the time a picture takes.

Retrieval: a prompt is drawn, and the picture is compared with the true pictures of all things (or all things in all colours). Both
are cut to what is not white, brought to 16x16 pixels, and compared as plain RGB by squared distance, the smaller of mirrored and not.
Two or three of a thing, and two things, are looked at one by one: the left half and the right half, or the upper left quarter.

Colour: each pixel that is not white is called by a rule on hue, saturation and value, and the picture by the most frequent of them.
Count: the connected parts that are not white and not small. What both rules say of the true pictures is printed with them.
"""

import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextModel, CLIPTokenizer

import autoencoder
import data
import model

SHEET_SEED = 1


def features(picture):
    ink = (picture < 200).any(-1)
    if ink.sum() > 8:
        rows, columns = np.where(ink.any(1))[0], np.where(ink.any(0))[0]
        picture = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    return np.asarray(Image.fromarray(picture).resize((16, 16), Image.Resampling.BOX), np.float32) / 255


def ranks(drawn, references, right):
    """Rank (from 0) of the right reference for each drawn picture."""
    table = np.stack([features(r).ravel() for r in references])
    out = []
    for picture, answer in zip(drawn, right):
        f = features(picture)
        far = np.minimum(*(((table - g.ravel()) ** 2).sum(1) for g in (f, f[:, ::-1])))
        out.append(int((far < far[answer]).sum()))
    return np.array(out)


def colour_of(picture):
    """The most frequent colour name among the pixels that are not white."""
    hue, sat, val = data.to_hsv(picture.astype(np.float32) / 255)
    ink = ~((sat < 0.12) & (val > 0.85))
    if ink.sum() < 40:
        return None
    hue, sat, val = hue[ink], sat[ink], val[ink]
    names = np.full(len(hue), "gray ", dtype="<U6")
    vivid = sat >= 0.2
    for name, low in (("red", -20), ("orange", 14), ("yellow", 41), ("green", 70), ("blue", 175), ("purple", 250), ("pink", 300)):
        names[vivid & ((hue + 20) % 360 - 20 >= low)] = name
    warm = vivid & np.isin(names, ["red", "orange", "yellow"])
    names[warm & (val < 0.68) & (hue < 60)] = "brown"
    reddish = vivid & ((hue > 300) | (hue < 8))
    names[reddish & (sat < 0.62) & (val > 0.75)] = "pink"
    names[reddish & (hue > 300) & (hue < 340) & (val > 0.6)] = "pink"
    names[~vivid] = "gray"
    names[val < 0.38] = "black"
    return Counter(names.tolist()).most_common(1)[0][0]


def blobs(picture, smallest=70):
    """The number of connected parts that are not white; gaps of a pixel do not part them."""
    ink = (picture < 225).any(-1)
    seen = np.zeros_like(ink)
    found = 0
    for y, x in zip(*np.where(ink)):
        if seen[y, x]:
            continue
        stack, area = [(y, x)], 0
        seen[y, x] = True
        while stack:
            i, j = stack.pop()
            area += 1
            window = ink[max(i - 1, 0):i + 2, max(j - 1, 0):j + 2] & ~seen[max(i - 1, 0):i + 2, max(j - 1, 0):j + 2]
            for di, dj in zip(*np.where(window)):
                p = (max(i - 1, 0) + int(di), max(j - 1, 0) + int(dj))
                seen[p] = True
                stack.append(p)
        found += area >= smallest
    return found


def parts(picture, scene):
    """Where each thing of a scene is."""
    half = data.SIZE // 2
    if scene.count == 3:
        return [picture[:half, :half]]
    if scene.count == 2 or len(scene.things) == 2:
        return [picture[:, :half], picture[:, half:]]
    return [picture]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--model", required=True, type=Path)
    p.add_argument("--data", required=True, type=Path)
    p.add_argument("--icons", help="icons.json, to measure the autoencoder on icons of things that the model does not know")
    p.add_argument("--out", type=Path, help="folder for contact sheets and figures.json")
    p.add_argument("--concepts", type=Path, help="only the names of this list, in the place of concepts.txt")
    p.add_argument("--seeds", type=int, default=2)
    p.add_argument("--steps", type=int)
    p.add_argument("--cfg", type=float)
    p.add_argument("--scheduler", default="{}", help="JSON: scheduler settings to try instead of the folder's")
    p.add_argument("--names", type=int, help="only so many names, held-out scenes of a kind and sheets' rows")
    p.add_argument("--only", default="autoencoder names coloured heldout seeds time", help="which measures")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    only = a.only.split()

    wanted = json.loads((a.model / "aquatint.json").read_text())["defaults"]
    steps, cfg = a.steps or wanted["steps"], a.cfg or wanted["cfg"]
    scheduler = {k: v for k, v in json.loads((a.model / "scheduler/scheduler_config.json").read_text()).items() if not k.startswith("_")}
    scheduler.update(json.loads(a.scheduler))
    same = dict(torch_dtype=torch.float32)
    net = UNet2DConditionModel.from_pretrained(a.model / "unet", **same).eval()
    vae = AutoencoderKL.from_pretrained(a.model / "vae", **same).eval()
    text = CLIPTextModel.from_pretrained(a.model / "text_encoder", **same).eval()
    tok = CLIPTokenizer.from_pretrained(a.model / "tokenizer")
    if a.out:
        a.out.mkdir(parents=True, exist_ok=True)
    figures = dict(steps=steps, cfg=cfg, seeds=a.seeds)

    def encode(captions):
        ids = tok(captions, padding="max_length", truncation=True, max_length=model.LENGTH, return_tensors="pt").input_ids
        return text(ids).last_hidden_state

    def draw(prompts, seeds):
        return model.draw(net, encode, vae, prompts, seeds, steps, cfg, **scheduler)

    def say(label, **values):
        figures[label] = values
        print(f"{label}: " + ", ".join(f"{k} {v:.1f}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items()), flush=True)

    def save(pictures, columns, name):
        if a.out:
            data.sheet(list(pictures), columns).save(a.out / f"{name}.png")

    pictures, found, scenes, kept_out = data.load(a.data)
    listed = {c.name for c in data.concepts(a.concepts)} if a.concepts else {c.name for c in found}
    of_kind = {kind: [s for s in scenes if s.kind == kind] for kind in data.SHARES}
    icon = {s.things[0][0]: pictures[s.rows[0]] for s in of_kind["plain"]}
    numbers = list(icon)
    icons = np.stack([icon[i] for i in numbers])
    print(f"{steps} steps, guidance {cfg}, {len(numbers)} things, {a.seeds} seeds")

    if "autoencoder" in only:
        for kind, of in of_kind.items():
            if of:
                say(f"autoencoder on {kind} pictures", dB=autoencoder.psnr(vae, pictures[[s.rows[-1] for s in of[::4]]]), pictures=len(of[::4]))
        if a.icons:
            used = {c.icon for c in found}
            table = json.loads(Path(a.icons).read_text())
            rest = sorted(k for k in table["icons"] if k not in used and not k.endswith(("-light", "-dark", "-medium")))[::11]
            others = np.stack([data.icon(table, k) for k in rest])
            say("autoencoder on icons of other things", dB=autoencoder.psnr(vae, others), pictures=len(others))

    def retrieval(label, prompts, right, references):
        drawn, got = [], []
        for seed in range(a.seeds):
            made = draw(prompts, [1000 * seed + i for i in range(len(prompts))])
            got.append(ranks(made, references, right))
            drawn.append(made)
        at, n = np.concatenate(got), len(references)
        say(label, top1=100 * float((at < 1).mean()), top5=100 * float((at < 5).mean()), median_rank=int(np.median(at)) + 1,
            of=n, chance1=100 / n, chance5=500 / n, pictures=len(at))
        print("  not in the first five, first seed:", ", ".join(f"{q} ({r + 1})" for q, r in zip(prompts, got[0]) if r >= 5) or "none")
        return np.concatenate(drawn)

    def colours(label, drawn, truth, wanted):
        told = [colour_of(d) for d in drawn]
        ok = [t == w for t, w in zip(told, wanted)]
        extra = {} if truth is None else dict(rule_on_true_pictures=100 * float(np.mean([colour_of(t) == w for t, w in zip(truth, wanted)])))
        say(label, right=100 * float(np.mean(ok)), pictures=len(ok), **extra)
        print("  wrong, first seed:", ", ".join(f"{w} told {t}" for t, w, o in list(zip(told, wanted, ok))[:len(ok) // a.seeds] if not o) or "none")

    held = set(data.heldout())

    def phrase(scene):
        """The held-out prompt that says what a scene shows, or the shortest."""
        return min(data.keys(scene, found), key=lambda k: (k not in held, len(k), k))

    some = [i for i in numbers if found[i].name in listed][:a.names]
    if "names" in only:
        names = [data.with_article(found[i].name, found[i].name) for i in some]
        retrieval("names", names, [numbers.index(i) for i in some], icons)
        shown = [names[k * len(names) // 64] for k in range(64)] if len(names) >= 64 else names
        save(draw(shown, [SHEET_SEED] * len(shown)), 8, "names-64")
        if a.out:
            (a.out / "names-64.txt").write_text("\n".join(shown) + "\n")

    by_colour = of_kind["coloured"] + [s for s in kept_out if s.kind == "coloured"]
    references = np.concatenate([icons, *(pictures[s.rows[:1]] for s in by_colour)])
    where = {s.things[0]: len(icons) + k for k, s in enumerate(by_colour)}
    for label, of in (("coloured, trained", of_kind["coloured"][::4]), ("coloured, held out", [s for s in kept_out if s.kind == "coloured"])):
        of = [s for s in of if found[s.things[0][0]].name in listed][:a.names]
        if "coloured" in only and of:
            said = [s.things[0] for s in of]
            drawn = retrieval(label, [data.with_article(f"{c} {found[i].name}", found[i].name) for i, c in said], [where[t] for t in said], references)
            colours(label + ": colour", drawn, pictures[[s.rows[0] for s in of]], [c for _ in range(a.seeds) for _, c in said])

    if "heldout" in only:
        prompts = data.heldout()[:a.names]
        save(draw(prompts, [SHEET_SEED] * len(prompts)), 10, "heldout-100")
        only_one = [q for q in prompts if len(q.split()) >= 3 and q.split()[1] in data.COLOURS and " and " not in q
                    and not any(q in data.keys(s, found) for s in kept_out)]
        if only_one:
            drawn = draw(only_one * a.seeds, [1000 * k + i for k in range(a.seeds) for i in range(len(only_one))])
            colours("things of one colour: colour", drawn, None, [q.split()[1] for _ in range(a.seeds) for q in only_one])
        for kind in ("count", "pair", "outlined"):
            for label, of in (("trained", random.Random(0).sample(of_kind[kind], min(20, len(of_kind[kind])))),
                              ("held out", [s for s in kept_out if s.kind == kind])):
                of = of[:a.names]
                if not of:
                    continue
                said = [phrase(s) for s in of]
                drawn = draw(said * a.seeds, [1000 * k + i for k in range(a.seeds) for i in range(len(said))])
                at = []
                for made, scene in zip(drawn, of * a.seeds):
                    for cut, thing in zip(parts(made, scene), scene.things * 2):
                        if kind == "outlined":
                            pool = {s.things[0]: pictures[s.rows[0]] for s in of_kind[kind] + kept_out if s.kind == kind}
                        else:
                            pool = {**{(i, None): icon[i] for i in numbers}, **{s.things[0]: pictures[s.rows[0]] for s in by_colour}}
                        at.append(ranks([cut], list(pool.values()), [list(pool).index(thing)])[0])
                at = np.array(at)
                say(f"{kind}, {label}: each thing", top1=100 * float((at < 1).mean()), top5=100 * float((at < 5).mean()), of=len(pool), things=len(at))
                if kind != "outlined":
                    number = [2 if s.kind == "pair" else s.count for s in of]
                    truth = np.mean([blobs(pictures[s.rows[0]]) == n for s, n in zip(of, number)])
                    say(f"{kind}, {label}: number", right=100 * float(np.mean([blobs(d) == n for d, n in zip(drawn, number * a.seeds)])),
                        pictures=len(drawn), rule_on_true_pictures=100 * float(truth))

    if "seeds" in only:
        eight = list(range(1, 9))
        prompts = ["a red apple", "a cat", "a dog", "a house", "a blue car", "a rocket", "a tree", "a yellow star"][:a.names]
        save(draw([q for q in prompts for _ in eight], eight * len(prompts)), 8, "eight-seeds")

    if "time" in only:
        pipe = StableDiffusionPipeline.from_pretrained(a.model, torch_dtype=torch.float32)
        pipe.set_progress_bar_config(disable=True)
        times = []
        for seed in range(4):
            start = time.monotonic()
            pipe("a red apple", num_inference_steps=steps, guidance_scale=cfg, generator=torch.Generator().manual_seed(seed))
            times.append(time.monotonic() - start)
        say(f"seconds a picture through diffusers on {a.threads} threads", least=round(min(times), 3))
    if a.out:
        (a.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
