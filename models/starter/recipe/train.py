"""Trains the UNet and the text encoder together on latents of the pictures.

Stops after --minutes of training, saves its state every few minutes, and goes on from it when started again; raise --minutes to
train for longer. The learning rate is constant for most of the time and then falls to the end of it.
"""

import argparse
import copy
import math
import os
import random
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler

import data
import model

PREVIEW = ["a red apple", "a cat", "a dog", "a house", "a red car", "a tree", "a red heart", "a star", "the sun", "a rocket",
           "a pizza", "a fish", "a bird", "a flower", "a mushroom", "an umbrella", "a book", "a key", "a robot", "a guitar",
           "a boat", "a blue car", "a green apple", "a pink heart", "a banana", "a smiley", "a ghost", "a bicycle", "a crown", "a clock",
           "a lion", "an elephant", "a castle", "a train", "a cake", "a burger", "a snowman", "a skull", "a frog", "a purple cat"]


class Muon(torch.optim.Optimizer):
    """Momentum whose update for a matrix is its nearest orthogonal one (Newton-Schulz), at the size of an Adam update."""

    def __init__(self, params, lr=1e-3, momentum=0.95, weight_decay=0.01):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["m"] = torch.zeros_like(p)
                state["m"].lerp_(p.grad, 1 - group["momentum"])
                g = p.grad.lerp(state["m"], group["momentum"]).flatten(1)
                shapes.setdefault(g.shape, []).append((p, g))
            for shape, pairs in shapes.items():
                x = torch.stack([g for _, g in pairs])
                tall = shape[0] > shape[1]
                x = x.mT.contiguous() if tall else x
                x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
                for a, b, c in ((3.9505, -8.2893, 5.5171), (3.9021, -6.9536, 3.4612), (3.5008, -4.2017, 1.6152), (1.875, -1.25, 0.375)):
                    s = x @ x.mT
                    x = a * x + (b * s + c * s @ s) @ x
                x = x.mT if tall else x
                for (p, _), u in zip(pairs, x):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(u.reshape(p.shape), alpha=-group["lr"] * 0.2 * math.sqrt(max(shape)))


