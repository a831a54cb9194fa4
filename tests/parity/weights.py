"""Seeded random weights for which a mistake shows in the picture."""

import torch
from diffusers import UNet2DConditionModel
from torch import nn


def fill(module: nn.Module, seed: int) -> None:
    """Every tensor random, with the variance that keeps activations near one."""
    generator = torch.Generator().manual_seed(seed)

    def randn(tensor: torch.Tensor) -> torch.Tensor:
        return torch.randn(tensor.shape, generator=generator)

    for part in module.modules():
        for name, parameter in part.named_parameters(recurse=False):
            if isinstance(part, (nn.LayerNorm, nn.GroupNorm)):
                value = 0.2 * randn(parameter) + (1.0 if name == "weight" else 0.0)
            elif isinstance(part, nn.Embedding):
                value = randn(parameter)
            elif parameter.ndim == 1:
                value = 0.2 * randn(parameter)
            else:
                value = randn(parameter) / parameter[0].numel() ** 0.5
            parameter.data.copy_(value)


def fill_unet(unet: UNet2DConditionModel, seed: int, denoises: bool) -> None:
    """Random, but with `denoises` the answer holds the input itself, as a model that predicts noise must.

    Without that the last steps of a sampler would drown in noise that nothing ever removed. Channels 2c and 2c+1 carry
    plus and minus latent channel c from `conv_in` over the outermost skip connection to `conv_out`, where
    silu(x) - silu(-x) = x undoes the activation.
    """
    fill(unet, seed)
    for name, parameter in unet.named_parameters():
        # Sharp attention, so that the words matter and not only their average.
        if name.endswith(("to_q.weight", "to_k.weight")):
            parameter.data.mul_(1.5)
    if not denoises:
        return
    unet.conv_out.weight.data.mul_(0.3)
    channels = unet.config.out_channels
    block = unet.up_blocks[-1]
    last = block.resnets[-1]
    skipped = last.conv_shortcut.weight.shape[1] - unet.conv_in.weight.shape[0]
    for parameter in (unet.conv_in.weight, unet.conv_in.bias, last.conv_shortcut.weight, last.conv_shortcut.bias):
        parameter.data[: 2 * channels] = 0
    # What else is added to the carried channels on the way stays small beside them.
    added = [last.conv2]
    if hasattr(block, "attentions"):
        added.append(block.attentions[-1].proj_out)
    for layer in added:
        layer.weight.data[: 2 * channels] *= 0.25
        layer.bias.data[: 2 * channels] *= 0.25
    for i in range(2 * channels):
        sign = 1 if i % 2 == 0 else -1
        unet.conv_in.weight.data[i, i // 2, 1, 1] = sign
        last.conv_shortcut.weight.data[i, skipped + i, 0, 0] = 1
        unet.conv_norm_out.weight.data[i] = 1
        unet.conv_norm_out.bias.data[i] = 0
        unet.conv_out.weight.data[:, i] *= 0.5
        unet.conv_out.weight.data[i // 2, i, 1, 1] = sign


def round_to_halves(module: nn.Module) -> None:
    """Keeps only what both bfloat16 and float16 can hold.

    So the same checkpoint stored in either of them draws the very same picture, and needs no goldens of its own.
    """
    smallest = 2.0**-14  # below it float16 loses digits
    for parameter in module.parameters():
        rounded = parameter.data.bfloat16().float()
        parameter.data.copy_(torch.where(rounded.abs() < smallest, 0.0, rounded))


def fill_vae(vae: nn.Module, seed: int) -> None:
    """Random, and with pictures that have contrast but are hardly ever clipped."""
    fill(vae, seed)
    vae.decoder.conv_out.weight.data.mul_(0.6)
