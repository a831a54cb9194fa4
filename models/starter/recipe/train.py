"""Trains the UNet and the text encoder together on latents of the pictures.

Stops after --minutes of training, saves its state every few minutes, and goes on from it when started again; raise --minutes to
train for longer. The learning rate is constant for most of the time and then falls to the end of it.
"""

import argparse
import copy
import math
import os
import random
import signal
import sys
import tempfile
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


class Both(torch.nn.Module):
    def __init__(self, words):
        super().__init__()
        self.unet, self.text = model.unet(), model.text_encoder(words)

    def forward(self, x, t, ids):
        return self.unet(x, t, self.text(ids).last_hidden_state).sample


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path)
    p.add_argument("--vae", required=True, type=Path)
    p.add_argument("--tokenizer", required=True, help="folder with CLIP's vocab.json and merges.txt")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--minutes", type=float, default=70)
    p.add_argument("--batch", type=int, default=10, help="pictures a step in each worker")
    p.add_argument("--rate", type=float, default=1.2e-3)
    p.add_argument("--hold", type=float, default=0.55, help="part of the time before the learning rate falls")
    p.add_argument("--tilt", type=float, default=0.6, help="t = 1000 u^tilt: below 1 gives noisier steps more of the training")
    p.add_argument("--ema", type=float, default=0.997)
    p.add_argument("--variety", type=float, default=0.0, help="how often a picture is mirrored, shrunk and moved")
    p.add_argument("--save-minutes", type=float, default=5)
    p.add_argument("--workers", type=int, default=2, help="processes of one thread; two of them are much faster than one of two threads")
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    if a.smoke:
        a.minutes, a.batch = 0.25, 4
    a.out.mkdir(parents=True, exist_ok=True)
    # workers that outlived a stopped parent would go on training unseen
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as meeting:
        torch.multiprocessing.spawn(worker, (a, f"file://{meeting}/workers"), a.workers, daemon=True)


def worker(rank, a, meeting):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=a.workers)
    torch.manual_seed(0)
    pictures, found = data.load(a.data)
    vae = AutoencoderKL.from_pretrained(a.vae).eval()
    state_file = a.out / "state.pt"
    state = torch.load(state_file, weights_only=True) if state_file.exists() else None
    tok = model.tokenizer(a.tokenizer)
    words = model.Words(state["known"], tok) if state else model.Words.of_captions(found, tok)
    latents = model.latents_of(vae, pictures)[:, None]
    if a.variety:
        more = [model.latents_of(vae, data.varied(pictures, found, seed)) for seed in range(12)]
        latents = torch.cat([latents, torch.stack(more, 1)], 1)
    both = Both(len(words))
    ema = copy.deepcopy(both).requires_grad_(False).eval()
    opt = torch.optim.AdamW(both.parameters(), lr=a.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    spent, step, seen = 0.0, 0, 0
    if state:
        both.load_state_dict(state["both"]), ema.load_state_dict(state["ema"])
        opt.load_state_dict(state["opt"])
        spent, step, seen = state["spent"], state["step"], state["seen"]
    shared = torch.nn.parallel.DistributedDataParallel(both, broadcast_buffers=False)
    rng = random.Random(a.workers * step + rank)
    torch.manual_seed(a.workers * step + rank)
    alphas = DPMSolverMultistepScheduler(**model.SCHEDULER).alphas_cumprod
    if rank == 0:
        print(f"{sum(x.numel() for x in both.unet.parameters()) / 1e6:.2f} M UNet parameters, {len(words)} words, {len(found)} concepts", flush=True)

    def save():
        part = state_file.with_suffix(".part")
        torch.save(dict(both=both.state_dict(), ema=ema.state_dict(), opt=opt.state_dict(),
                        spent=spent, step=step, seen=seen, known=words.known), part)
        os.replace(part, state_file)
        shown = model.draw(ema.unet, lambda c: ema.text(words.ids(c)).last_hidden_state, vae, PREVIEW, [1] * len(PREVIEW), 8, 2.0)
        data.sheet(list(shown), 10).save(a.out / f"preview-{spent / 60:05.1f}.png")

    clock, saved, sums = time.monotonic(), spent, torch.zeros(2, 4)
    while spent < a.minutes * 60:
        part = spent / (a.minutes * 60)
        fall = 1.0 if part < a.hold else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (part - a.hold) / (1 - a.hold)))
        for g in opt.param_groups:
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
        said = shared(keep * x + lost * noise, t, words.ids(captions))
        # plain v loss: the usual min-SNR weight would all but remove the noisy steps, where the caption decides the picture
        each = (said - (keep * noise - lost * x)).square().mean((1, 2, 3))
        opt.zero_grad()
        each.mean().backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        opt.step()
        step, seen = step + 1, seen + a.batch * a.workers
        now = time.monotonic()
        spent, clock = spent + now - clock, now
        # the workers must agree on the time, which sets the learning rate and the end
        told = torch.tensor([spent], dtype=torch.float64)
        torch.distributed.broadcast(told, 0)
        spent = told.item()
        if rank:
            continue
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(both.parameters()), 1 - min(a.ema, (1 + step) / (10 + step)))
            for i, s in zip((t // 250).tolist(), each.detach().tolist()):
                sums[0, i] += s
                sums[1, i] += 1
        if step % 100 == 0:
            bins = " ".join(f"{v:.3f}" for v in (sums[0] / sums[1]).tolist())
            print(f"step {step} seen {seen} {spent / 60:.1f}min {seen / spent:.1f}/s loss by quarter of t: {bins}", flush=True)
            sums.zero_()
        if spent - saved > a.save_minutes * 60:
            save()
            saved, clock = spent, time.monotonic()
    if rank == 0:
        save()
    torch.distributed.barrier()


if __name__ == "__main__":
    main()
