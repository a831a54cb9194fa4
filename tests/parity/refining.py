"""Golden pictures that an SDXL base begins and a refiner finishes, by diffusers' ensemble of the two.

The base stops at a share of the way (`denoising_end`), its latents go to the refiner's pipeline, which takes the rest
(`denoising_start`). One generator goes through both.
"""

import dataclasses

import torch
from diffusers import StableDiffusionXLImg2ImgPipeline
from PIL import Image

import beginnings
import checkpoints
import pictures
from pictures import Case

FOLDER = beginnings.FOLDER.parent / "refining"
INDEX = FOLDER.with_suffix(".json")
REFINER = "checkpoints/refiner"


def refined(case: Case, switch: float, *more: str) -> Case:
    return dataclasses.replace(case, flags=(*more, "--refiner", REFINER, "--refiner-switch", str(switch)))


def cases() -> list[Case]:
    out = []
    # Heun in diffusers, stopped between its two looks, has gone on already where the refiner begins.
    for sampler in [name for name in pictures.SAMPLERS if name not in ("Heun", "PNDM", "LCM")]:
        for switch in (0.35, 0.8):
            out.append(refined(Case(checkpoint="sdxl", sampler=sampler, seed=42, sheet="refining"), switch))
    case = Case(checkpoint="sdxl", seed=7, sheet="refining")
    out += [
        refined(dataclasses.replace(case, cfg=1.0), 0.5),
        refined(dataclasses.replace(case, negative=""), 0.5),
        refined(dataclasses.replace(case, sampler="Euler a", batch=2), 0.6),
        refined(dataclasses.replace(case, sampler="DPM++ 2M", steps=20), 0.8),
        refined(dataclasses.replace(case, schedule="trailing"), 0.5),
    ]
    begun = beginnings.begin(dataclasses.replace(case, sampler="DDIM"), 0.75)
    out.append(refined(begun, 0.6, *begun.flags))
    return out


class Drawer(beginnings.Drawer):
    def __init__(self):
        super().__init__()
        folder = checkpoints.FOLDER / "refiner"
        self.refiner = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder, add_watermarker=False)
        self.refiner.set_progress_bar_config(disable=True)

    def draw(self, case: Case, seeds: list[int]) -> list[Image.Image]:
        wanted = beginnings.flags(case)
        switch = float(wanted["--refiner-switch"])
        base = self.pipeline(case.checkpoint)
        if "--init" in wanted:
            base = self.other(StableDiffusionXLImg2ImgPipeline, case.checkpoint)
        # Each with the config of its own checkpoint.
        self.refiner.scheduler = pictures.scheduler(dataclasses.replace(case, checkpoint="refiner"))
        base.scheduler = pictures.scheduler(case)
        # The VAE is the base's to the end; that of the published refiner is the same, these random ones are not.
        self.refiner.vae = base.vae
        images = []
        for seed in [seed + i for seed in seeds for i in range(case.batch)]:
            common = {
                "prompt": case.prompt,
                "negative_prompt": case.negative or None,
                "num_inference_steps": case.steps,
                "guidance_scale": case.cfg,
                "generator": torch.Generator().manual_seed(seed),
            }
            if "--init" in wanted:
                begin = {"image": Image.open(beginnings.GIVEN / wanted["--init"]), "strength": float(wanted["--strength"])}
            else:
                begin = {"width": case.width, "height": case.height}
            latents = base(**common, **begin, denoising_end=switch, output_type="latent").images
            images += self.refiner(**common, image=latents, denoising_start=switch).images
        return images


def write() -> None:
    album = pictures.Album(FOLDER)
    pictures.draw_all(cases(), Drawer().draw, album)
    album.save(INDEX)
