"""Trains the autoencoder: 64x64 pictures to 16x16x4 latents and back. Writes a diffusers AutoencoderKL folder.

Stops after --seconds (the learning rate follows the clock), saves its state every minute, and goes on from it when started again.
"""

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

import data

SCALING = 0.18215  # what every SD 1.x reader multiplies latents by; the statistics are folded in so that it fits


def model():
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(16, 32, 64),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=data.SIZE,
        mid_block_add_attention=False,
        scaling_factor=SCALING,
    )


def as_tensor(pictures):
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def loss(out, x):
    def edges(p):
        return p[..., 1:, :] - p[..., :-1, :], p[..., 1:] - p[..., :-1]

    total = F.l1_loss(out, x) + F.mse_loss(out, x)
    for a, b in zip(edges(out), edges(x)):
        total = total + 0.25 * F.l1_loss(a, b)
    for k in (2, 4):
        total = total + 0.25 * F.l1_loss(F.avg_pool2d(out, k), F.avg_pool2d(x, k))
    return total


def psnr(vae, pictures):
    """Mean over pictures of the PSNR of each, in dB."""
    with torch.no_grad():
        rows = []
        for x in as_tensor(pictures).split(16):
            out = vae.decode(vae.encode(x).latent_dist.mode()).sample.clamp(-1, 1)
            mse = ((out - x) / 2).square().mean((1, 2, 3)).clamp_min(1e-8)
            rows.append(-10 * mse.log10())
    return torch.cat(rows).mean().item()


@torch.no_grad()
def fold_statistics(vae, pictures):
    """Makes latents zero-mean and of variance 1/SCALING^2 a channel, without changing what the pair computes."""
    z = torch.cat([vae.encode(x).latent_dist.mode() for x in as_tensor(pictures).split(16)])
    mean, std = z.mean((0, 2, 3)), z.std((0, 2, 3))
    gain = 1 / (std * SCALING)
    n = len(mean)
    quant, back = vae.quant_conv, vae.post_quant_conv
    quant.weight[:n] *= gain[:, None, None, None]
    quant.bias[:n] = (quant.bias[:n] - mean) * gain
    quant.bias[n:] += 2 * gain.log()
    back.bias += (back.weight[:, :, 0, 0] * mean).sum(1)
    back.weight /= gain[None, :, None, None]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True, type=Path)
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--seconds", type=float, default=600)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    if a.smoke:
        a.seconds = 5
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    pictures, *_ = data.load(a.data)
    x_all = as_tensor(pictures)
    net = model()
    ema = copy.deepcopy(net).requires_grad_(False)
    opt = torch.optim.AdamW(net.parameters(), lr=2e-3, betas=(0.9, 0.99), weight_decay=1e-4)
    a.out.mkdir(parents=True, exist_ok=True)
    state_file = a.out / "state.pt"
    spent, step = 0.0, 0
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        net.load_state_dict(state["net"]), ema.load_state_dict(state["ema"]), opt.load_state_dict(state["opt"])
        spent, step = state["spent"], state["step"]
    clock, running, saved = time.monotonic(), None, spent

    def save():
        torch.save(dict(net=net.state_dict(), ema=ema.state_dict(), opt=opt.state_dict(), spent=spent, step=step), state_file)

    while spent < a.seconds:
        part = spent / a.seconds
        rate = 2e-3 * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * part)))
        for g in opt.param_groups:
            g["lr"] = rate
        # Crops first: four times the steps for the same time, and edges are learnt from them as well as from whole pictures.
        crop, batch = (32, 16) if part < 0.6 else (data.SIZE, 8)
        x = x_all[torch.randint(len(x_all), (batch,))]
        pad = F.pad(x, (4,) * 4, value=1.0)
        top, left = torch.randint(data.SIZE + 8 - crop + 1, (2,)).tolist()
        x = pad[..., top:top + crop, left:left + crop]
        if torch.rand(()) < 0.5:
            x = x.flip(-1)
        dist = net.encode(x).latent_dist
        value = loss(net.decode(dist.sample()).sample, x) + 1e-4 * dist.kl().mean() / (crop // 4) ** 2
        opt.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        with torch.no_grad():
            keep = min(0.998, (1 + step) / (10 + step))
            torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 1 - keep)
        step += 1
        now = time.monotonic()
        spent, clock = spent + now - clock, now
        running = value.item() if running is None else 0.99 * running + 0.01 * value.item()
        if step % 200 == 0:
            print(f"step {step} {spent:.0f}s loss {running:.4f} psnr {psnr(ema, pictures[::10]):.2f}", flush=True)
        if spent - saved > 60:
            save()
            saved = spent
    save()
    before = psnr(ema, pictures)
    fold_statistics(ema, pictures)
    ema.save_pretrained(a.out)
    print(f"PSNR {before:.2f} dB over all pictures, {psnr(ema, pictures):.2f} after folding")
    with torch.no_grad():
        some = as_tensor(pictures[::7][:80])
        out = ema.decode(ema.encode(some).latent_dist.mode()).sample.clamp(-1, 1)
    both = torch.stack([some, out], 1).flatten(0, 1)
    data.sheet(list(((both.permute(0, 2, 3, 1) + 1) * 127.5).round().byte().numpy()), 20).save(a.out / "pairs.png")


if __name__ == "__main__":
    main()
