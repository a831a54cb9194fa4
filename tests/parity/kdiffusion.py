"""Golden pictures by k-diffusion, with the schedules that A1111 names."""

import dataclasses
import importlib
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import torch
from diffusers import DiffusionPipeline
from PIL import Image
from scipy import stats

import pictures
from pictures import CFGS, SEEDS, Case

FOLDER = Path(__file__).parent / "golden" / "kdiffusion"
INDEX = Path(__file__).parent / "golden" / "kdiffusion.json"


def k_diffusion(module: str):
    """One module of k-diffusion, without what its other modules need (training, metrics, datasets)."""
    unneeded = {"torchdiffeq": ["odeint"], "torchvision": ["transforms"]}
    for name, members in unneeded.items():
        stub = sys.modules.setdefault(name, types.ModuleType(name))
        for member in members:
            if not hasattr(stub, member):
                setattr(stub, member, types.ModuleType(member))
                sys.modules.setdefault(f"{name}.{member}", getattr(stub, member))
    # utils asks for torchvision.transforms.functional.
    transforms = sys.modules["torchvision"].transforms
    transforms.functional = sys.modules.setdefault("torchvision.transforms.functional", types.ModuleType("functional"))
    if "k_diffusion" not in sys.modules:
        spec = importlib.util.find_spec("k_diffusion")
        package = types.ModuleType("k_diffusion")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["k_diffusion"] = package
    return importlib.import_module(f"k_diffusion.{module}")


sampling = k_diffusion("sampling")
external = k_diffusion("external")

SAMPLERS = {
    "Euler": sampling.sample_euler,
    "Euler a": sampling.sample_euler_ancestral,
    "Heun": sampling.sample_heun,
    "DPM++ 2M": sampling.sample_dpmpp_2m,
    "DPM++ 2M SDE": sampling.sample_dpmpp_2m_sde,
}
MORE = {
    "LMS": sampling.sample_lms,
    "DPM2": sampling.sample_dpm_2,
    "DPM2 a": sampling.sample_dpm_2_ancestral,
    "DPM++ 2S a": sampling.sample_dpmpp_2s_ancestral,
    "DPM++ SDE": sampling.sample_dpmpp_sde,
    "DPM++ 3M SDE": sampling.sample_dpmpp_3m_sde,
}
ANCESTRAL = ("Euler a", "DPM2 a", "DPM++ 2S a")
BROWNIAN = ("DPM++ 2M SDE", "DPM++ SDE", "DPM++ 3M SDE")
# A1111 draws these over a step more, without the sigma before the last.
DISCARDING = ("DPM2", "DPM2 a", "DPM++ 3M SDE")


def limits(model) -> tuple[float, float]:
    return model.sigmas[0].item(), model.sigmas[-1].item()


def karras(model, steps: int) -> torch.Tensor:
    return sampling.get_sigmas_karras(steps, *limits(model))


def exponential(model, steps: int) -> torch.Tensor:
    return sampling.get_sigmas_exponential(steps, *limits(model))


def normal(model, steps: int) -> torch.Tensor:
    first, last = (model.sigma_to_t(torch.tensor(sigma)) for sigma in reversed(limits(model)))
    return ending_in_zero([model.t_to_sigma(t).item() for t in torch.linspace(first, last, steps)])


def sgm_uniform(model, steps: int) -> torch.Tensor:
    first, last = (model.sigma_to_t(torch.tensor(sigma)) for sigma in reversed(limits(model)))
    return ending_in_zero([model.t_to_sigma(t).item() for t in torch.linspace(first, last, steps + 1)[:-1]])


def simple(model, steps: int) -> torch.Tensor:
    stride = len(model.sigmas) / steps
    return ending_in_zero([model.sigmas[-(1 + int(i * stride))].item() for i in range(steps)])


def beta(model, steps: int) -> torch.Tensor:
    """A1111 spreads the quantiles over the sigmas themselves; others spread them over the timesteps."""
    lowest, highest = limits(model)
    quantiles = stats.beta.ppf(1 - np.linspace(0, 1, steps), 0.6, 0.6)
    return ending_in_zero([lowest + quantile * (highest - lowest) for quantile in quantiles])


