"""Trains the UNet and the text encoder together on latents of the pictures.

Stops after --samples, saves its state every few minutes, and goes on from it when started again; raise --samples to train for longer.
The learning rate is constant for most of the way and then falls to the end of it.
"""

import argparse
import copy
import math
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler

import data
import model

PREVIEW = ["a red apple", "a cat", "a dog", "a house", "a red car", "a tree", "a heart", "a star", "the sun", "a rocket",
           "a pizza", "a fish", "a bird", "a flower", "a mushroom", "an umbrella", "a book", "a key", "a robot", "a guitar",
           "a wolf", "a helicopter", "a violin", "a kangaroo", "a sandwich", "a telephone", "a tractor", "a microscope", "a boot", "a church",
           "a blue car", "a green apple", "a purple elephant", "a blue cat", "a pink crown", "a brown circle", "a black suitcase",
           "two red hearts", "three yellow stars", "three dogs", "two houses", "two pizzas", "a cat and a dog", "an apple and a banana",
           "a lion, outlined", "a boat, outlined", "a cat, outlined", "a house, outlined", "a green car and a red car", "a house and a tree"]


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
    p.add_argument("--samples", type=int, default=300_000)
    p.add_argument("--batch", type=int, default=20, help="pictures a step, a part of them in each thread")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--hold", type=float, default=0.55, help="part of the samples before the learning rate falls")
    p.add_argument("--tilt", type=float, default=0.6, help="t = 1000 u^tilt: below 1 gives noisier steps more of the training")
    p.add_argument("--ema", type=float, default=0.998)
    p.add_argument("--start", type=Path, help="an exported folder whose weights to begin from; only for the first run")
    p.add_argument("--save-minutes", type=float, default=5)
    p.add_argument("--threads", type=int, default=2, help="each takes its part of a batch")
    p.add_argument("--smoke", action="store_true", help="small batches, two previews")
    a = p.parse_args()
    if a.smoke:
        a.batch = 4
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    vae = AutoencoderKL.from_pretrained(a.vae, torch_dtype=torch.float32).eval()
    pictures, found, scenes, _ = data.load(a.data)
    latents_file = a.out / "latents.pt"
    if not latents_file.exists():
        torch.set_num_threads(a.threads)
        torch.save(model.latents_of(vae, pictures), latents_file.with_suffix(".part"))
        os.replace(latents_file.with_suffix(".part"), latents_file)
    latents = torch.load(latents_file, weights_only=True)
    if len(latents) != len(pictures):
        raise SystemExit(f"{latents_file} has {len(latents)} latents and {a.data} has {len(pictures)} pictures: remove the file")
    del pictures
    torch.set_num_threads(1)
    pick = data.Picker(scenes)

    state_file = a.out / "state.pt"
    state = torch.load(state_file, weights_only=True) if state_file.exists() else None
    tok = model.tokenizer(a.tokenizer)
    words = model.Words(state["known"], tok) if state else model.Words.of_captions(found, scenes, tok)
    both = Both(len(words))
    new = model.begin_from(a.start, both.unet, both.text, words) if a.start and not state else 0
    ema = copy.deepcopy(both).requires_grad_(False).eval()
    opt = torch.optim.AdamW(both.parameters(), lr=a.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    spent, step, seen = 0.0, 0, 0
    if state:
        both.load_state_dict(state["both"]), ema.load_state_dict(state["ema"])
        opt.load_state_dict(state["opt"])
        spent, step, seen = state["spent"], state["step"], state["seen"]
    # one network a thread over the same weights, each with gradients of its own
    nets = [both] + [copy.deepcopy(both) for _ in range(a.threads - 1)]
    for other in nets[1:]:
        for mine, theirs in zip(both.parameters(), other.parameters()):
            theirs.data = mine.data
    threads = ThreadPoolExecutor(a.threads, initializer=torch.set_num_threads, initargs=(1,))
    rng = random.Random(step)
    torch.manual_seed(step)
    alphas = DPMSolverMultistepScheduler(**model.SCHEDULER).alphas_cumprod
    print(f"{sum(x.numel() for x in both.unet.parameters()) / 1e6:.2f} M UNet parameters, {len(words)} words, {new} of them new to its start, "
          f"{len(found)} concepts, {len(scenes)} scenes", flush=True)

    def save(show):
        part = state_file.with_suffix(".part")
        torch.save(dict(both=both.state_dict(), ema=ema.state_dict(), opt=opt.state_dict(),
                        spent=spent, step=step, seen=seen, known=words.known), part)
        os.replace(part, state_file)
        if show:
            prompts = PREVIEW[:2] if a.smoke else PREVIEW
            shown = model.draw(ema.unet, lambda c: ema.text(words.ids(c)).last_hidden_state, vae, prompts, [1] * len(prompts), 8, 2.0)
            data.sheet(list(shown), 10).save(a.out / f"preview-{seen:07d}.png")

    def learn(net, x, t, ids, wanted):
        # plain v loss: the usual min-SNR weight would all but remove the noisy steps, where the caption decides the picture
        each = (net(x, t, ids) - wanted).square().mean((1, 2, 3))
        each.mean().backward()
        return each.detach()

    clock, saved, saves, sums = time.monotonic(), spent, 0, torch.zeros(2, 4)
    while seen < a.samples:
        part = seen / a.samples
        fall = 1.0 if part < a.hold else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (part - a.hold) / (1 - a.hold)))
        for g in opt.param_groups:
            g["lr"] = a.rate * fall * min(1, (step + 1) / 150)
        captions, rows = [], []
        for _ in range(a.batch):
            scene, row = pick(rng)
            rows.append(row)
            captions.append("" if rng.random() < 0.1 else data.caption(scene, found, rng))
        x = latents[torch.tensor(rows)].float()
        # one draw from each of `batch` equal slices, so that every batch covers all noise levels, dealt out to the threads
        u = (torch.arange(a.batch).reshape(-1, a.threads).T.reshape(-1) + torch.rand(a.batch)) / a.batch
        t = (1000 * u ** a.tilt).long().clamp(0, 999)
        keep = alphas[t].sqrt()[:, None, None, None]
        lost = (1 - alphas[t]).sqrt()[:, None, None, None]
        noise = torch.randn_like(x)
        dealt = [part.chunk(a.threads) for part in (keep * x + lost * noise, t, words.ids(captions), keep * noise - lost * x)]
        for net in nets:
            net.zero_grad(set_to_none=True)
        each = torch.cat(list(threads.map(learn, nets, *dealt)))
        grads = [w.grad for w in both.parameters()]
        for other in nets[1:]:
            torch._foreach_add_(grads, [w.grad for w in other.parameters()])
        torch._foreach_div_(grads, a.threads)
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        opt.step()
        step, seen = step + 1, seen + a.batch
        now = time.monotonic()
        spent, clock = spent + now - clock, now
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(both.parameters()), 1 - min(a.ema, (1 + step) / (10 + step)))
        for i, s in zip((t // 250).tolist(), each.tolist(), strict=True):
            sums[0, i] += s
            sums[1, i] += 1
        if step % 100 == 0:
            bins = " ".join(f"{v:.3f}" for v in (sums[0] / sums[1]).tolist())
            print(f"step {step} seen {seen} {spent / 60:.1f}min {seen / spent:.1f}/s loss by quarter of t: {bins}", flush=True)
            sums.zero_()
        if spent - saved > a.save_minutes * 60:
            saves += 1
            save(show=saves % 3 == 0)
            saved, clock = spent, time.monotonic()
    save(show=True)


if __name__ == "__main__":
    main()
