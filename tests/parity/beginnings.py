"""Golden pictures that begin from a picture: by diffusers' pipelines, and by k-diffusion in A1111's order."""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLImg2ImgPipeline,
)
from PIL import Image, ImageDraw
from torch.nn.functional import interpolate

import kdiffusion
import pictures
from pictures import Case

FOLDER = Path(__file__).parent / "golden" / "beginnings"
INDEX = Path(__file__).parent / "golden" / "beginnings.json"
GIVEN = Path(__file__).parent / "golden" / "given"

# A1111's names of what torch calls by mode and antialias.
UPSCALERS = {
    "latent": {"mode": "bilinear"},
    "latent-antialiased": {"mode": "bilinear", "antialias": True},
    "latent-bicubic": {"mode": "bicubic"},
    "latent-nearest-exact": {"mode": "nearest-exact"},
}


def given(name: str, width: int, height: int) -> Path:
    """A picture with edges, a gradient and some noise, and its mask: white in an ellipse."""
    GIVEN.mkdir(exist_ok=True)
    path = GIVEN / f"{name}-{width}x{height}.png"
    if name == "mask":
        image = Image.new("L", (width, height), 0)
        ImageDraw.Draw(image).ellipse((width // 4, height // 4, width * 7 // 8, height * 3 // 4), fill=255)
    else:
        y, x = np.mgrid[0:height, 0:width]
        planes = np.stack([x * 255 / width, y * 255 / height, (x * y) % 256], -1)
        planes += np.random.default_rng(7).normal(0, 12, planes.shape)
        image = Image.fromarray(planes.clip(0, 255).astype(np.uint8))
        ImageDraw.Draw(image).rectangle((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill=(240, 40, 60))
    image.save(path, optimize=True)
    return path


def flags(case: Case) -> dict[str, str]:
    """`--name value` pairs by their names; those without a value are empty."""
    found, name = {}, ""
    for flag in case.flags:
        if flag.startswith("--"):
            name = flag
            found[name] = ""
        else:
            found[name] = flag
    return found


def begin(case: Case, strength: float, *more: str) -> Case:
    picture = given("picture", case.width, case.height).name
    return dataclasses.replace(case, flags=("--init", picture, "--strength", str(strength), *more))


def masked(case: Case, strength: float, *more: str) -> Case:
    mask = given("mask", case.width, case.height).name
    return begin(case, strength, "--mask", mask, "--mask-blur", "0", "--no-overlay", *more)


def cases() -> list[Case]:
    return [*by_diffusers(), *by_k_diffusion()]


def by_diffusers() -> list[Case]:
    out = []
    # PNDM in diffusers, begun in the middle, takes its second try for a step that is not there.
    for sampler in [name for name in pictures.SAMPLERS if name != "PNDM"]:
        for strength in (0.4, 0.75, 1.0):
            out.append(begin(Case(sampler=sampler, seed=42, sheet="img2img"), strength))
    for spacing in pictures.SPACINGS:
        out.append(begin(Case(sampler="DPM++ 2M", schedule=spacing, seed=1, sheet="img2img"), 0.6))
    for sampler in ("Euler", "DDIM", "DPM++ 2M"):
        for checkpoint in ("sd2v", "sdxl", "odd2"):
            out.append(begin(Case(checkpoint=checkpoint, sampler=sampler, seed=3, sheet="img2img"), 0.6))
    out.append(begin(Case(sampler="Euler a", seed=7, batch=2, sheet="img2img"), 0.75))
    for width, height in ((96, 64), (64, 96)):
        case = Case(sampler="Euler", width=width, height=height, sheet=f"img2img-{width}x{height}")
        out.append(begin(case, 0.7))
        out.append(begin(dataclasses.replace(case, seed=5), 0.7, "--vae-tiling"))
    out.append(Case(sampler="Euler", width=128, height=96, seed=5, sheet="tiled-128x96", flags=("--vae-tiling",)))
    for sampler in ("Euler", "Euler a", "DDIM", "DPM++ 2M", "UniPC"):
        for strength in (0.6, 1.0):
            out.append(masked(Case(checkpoint="inpaint", sampler=sampler, seed=42, sheet="inpaint9"), strength))
    out.append(masked(Case(checkpoint="inpaint", sampler="Euler", seed=7, batch=2, sheet="inpaint9"), 1.0))
    return out


def by_k_diffusion() -> list[Case]:
    out = []
    for sampler in ("Euler", "Euler a", "Heun", "DPM++ 2M"):
        for schedule in ("karras", "normal"):
            case = Case(sampler=sampler, schedule=schedule, seed=42, sheet="a1111")
            out += [begin(case, 0.5), begin(case, 1.0), masked(case, 0.75)]
            out.append(masked(case, 0.75, "--fill", "noise"))
            out.append(masked(case, 1.0, "--fill", "nothing"))
    case = Case(sampler="DPM++ 2M", schedule="karras", seed=9, sheet="a1111")
    out.append(begin(case, 0.3, "--strength-steps", "exact"))
    out.append(begin(dataclasses.replace(case, checkpoint="sd2v"), 0.6))
    out.append(masked(dataclasses.replace(case, checkpoint="sd2v"), 0.6))
    for upscaler in UPSCALERS:
        # 32x32 to 64x64.
        more = ("--hires", "2", "--hires-upscaler", upscaler, "--hires-strength", "0.6")
        case = Case(sampler="DPM++ 2M", schedule="karras", seed=42, width=32, height=32, drawn=(64, 64), sheet="hires")
        out.append(dataclasses.replace(case, flags=more))
    more = ("--hires", "2", "--hires-steps", "4", "--hires-sampler", "Euler a", "--hires-schedule", "normal")
    more += ("--hires-strength", "0.7", "--hires-prompt", "a green field", "--hires-cfg", "3")
    out.append(dataclasses.replace(out[-1], flags=more))
    return out


class Drawer(pictures.Drawer):
    """The pipelines of pictures over the parts of those of texts."""

    def __init__(self):
        super().__init__()
        self.others = {}

    def other(self, cls, checkpoint: str):
        if (cls, checkpoint) not in self.others:
            more = {"add_watermarker": False} if "XL" in cls.__name__ else {}
            pipeline = cls(**self.parts(checkpoint), **more)
            pipeline.set_progress_bar_config(disable=True)
            self.others[cls, checkpoint] = pipeline
        return self.others[cls, checkpoint]

    def parts(self, checkpoint: str) -> dict:
        parts = dict(self.pipeline(checkpoint).components)
        if "safety_checker" in parts:
            parts["requires_safety_checker"] = False
        parts.pop("image_encoder", None)
        return {name: part for name, part in parts.items() if name != "feature_extractor" or "safety_checker" in parts}

    def draw(self, case: Case, seeds: list[int]) -> list[Image.Image]:
        if case.schedule in kdiffusion.SCHEDULES:
            return draw_as_a1111(self.pipeline(case.checkpoint), case, seeds)
        wanted = flags(case)
        if "--init" not in wanted:
            pipeline = self.pipeline(case.checkpoint)
            pipeline.vae.enable_tiling()
            images = super().draw(case, seeds)
            pipeline.vae.disable_tiling()
            return images
        if "--mask" in wanted:
            cls = StableDiffusionInpaintPipeline
        elif case.checkpoint.startswith("sdxl"):
            cls = StableDiffusionXLImg2ImgPipeline
        else:
            cls = StableDiffusionImg2ImgPipeline
        pipeline = self.other(cls, case.checkpoint)
        pipeline.scheduler = pictures.scheduler(case)
        seeds = [seed + i for seed in seeds for i in range(case.batch)]
        images = []
        for seed in seeds:
            arguments = {
                "prompt": case.prompt,
                "negative_prompt": case.negative or None,
                "image": Image.open(GIVEN / wanted["--init"]),
                "strength": float(wanted["--strength"]),
                "num_inference_steps": case.steps,
                "guidance_scale": case.cfg,
                "generator": torch.Generator().manual_seed(seed),
            }
            if "--mask" in wanted:
                arguments["mask_image"] = Image.open(GIVEN / wanted["--mask"])
                arguments |= {"width": case.width, "height": case.height}
            if "--vae-tiling" in wanted:
                pipeline.vae.enable_tiling()
            images += pipeline(**arguments).images
            pipeline.vae.disable_tiling()
        return images


@torch.no_grad()
def draw_as_a1111(pipeline, case: Case, seeds: list[int]) -> list[Image.Image]:
    wanted = flags(case)
    images = []
    for seed in [seed + i for seed in seeds for i in range(case.batch)]:
        if "--hires" in wanted:
            latents = hires(pipeline, case, wanted, seed)
        else:
            latents = img2img(pipeline, case, wanted, seed)
        pixels = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
        images += pipeline.image_processor.postprocess(pixels, output_type="pil")
    return images


def model_of(pipeline):
    scheduler = pipeline.scheduler
    velocity = scheduler.config.get("prediction_type") == "v_prediction"
    external = kdiffusion.external
    wrapper = external.DiscreteVDDPMDenoiser if velocity else external.DiscreteEpsDDPMDenoiser
    return wrapper(lambda x, t, words: pipeline.unet(x, t, words).sample, scheduler.alphas_cumprod, quantize=False)


def denoiser(pipeline, model, prompt: str, negative: str, cfg: float, source=None, mask=None):
    words, nothing = pipeline.encode_prompt(prompt, "cpu", 1, True, negative)

    def guided(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        positive, away = model(x, sigma, words=words), model(x, sigma, words=nothing)
        denoised = away + (positive - away) * cfg
        # mask is 1 where the picture is drawn anew.
        return denoised if mask is None else denoised * mask + source * (1 - mask)

    return guided


def sampled(name: str, guided, x, sigmas, noise):
    # k-diffusion's sampler needs two sigmas at least.
    options = {"noise_sampler": lambda *_: noise()} if name in kdiffusion.ANCESTRAL else {}
    return kdiffusion.SAMPLERS[name](guided, x, sigmas, disable=True, **options)


def latents_of(pipeline, image: Image.Image) -> torch.Tensor:
    pixels = torch.from_numpy(np.array(image.convert("RGB")).astype(np.float32) / 255 * 2 - 1)
    posterior = pipeline.vae.encode(pixels.permute(2, 0, 1)[None]).latent_dist
    return posterior.mean * pipeline.vae.config.scaling_factor


def img2img(pipeline, case: Case, wanted: dict, seed: int) -> torch.Tensor:
    """`StableDiffusionProcessingImg2Img` with the latents' mean, which A1111 draws from torch's global generator."""
    model = model_of(pipeline)
    image = Image.open(GIVEN / wanted["--init"])
    strength = float(wanted["--strength"])
    mask = None
    if "--mask" in wanted:
        full = Image.open(GIVEN / wanted["--mask"]).convert("L")
        small = full.convert("RGB").resize((case.width // 8, case.height // 8))
        mask = torch.from_numpy(np.around(np.array(small).astype(np.float32) / 255)[:, :, 0])
        if "--fill" in wanted:
            image = filled(image, full)
    source = latents_of(pipeline, image)
    generator = torch.Generator().manual_seed(seed)

    def noise() -> torch.Tensor:
        return torch.randn(source.shape, generator=generator)

    first = noise()
    if wanted.get("--fill") == "noise":
        source = source * (1 - mask) + first * mask
    elif wanted.get("--fill") == "nothing":
        source = source * (1 - mask)
    steps, taken = case.steps, int(min(strength, 0.999) * case.steps)
    if wanted.get("--strength-steps") == "exact":
        steps, taken = int(case.steps / min(strength, 0.999)), case.steps - 1
    sigmas = kdiffusion.SCHEDULES[case.schedule](model, steps)[steps - taken - 1 :]
    guided = denoiser(pipeline, model, case.prompt, case.negative, case.cfg, source, mask)
    latents = sampled(case.sampler, guided, source + first * sigmas[0], sigmas, noise)
    return latents if mask is None else latents * mask + source * (1 - mask)


def filled(image: Image.Image, mask: Image.Image) -> Image.Image:
    """What surrounds the masked part, blurred wider and wider into it."""
    from PIL import ImageFilter, ImageOps

    kept = Image.new("RGBa", image.size)
    kept.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask))
    result = Image.new("RGBA", image.size)
    for radius, times in ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)):
        blurred = kept.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(times):
            result.alpha_composite(blurred)
    return result.convert("RGB")


def hires(pipeline, case: Case, wanted: dict, seed: int) -> torch.Tensor:
    """`StableDiffusionProcessingTxt2Img` with `enable_hr` and a latent upscaler."""
    model = model_of(pipeline)

    def noise_of(width: int, height: int):
        generator = torch.Generator().manual_seed(seed)
        shape = (1, pipeline.unet.config.in_channels, height // 8, width // 8)
        return lambda: torch.randn(shape, generator=generator)

    noise = noise_of(case.width, case.height)
    sigmas = kdiffusion.SCHEDULES[case.schedule](model, case.steps)
    guided = denoiser(pipeline, model, case.prompt, case.negative, case.cfg)
    latents = sampled(case.sampler, guided, noise() * sigmas[0], sigmas, noise)

    width, height = case.drawn
    options = UPSCALERS[wanted.get("--hires-upscaler", "latent")]
    latents = interpolate(latents, size=(height // 8, width // 8), **options)
    noise = noise_of(width, height)
    asked = int(wanted.get("--hires-steps", case.steps))
    steps = int(asked / min(float(wanted["--hires-strength"]), 0.999))
    schedule = wanted.get("--hires-schedule", case.schedule)
    sigmas = kdiffusion.SCHEDULES[schedule](model, steps)[steps - asked :]
    prompt = wanted.get("--hires-prompt", case.prompt)
    cfg = float(wanted.get("--hires-cfg", case.cfg))
    guided = denoiser(pipeline, model, prompt, case.negative, cfg)
    sampler = wanted.get("--hires-sampler", case.sampler)
    return sampled(sampler, guided, latents + noise() * sigmas[0], sigmas, noise)


def write() -> None:
    album = pictures.Album(FOLDER)
    pictures.draw_all(cases(), Drawer().draw, album)
    album.save(INDEX)
