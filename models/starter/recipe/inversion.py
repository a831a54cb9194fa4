"""Trains a textual inversion: one vector that stands for a colour that the model has no word for, over things in that colour.

A quarter of the things is kept apart: how often they come out in the colour, with the vector and with the bare word, is printed.
Writes NAME.safetensors with `emb_params`, as A1111 has it. Saves its state every 50 steps and goes on from it.
"""

import argparse
import json
import os
import random
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPTextModel

import data
import model

# hue in degrees, saturation, value; and the hues that count as the colour
COLOURS = {"teal": ((178, 0.78, 0.72), (160, 196)), "lime": ((78, 0.75, 0.90), (64, 98))}


def pictures_in(colour, icons, limit):
    """Pictures of all things that can be recoloured, and the things' numbers."""
    table, found = json.loads(Path(icons).read_text()), data.concepts()[:limit]
    data.COLOURS[colour] = COLOURS[colour][0]
    rng, pictures, of = random.Random(0), [], []
    for i, concept in enumerate(found):
        if concept.colour:
            big = Image.fromarray((data.on_white(data.recolour(data.double(table, concept.icon), colour)) * 255 + 0.5).astype(np.uint8))
            for made in [data.placed(big, data.SIZE, 0, 0, False)] + [data.moved(big, rng, True) for _ in range(3)]:
                pictures.append(made)
                of.append(i)
    del data.COLOURS[colour]
    return np.stack(pictures), of, found


def told(picture, hues):
    """Whether most of what is not white has one of the hues."""
    hue, sat, val = data.to_hsv(picture.astype(np.float32) / 255)
    ink = ~((sat < 0.12) & (val > 0.85))
    return ink.sum() > 40 and (ink & (sat > 0.2) & (hue >= hues[0]) & (hue <= hues[1])).sum() > 0.4 * ink.sum()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--model", required=True, type=Path)
    p.add_argument("--icons", required=True, help="icons.json of @iconify-json/fluent-emoji-flat")
    p.add_argument("--out", required=True, type=Path, help="folder for NAME.safetensors")
    p.add_argument("--name", default="teal", choices=sorted(COLOURS))
    p.add_argument("--state", required=True, type=Path)
    p.add_argument("--steps", type=int, default=400)
    p.add_argument("--batch", type=int, default=12)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--sheet", type=Path, help="a picture: things kept apart, with the vector above and the bare word below")
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    if a.smoke:
        a.steps, a.batch = 4, 4
    same = dict(torch_dtype=torch.float32)
    net = UNet2DConditionModel.from_pretrained(a.model / "unet", **same).eval().requires_grad_(False)
    text = CLIPTextModel.from_pretrained(a.model / "text_encoder", **same).eval().requires_grad_(False)
    vae = AutoencoderKL.from_pretrained(a.model / "vae", **same).eval()
    tok = model.tokenizer(a.model / "tokenizer")
    pictures, of, found = pictures_in(a.name, a.icons, 12 if a.smoke else None)
    latents = model.latents_of(vae, pictures).float()
    things = sorted(set(of))
    apart = things[3::4] or things[-1:]
    rows = [r for r, i in enumerate(of) if i not in apart]

    place = tok(a.name, add_special_tokens=False).input_ids
    if len(place) != 1:
        raise SystemExit(f"{a.name!r} is {len(place)} tokens to CLIP's tokenizer, expected a word of one")
    known = text.get_input_embeddings().weight
    begin = [tok(c, add_special_tokens=False).input_ids[0] for c in ("blue", "green")]
    vector = torch.nn.Parameter(known[begin].mean(0))
    on = [True]

    def instead(_, inputs, output):
        return torch.where((inputs[0] == place[0])[..., None], vector, output) if on[0] else output

    text.get_input_embeddings().register_forward_hook(instead)
    opt = torch.optim.Adam([vector], lr=3e-3)
    step = 0
    if a.state.exists():
        state = torch.load(a.state, weights_only=True)
        vector.data.copy_(state["vector"]), opt.load_state_dict(state["opt"])
        step = state["step"]
    rng = random.Random(step)
    torch.manual_seed(step)
    alphas = DPMSolverMultistepScheduler(**model.SCHEDULER).alphas_cumprod

    def encode(captions):
        ids = tok(captions, padding="max_length", truncation=True, max_length=model.LENGTH, return_tensors="pt").input_ids
        return text(ids).last_hidden_state

    total = 0.0
    while step < a.steps:
        for g in opt.param_groups:
            g["lr"] = 3e-3 * min(1, 2 * (1 - step / a.steps))
        picked = [rng.choice(rows) for _ in range(a.batch)]
        captions = [data.caption(data.Scene([(of[r], a.name)]), found, rng).replace(model.UNKNOWN, "") for r in picked]
        x = latents[picked]
        u = (torch.arange(a.batch) + torch.rand(a.batch)) / a.batch
        t = (1000 * u ** 0.6).long().clamp(0, 999)
        keep, lost = alphas[t].sqrt()[:, None, None, None], (1 - alphas[t]).sqrt()[:, None, None, None]
        noise = torch.randn_like(x)
        value = (net(keep * x + lost * noise, t, encode(captions)).sample - (keep * noise - lost * x)).square().mean()
        opt.zero_grad()
        value.backward()
        opt.step()
        step, total = step + 1, total + value.item()
        if step % 50 == 0 or step == a.steps:
            part = a.state.with_suffix(".part")
            torch.save(dict(vector=vector.data, opt=opt.state_dict(), step=step), part)
            os.replace(part, a.state)
            print(f"step {step} mean loss {total / 50:.4f} length {vector.norm():.3f}", flush=True)
            total = 0.0
    a.out.mkdir(parents=True, exist_ok=True)
    save_file({"emb_params": vector.data[None].clone()}, a.out / f"{a.name}.safetensors")
    (a.out / f"{a.name}.safetensors").chmod(0o644)

    prompts = [data.with_article(f"{a.name} {found[i].name}", found[i].name) for i in apart]
    seeds = [1] * len(prompts)
    with torch.no_grad():
        made = model.draw(net, encode, vae, prompts, seeds, 8, 2.0)
        on[0] = False
        bare = model.draw(net, encode, vae, prompts, seeds, 8, 2.0)
    hues = COLOURS[a.name][1]
    true = [pictures[of.index(i)] for i in apart]
    print(f"{len(apart)} things it was not trained on: {sum(told(m, hues) for m in made)} {a.name} with the vector, "
          f"{sum(told(b, hues) for b in bare)} with the bare word; {sum(told(t, hues) for t in true)} of the true pictures")
    if a.sheet:
        data.sheet([*made, *bare], len(made)).save(a.sheet)


if __name__ == "__main__":
    main()