def ending_in_zero(sigmas: list[float]) -> torch.Tensor:
    return torch.tensor([*sigmas, 0.0], dtype=torch.float32)


SCHEDULES = {f.__name__: f for f in (karras, exponential, normal, sgm_uniform, simple, beta)}


def cases() -> list[Case]:
    out = []
    for sampler in SAMPLERS:
        for schedule in SCHEDULES:
            case = Case(sampler=sampler, schedule=schedule, sheet=f"sd1-{pictures.slug(sampler)}")
            out += pictures.seeds_and_cfgs(case, SEEDS, CFGS)
    for sampler in SAMPLERS:
        # A Brownian motion tells sigmas apart that differ in their last bit, and this model takes no noise away again.
        for schedule in ("karras", "sgm_uniform") if sampler not in BROWNIAN else ():
            out.append(Case(checkpoint="sd2v", sampler=sampler, schedule=schedule, seed=42, sheet="sd2v"))
        # k-diffusion's 2M SDE cannot take a single step: it reads a step size that it never set.
        for steps in (1, 2, 20) if sampler != "DPM++ 2M SDE" else (2, 20):
            out.append(Case(sampler=sampler, schedule="karras", steps=steps, seed=42, sheet="sd1-steps"))
    for sampler in MORE:
        for schedule in ("karras", "exponential", "normal"):
            case = Case(sampler=sampler, schedule=schedule, sheet="sd1-more")
            out += pictures.seeds_and_cfgs(case, (0, 42), (7.5,))
    for sampler in (*ANCESTRAL, *BROWNIAN):
        out.append(Case(sampler=sampler, schedule="karras", seed=7, batch=2, sheet="sd1-batches"))
    return out


@torch.no_grad()
def draw(pipeline: DiffusionPipeline, case: Case, seeds: list[int]) -> list[Image.Image]:
    seeds = [seed + i for seed in seeds for i in range(case.batch)]
    scheduler = pipeline.scheduler
    # `quantize` off, as A1111 has it: the UNet is asked at fractional timesteps.
    velocity = scheduler.config.get("prediction_type") == "v_prediction"
    wrapper = external.DiscreteVDDPMDenoiser if velocity else external.DiscreteEpsDDPMDenoiser
    model = wrapper(lambda x, t, words: pipeline.unet(x, t, words).sample, scheduler.alphas_cumprod, quantize=False)
    words, nothing = pipeline.encode_prompt(case.prompt, "cpu", 1, True, case.negative)

    def guided(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        positive = model(x, sigma, words=words.expand(len(x), -1, -1))
        if case.cfg == 1:
            return positive
        negative = model(x, sigma, words=nothing.expand(len(x), -1, -1))
        return negative + (positive - negative) * case.cfg

    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    shape = (pipeline.unet.config.in_channels, case.height // 8, case.width // 8)

    def noise(*_) -> torch.Tensor:
        return torch.stack([torch.randn(shape, generator=generator) for generator in generators])

    steps = case.steps + (case.sampler in DISCARDING)
    sigmas = SCHEDULES[case.schedule](model, steps)
    if case.sampler in DISCARDING:
        sigmas = torch.cat([sigmas[:-2], sigmas[-1:]])
    first = noise() * sigmas[0]
    options = {}
    if case.sampler in BROWNIAN:
        # A motion a picture, between all sigmas of the run, as A1111 has it.
        lowest = sigmas[sigmas > 0].min()
        options["noise_sampler"] = sampling.BrownianTreeNoiseSampler(first, lowest, sigmas.max(), seed=seeds)
    elif case.sampler in ANCESTRAL:
        options["noise_sampler"] = noise
    latents = (SAMPLERS | MORE)[case.sampler](guided, first, sigmas, disable=True, **options)
    pixels = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
    return pipeline.image_processor.postprocess(pixels, output_type="pil")


def write() -> None:
    drawer, album = pictures.Drawer(), pictures.Album(FOLDER)
    pictures.draw_all(cases(), lambda case, seeds: draw(drawer.pipeline(case.checkpoint), case, seeds), album)
    album.save(INDEX)
