"""Golden pictures whose latents become pixels by another network than the checkpoint's own VAE, by diffusers.

Both stand in `golden/given`: `tiny-vae`, an `AutoencoderTiny` as diffusers saves it, and `taesd_decoder.safetensors`, its
decoder as the project TAESD names its tensors. `golden/tiny.safetensors` is what the network itself gives.
"""

import dataclasses
from pathlib import Path

import torch
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

import beginnings
import checkpoints
import pictures
import vocabulary
import weights
from pictures import Case

GOLDEN = Path(__file__).parent / "golden"
FOLDER = GOLDEN / "decoders"
INDEX = GOLDEN / "decoders.json"
TINY = beginnings.GIVEN / "tiny-vae"
TAESD = beginnings.GIVEN / "taesd_decoder.safetensors"

CONFIG = {
    "encoder_block_out_channels": [8, 8, 8, 8],
    "decoder_block_out_channels": [8, 8, 8, 8],
    "num_encoder_blocks": [1, 1, 1, 1],
    "num_decoder_blocks": [2, 1, 1, 1],
    "latent_channels": 4,
}


def write_tiny() -> AutoencoderTiny:
    model = AutoencoderTiny.from_config(CONFIG)
    weights.fill(model, 77)
    # It gives colours from 0 to 1: most of them are to be within.
    last = model.decoder.layers[-1]
    last.weight.data.mul_(0.25)
    last.bias.data.fill_(0.5)
    weights.round_to_halves(model)
    model.half()
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    TINY.mkdir(parents=True, exist_ok=True)
    save_file(tensors, TINY / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    head = {"_class_name": "AutoencoderTiny", "_diffusers_version": checkpoints.VERSION}
    vocabulary.write_json(TINY / "config.json", {**head, **CONFIG})
    # There the number 0 is what bounds the latents.
    start = "decoder.layers."
    numbers = [(name[len(start) :].split(".", 1), tensor) for name, tensor in tensors.items() if name.startswith(start)]
    save_file({f"{int(number) + 1}.{rest}": tensor for (number, rest), tensor in numbers}, TAESD)
    return model.float().eval()


@torch.no_grad()
def write_network(model: AutoencoderTiny) -> None:
    # Far beyond what is bounded, too.
    latent = 4 * torch.randn((2, 4, 6, 5), generator=torch.Generator().manual_seed(5))
    tensors = {"tiny.latent": latent, "tiny.decoded": model.decode(latent).sample.contiguous()}
    save_file(tensors, GOLDEN / "tiny.safetensors", metadata={"prompts": "[]"})


def cases() -> list[Case]:
    out = []
    for tiny in ("golden/given/tiny-vae", "golden/given/taesd_decoder.safetensors"):
        case = Case(sampler="Euler", seed=5, sheet="tiny", flags=("--decoder", "tiny", "--tiny-vae", tiny))
        out += [case, dataclasses.replace(case, checkpoint="sdxl", sampler="DPM++ 2M", seed=6)]
    return out


class Drawer(pictures.Drawer):
    def __init__(self, tiny: AutoencoderTiny):
        super().__init__()
        self.tiny = tiny

    def pipeline(self, checkpoint: str):
        pipeline = super().pipeline(checkpoint)
        pipeline.vae = self.tiny
        return pipeline


def write() -> None:
    tiny = write_tiny()
    write_network(tiny)
    album = pictures.Album(FOLDER)
    pictures.draw_all(cases(), Drawer(tiny).draw, album)
    album.save(INDEX)