def optimizers(net, text, kind, rate):
    matrices, rest = [], []
    for name, p in net.named_parameters():
        inner = p.ndim >= 2 and not name.startswith(("conv_in", "conv_out", "time_embedding"))
        (matrices if inner else rest).append(p)
    for name, p in text.named_parameters():
        (matrices if p.ndim == 2 and "embedding" not in name else rest).append(p)
    adam = dict(lr=rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    if kind == "adamw":
        return [torch.optim.AdamW(matrices + rest, **adam)]
    return [Muon(matrices, lr=rate), torch.optim.AdamW(rest, **adam)]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path)
    p.add_argument("--vae", required=True, type=Path)
    p.add_argument("--tokenizer", required=True, help="folder with CLIP's vocab.json and merges.txt")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--minutes", type=float, default=70)
    p.add_argument("--batch", type=int, default=24)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--optimizer", choices=("adamw", "muon"), default="adamw")
    p.add_argument("--hold", type=float, default=0.55, help="part of the time before the learning rate falls")
    p.add_argument("--tilt", type=float, default=0.75, help="t = 1000 u^tilt: below 1 gives noisier steps more of the training")
    p.add_argument("--variety", type=float, default=0.0, help="how often a picture is mirrored, shrunk and moved")
    p.add_argument("--save-minutes", type=float, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    if a.smoke:
        a.minutes, a.batch = 0.25, 8
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)

    pictures, found = data.load(a.data)
    vae = AutoencoderKL.from_pretrained(a.vae).eval()
    words = model.Words.of_captions(found, model.tokenizer(a.tokenizer))
    latents = model.latents_of(vae, pictures)[:, None]
    if a.variety:
        more = [model.latents_of(vae, data.varied(pictures, found, seed)) for seed in range(12)]
        latents = torch.cat([latents, torch.stack(more, 1)], 1)
    net, text = model.unet(), model.text_encoder(len(words))
    both = torch.nn.ModuleDict(dict(unet=net, text=text))
    ema = copy.deepcopy(both).requires_grad_(False).eval()
    opts = optimizers(net, text, a.optimizer, a.rate)
    a.out.mkdir(parents=True, exist_ok=True)
    state_file = a.out / "state.pt"
    spent, step, seen = 0.0, 0, 0
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        both.load_state_dict(state["both"]), ema.load_state_dict(state["ema"])
        for o, s in zip(opts, state["opts"]):
            o.load_state_dict(s)
        spent, step, seen = state["spent"], state["step"], state["seen"]
        assert state["known"] == words.known, "the captions changed since this state was saved"
    rng = random.Random(step)
    torch.manual_seed(step)
    alphas = DPMSolverMultistepScheduler(**model.SCHEDULER).alphas_cumprod
    print(f"{sum(x.numel() for x in net.parameters()) / 1e6:.2f} M UNet parameters, {len(words)} words, {len(found)} concepts", flush=True)

    def save():
        part = state_file.with_suffix(".part")
        torch.save(dict(both=both.state_dict(), ema=ema.state_dict(), opts=[o.state_dict() for o in opts],
                        spent=spent, step=step, seen=seen, known=words.known), part)
        os.replace(part, state_file)
        shown = model.draw(ema["unet"], lambda c: ema["text"](words.ids(c)).last_hidden_state, vae, PREVIEW, [1] * len(PREVIEW), 10, 3.0)
        data.sheet(list(shown), 10).save(a.out / f"preview-{spent / 60:05.1f}.png")

    clock, saved, sums = time.monotonic(), spent, torch.zeros(2, 4)
    while spent < a.minutes * 60:
        part = spent / (a.minutes * 60)
        fall = 1.0 if part < a.hold else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (part - a.hold) / (1 - a.hold)))
        for o in opts:
            for g in o.param_groups:
                g["lr"] = a.rate * fall * min(1, (step + 1) / 150)
        captions, rows = [], []
        for _ in range(a.batch):
            concept = rng.choice(found)
            colour = data.pick(concept, rng)
            rows.append(concept.pictures[colour])
            captions.append("" if rng.random() < 0.1 else data.caption(concept, colour, rng))
        which = torch.zeros(a.batch, dtype=torch.long)
        if a.variety:
            which = torch.randint(1, latents.shape[1], (a.batch,)) * (torch.rand(a.batch) < a.variety)
        x = latents[torch.tensor(rows), which]
        # one draw from each of `batch` equal slices, so that every batch covers all noise levels
        u = (torch.arange(a.batch) + torch.rand(a.batch)) / a.batch
        t = (1000 * u ** a.tilt).long().clamp(0, 999)
        keep = alphas[t].sqrt()[:, None, None, None]
        lost = (1 - alphas[t]).sqrt()[:, None, None, None]
        noise = torch.randn_like(x)
        said = net(keep * x + lost * noise, t, text(words.ids(captions)).last_hidden_state).sample
        # plain v loss: the usual min-SNR weight would all but remove the noisy steps, where the caption decides the picture
        each = (said - (keep * noise - lost * x)).square().mean((1, 2, 3))
        for o in opts:
            o.zero_grad()
        each.mean().backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        for o in opts:
            o.step()
        step, seen = step + 1, seen + a.batch
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(both.parameters()), 1 - min(0.998, (1 + step) / (10 + step)))
            for i, s in zip((t // 250).tolist(), each.detach().tolist()):
                sums[0, i] += s
                sums[1, i] += 1
        now = time.monotonic()
        spent, clock = spent + now - clock, now
        if step % 100 == 0:
            bins = " ".join(f"{v:.3f}" for v in (sums[0] / sums[1]).tolist())
            print(f"step {step} seen {seen} {spent / 60:.1f}min {seen / spent:.1f}/s loss by quarter of t: {bins}", flush=True)
            sums.zero_()
        if spent - saved > a.save_minutes * 60:
            save()
            saved, clock = spent, time.monotonic()
    save()


if __name__ == "__main__":
    main()
