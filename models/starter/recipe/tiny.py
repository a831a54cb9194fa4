"""Trains a tiny VAE (diffusers' AutoencoderTiny, the layout of TAESD) that does nearly what the autoencoder does, for much less work.

The decoder learns to give the picture that the autoencoder's decoder gives, of latents as the UNet has them; the encoder learns
those latents. Saves its state every 500 steps, and goes on from it when started again.
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, AutoencoderTiny

import autoencoder
import data
from autoencoder import SCALING

HELD_OUT = 11  # one icon in so many is only measured on


def model():
    return AutoencoderTiny(
        encoder_block_out_channels=(24, 24, 24),
        num_encoder_blocks=(1, 2, 2),
        decoder_block_out_channels=(24, 24, 24),
        num_decoder_blocks=(3, 3, 1),
        latent_channels=4,
        scaling_factor=1.0,
    )


def icons(files, limit):
    """Every icon of the sets, skin tones left out, as uint8 [n, 64, 64, 3]."""
    out = []
    for file in files:
        table = json.loads(Path(file).read_text())
        names = sorted(k for k in table["icons"] if not k.endswith(("-light", "-dark", "-medium", "-skin-tone")))
        out += [data.icon(table, k) for k in names[:limit]]
    return np.stack(out)


@torch.no_grad()
def targets(vae, x):
    """Latents as the UNet has them, the same a little disturbed as the UNet's own are, and what the decoder makes of those."""
    exact = vae.encode(x).latent_dist.mode() * SCALING
    z = exact + torch.randn_like(exact) * 0.15 * torch.rand(len(exact), 1, 1, 1)
    return exact, z, vae.decode(z / SCALING).sample.clamp(-1, 1)


@torch.no_grad()
def measure(vae, tiny, pictures):
    """Mean PSNR in dB: of the tiny decoder against the whole one, against the pictures, and of the tiny encoder's latents decoded by
    the whole decoder against the pictures."""
    rows = []
    for x in autoencoder.as_tensor(pictures).split(32):
        z = vae.encode(x).latent_dist.mode()
        whole = vae.decode(z).sample.clamp(-1, 1)
        small = tiny.decode(z * SCALING).sample.clamp(-1, 1)
        through = vae.decode(tiny.encode(x).latents / SCALING).sample.clamp(-1, 1)
        for a, b in ((small, whole), (small, x), (through, x)):
            rows.append(-10 * ((a - b) / 2).square().mean((1, 2, 3)).clamp_min(1e-8).log10())
    return [torch.cat(rows[i::3]).mean().item() for i in range(3)]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--icons", required=True, nargs="+", help="icons.json files of sets")
    p.add_argument("--vae", required=True, type=Path, help="folder of the AutoencoderKL")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--state", type=Path, help="where its state is kept [default: state.pt in --out]")
    p.add_argument("--steps", type=int, default=4500)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    if a.smoke:
        a.steps = 20
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    random.seed(0)
    vae = AutoencoderKL.from_pretrained(a.vae, torch_dtype=torch.float32).eval()
    pictures = icons(a.icons, 24 if a.smoke else None)
    held = np.arange(len(pictures)) % HELD_OUT == HELD_OUT - 1
    x_all = autoencoder.as_tensor(pictures[~held])
    net = model()
    opt = torch.optim.AdamW(net.parameters(), lr=2e-3, betas=(0.9, 0.99), weight_decay=1e-4)
    a.out.mkdir(parents=True, exist_ok=True)
    state_file = a.state or a.out / "state.pt"
    step, start = 0, time.monotonic()
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        net.load_state_dict(state["net"]), opt.load_state_dict(state["opt"])
        step = state["step"]
    print(f"{sum(w.numel() for w in net.decoder.parameters())} parameters decode, {sum(w.numel() for w in net.encoder.parameters())} encode; "
          f"{len(x_all)} pictures, {held.sum()} held out", flush=True)

    while step < a.steps:
        for g in opt.param_groups:
            g["lr"] = 2e-3 * min(1, (step + 1) / 100) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * step / a.steps)))
        # crops first, as for the autoencoder; at any pixel, so that no place on the grid of latents is special
        crop, batch = (32, 16) if step < 0.8 * a.steps else (data.SIZE, 8)
        x = F.pad(x_all[torch.randint(len(x_all), (batch,))], (4,) * 4, value=1.0)
        top, left = torch.randint(data.SIZE + 8 - crop + 1, (2,)).tolist()
        x = x[..., top:top + crop, left:left + crop]
        if torch.rand(()) < 0.5:
            x = x.flip(-1)
        exact, z, wanted = targets(vae, x)
        value = autoencoder.loss(net.decode(z).sample, wanted) + 0.5 * F.mse_loss(net.encode(x).latents, exact)
        opt.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        step += 1
        if step % 500 == 0 or step == a.steps:
            part = state_file.with_suffix(".part")
            torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), step=step), part)
            os.replace(part, state_file)
            print(f"step {step} {time.monotonic() - start:.0f}s loss {value.item():.4f} held out {measure(vae, net, pictures[held][::8])}", flush=True)
    half = net.half()
    half.save_pretrained(a.out)
    config = a.out / "config.json"
    kept = {k: v for k, v in json.loads(config.read_text()).items() if k != "_name_or_path"}
    config.write_text(json.dumps(kept, indent=2) + "\n")
    shipped = AutoencoderTiny.from_pretrained(a.out, torch_dtype=torch.float32)
    near, far, through = measure(vae, shipped, pictures[held])
    whole = autoencoder.psnr(vae, pictures[held])
    for file in a.out.glob("*.safetensors"):
        file.chmod(0o644)
    print(f"{held.sum()} pictures it was not trained on: decoder {near:.2f} dB against the whole decoder, {far:.2f} dB against the picture "
          f"(whole: {whole:.2f}); encoder, decoded by the whole decoder: {through:.2f} dB against the picture")


if __name__ == "__main__":
    main()
