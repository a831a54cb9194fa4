"""Golden pictures that go through another VAE than the checkpoint's own, by diffusers.

They stand in `golden/given`: `vae`, an `AutoencoderKL` as diffusers saves it, whose config says other things than those of
the checkpoints; and `vae-ldm.safetensors`, its weights as the original latent diffusion code names them, behind the prefix
that they have in a whole model. A file says nothing of what is in a config: the rest is as in the checkpoint's own.
"""

import dataclasses
import re

import torch
from diffusers import AutoencoderKL
from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint
from PIL import Image
from safetensors.torch import save_file

import beginnings
import checkpoints
import pictures
import vocabulary
import weights
from pictures import Case

FOLDER = beginnings.FOLDER.parent / "vaes"
INDEX = FOLDER.with_suffix(".json")
DIFFUSERS = beginnings.GIVEN / "vae"
LDM = beginnings.GIVEN / "vae-ldm.safetensors"
PREFIX = "first_stage_model."

CONFIG = checkpoints.vae(
    block_out_channels=[8, 8, 8, 12],
    norm_num_groups=2,
    scaling_factor=0.25,
)
# Diffusers' name of a part of a tensor's name, and LDM's.
LAYERS = [
    (r"(en|de)coder\.conv_norm_out", r"\1coder.norm_out"),
    (r"mid_block\.resnets\.0", "mid.block_1"),
    (r"mid_block\.resnets\.1", "mid.block_2"),
    (r"mid_block\.attentions\.0", "mid.attn_1"),
    (r"attn_1\.group_norm", "attn_1.norm"),
    (r"attn_1\.to_out\.0", "attn_1.proj_out"),
    (r"attn_1\.to_([qkv])", r"attn_1.\1"),
    (r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2"),
    (r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample"),
    (r"up_blocks\.(\d)\.resnets\.(\d)", r"up.\1.block.\2"),
    (r"up_blocks\.(\d)\.upsamplers\.0", r"up.\1.upsample"),
    ("conv_shortcut", "nin_shortcut"),
]


def ldm_name(name: str) -> str:
    for pattern, replacement in LAYERS:
        name = re.sub(pattern, replacement, name)
    return re.sub(r"decoder\.up\.(\d)", lambda level: f"decoder.up.{3 - int(level[1])}", name)


def write_vae() -> dict[str, torch.Tensor]:
    model = AutoencoderKL.from_config(CONFIG)
    weights.fill_vae(model, 88)
    model.half()
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    DIFFUSERS.mkdir(parents=True, exist_ok=True)
    save_file(tensors, DIFFUSERS / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    head = {"_class_name": "AutoencoderKL", "_diffusers_version": checkpoints.VERSION}
    vocabulary.write_json(DIFFUSERS / "config.json", {**head, **CONFIG})
    # There attention is made of convolutions.
    is_linear = re.compile(r"attn_1\.(q|k|v|proj_out)\.weight")
    ldm = {PREFIX + ldm_name(name): tensor for name, tensor in tensors.items()}
    ldm = {name: tensor[:, :, None, None] if is_linear.search(name) else tensor for name, tensor in ldm.items()}
    # diffusers reads those names as what they were.
    read = convert_ldm_vae_checkpoint(dict(ldm), {**CONFIG})
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[name].squeeze(), tensor.squeeze()) for name, tensor in tensors.items())
    # Something of the rest of the model, which nobody needs.
    ldm["model.diffusion_model.out.2.bias"] = torch.zeros(4, dtype=torch.float16)
    save_file({name: tensor.contiguous() for name, tensor in ldm.items()}, LDM)
    return tensors


def cases() -> list[Case]:
    out = []
    for vae in ("golden/given/vae", "golden/given/vae-ldm.safetensors"):
        case = Case(sampler="Euler", seed=5, sheet="vaes", flags=("--vae", vae))
        out += [case, dataclasses.replace(case, checkpoint="sdxl", sampler="DPM++ 2M", seed=6)]
        for checkpoint in ("sd1", "sdxl"):
            out.append(beginnings.begin(Case(checkpoint=checkpoint, seed=42, sheet="vaes"), 0.6, "--vae", vae))
    return out


class Drawer(beginnings.Drawer):
    def __init__(self, tensors: dict[str, torch.Tensor]):
        super().__init__()
        self.tensors = tensors

    def vae(self, path: str, own: AutoencoderKL) -> AutoencoderKL:
        config = dict(CONFIG)
        if path.endswith(".safetensors"):
            config |= {key: own.config[key] for key in ("norm_num_groups", "scaling_factor", "force_upcast", "sample_size")}
        model = AutoencoderKL.from_config(config)
        model.load_state_dict(self.tensors)
        return model.float().eval()

    def draw(self, case: Case, seeds: list[int]) -> list[Image.Image]:
        wanted = beginnings.flags(case)
        pipeline = self.pipeline(case.checkpoint)
        own = pipeline.vae
        pipeline.vae = self.vae(wanted["--vae"], own)
        self.others.clear()
        if "--init" in wanted:
            images = super().draw(case, seeds)
        else:
            images = pictures.Drawer.draw(self, case, seeds)
        pipeline.vae = own
        return images


def write() -> None:
    album = pictures.Album(FOLDER)
    pictures.draw_all(cases(), Drawer(write_vae()).draw, album)
    album.save(INDEX)
