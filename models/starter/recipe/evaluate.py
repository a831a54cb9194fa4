"""Measures an exported folder: the autoencoder, whether names give their pictures, and the time a picture takes.

Retrieval: each name is drawn, and the picture is compared with the training picture of every concept. Both are cut to what is not
white, brought to 16x16 pixels, and compared as plain RGB by squared distance, the smaller of mirrored and not.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextModel, CLIPTokenizer

import autoencoder
import data
import model


def features(picture):
    ink = (picture < 200).any(-1)
    if ink.sum() > 8:
        rows, columns = np.where(ink.any(1))[0], np.where(ink.any(0))[0]
        picture = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    small = np.asarray(Image.fromarray(picture).resize((16, 16), Image.Resampling.BOX), np.float32) / 255
    return small


def ranks(drawn, references, right):
    """Rank (from 0) of the right reference for each drawn picture."""
    table = np.stack([features(r).ravel() for r in references])
    out = []
    for picture, answer in zip(drawn, right):
        f = features(picture)
        far = np.minimum(*(((table - g.ravel()) ** 2).sum(1) for g in (f, f[:, ::-1])))
        out.append(int((far < far[answer]).sum()))
    return np.array(out)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--model", required=True, type=Path)
    p.add_argument("--data", required=True, type=Path)
    p.add_argument("--icons", help="icons.json, to measure the autoencoder on icons that it was not trained on")
    p.add_argument("--out", type=Path, help="folder for contact sheets")
    p.add_argument("--seeds", type=int, default=1)
    p.add_argument("--steps", type=int)
    p.add_argument("--cfg", type=float)
    p.add_argument("--scheduler", default="{}", help="JSON: scheduler settings to try instead of the folder's")
    p.add_argument("--names", type=int, help="only the first so many names")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)

    wanted = json.loads((a.model / "aquatint.json").read_text())["defaults"]
    steps, cfg = a.steps or wanted["steps"], a.cfg or wanted["cfg"]
    scheduler = {k: v for k, v in json.loads((a.model / "scheduler/scheduler_config.json").read_text()).items() if not k.startswith("_")}
    scheduler.update(json.loads(a.scheduler))
    parts = dict(torch_dtype=torch.float32)
    net = UNet2DConditionModel.from_pretrained(a.model / "unet", **parts).eval()
    vae = AutoencoderKL.from_pretrained(a.model / "vae", **parts).eval()
    text = CLIPTextModel.from_pretrained(a.model / "text_encoder", **parts).eval()
    tok = CLIPTokenizer.from_pretrained(a.model / "tokenizer")

    def encode(captions):
        ids = tok(captions, padding="max_length", truncation=True, max_length=model.LENGTH, return_tensors="pt").input_ids
        return text(ids).last_hidden_state

    def draw(prompts, seeds):
        return model.draw(net, encode, vae, prompts, seeds, steps, cfg, **scheduler)

    pictures, found = data.load(a.data)
    print(f"{steps} steps, cfg {cfg}, {len(found)} concepts")
    if a.icons:
        used = {c.icon for c in found}
        table = json.loads(Path(a.icons).read_text())
        rest = sorted(k for k in table["icons"] if k not in used and not k.endswith(("-light", "-dark", "-medium")))[::11]
        others = np.stack([data.icon(table, k) for k in rest])
        print(f"autoencoder PSNR: {autoencoder.psnr(vae, pictures):.2f} dB on its {len(pictures)} pictures, "
              f"{autoencoder.psnr(vae, others):.2f} dB on {len(others)} other icons")

    def report(label, prompts, right, references):
        drawn, got = [], []
        for seed in range(a.seeds):
            made = draw(prompts, [1000 * seed + i for i in range(len(prompts))])
            got.append(ranks(made, references, right))
            drawn.append(made)
        all_ranks = np.concatenate(got)
        n = len(references)
        print(f"{label}: top-1 {100 * (all_ranks < 1).mean():.1f} %, top-5 {100 * (all_ranks < 5).mean():.1f} %, median rank "
              f"{np.median(all_ranks) + 1:.0f} of {n}; chance {100 / n:.2f} % and {500 / n:.2f} %; {len(all_ranks)} pictures", flush=True)
        wrong = [f"{p} ({r + 1})" for p, r in zip(prompts, got[0]) if r >= 5]
        print("  not in the first five, first seed:", ", ".join(wrong) or "none")
        if a.out:
            a.out.mkdir(parents=True, exist_ok=True)
            data.sheet(list(drawn[0]), 20).save(a.out / f"{label.replace(' ', '-')}.png")
        return drawn

    some = found[:a.names]
    report("names", [data.with_article(c.name, c.name) for c in some], list(range(len(some))), pictures[[c.pictures[None] for c in found]])
    coloured = [(c, k) for c in some for k in c.pictures if k][::3]
    if coloured:
        report("coloured names", [data.with_article(f"{k} {c.name}", c.name) for c, k in coloured], [c.pictures[k] for c, k in coloured], pictures)

    eight = list(range(1, 9))
    prompts = ["a red apple", "a cat", "a dog", "a house", "a blue car", "a rocket", "a tree", "a yellow star"]
    grid = draw([q for q in prompts for _ in eight], eight * len(prompts))
    if a.out:
        data.sheet(list(grid), 8).save(a.out / "eight-seeds.png")

    pipe = StableDiffusionPipeline.from_pretrained(a.model, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    times = []
    for seed in range(4):
        start = time.monotonic()
        pipe("a red apple", num_inference_steps=steps, guidance_scale=cfg, generator=torch.Generator().manual_seed(seed))
        times.append(time.monotonic() - start)
    print(f"one picture through diffusers on {a.threads} threads: {min(times):.2f} s")


if __name__ == "__main__":
    main()
