"""Writes golden.json: whole runs of real diffusers and k-diffusion with a toy model.

    python golden.py

Needs torch, scipy, diffusers (0.36), torchsde (0.2.6) with trampoline, and k-diffusion (0.1.1, `pip install
--no-deps` is enough for all three: the solver that k-diffusion imports and we do not run is stood in for here).

A case is a sampler, a schedule, a scheduler config, a number of steps, the timesteps that the model
was told and the final sample, or how it begins; the sample is null where the reference fails or is not finite. Some
have options. The toy model and the seeds are in tests.rs, too.
"""

import importlib.util
import json
import math
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import scipy.stats
import torch

import diffusers
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DEISMultistepScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSDEScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    KDPM2AncestralDiscreteScheduler,
    KDPM2DiscreteScheduler,
    LCMScheduler,
    LMSDiscreteScheduler,
    PNDMScheduler,
    TCDScheduler,
    UniPCMultistepScheduler,
)

warnings.simplefilter("ignore")
diffusers.utils.logging.set_verbosity_error()

SHAPE = (1, 2, 4, 4)
STEPS = [1, 2, 3, 10, 25]
SEED = 1234

CLASSES = {
    "euler": EulerDiscreteScheduler,
    "euler_a": EulerAncestralDiscreteScheduler,
    "heun": HeunDiscreteScheduler,
    "ddim": DDIMScheduler,
    "dpmpp_2m": DPMSolverMultistepScheduler,
    "dpmpp_2m_sde": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
    "lcm": LCMScheduler,
    "pndm": PNDMScheduler,
    "ddpm": DDPMScheduler,
}
# Those that the cases are fewer and shorter for.
LATER_CLASSES = {
    "lms": LMSDiscreteScheduler,
    "dpm2": KDPM2DiscreteScheduler,
    "dpm2_a": KDPM2AncestralDiscreteScheduler,
    "dpmpp_sde": DPMSolverSDEScheduler,
    "dpmpp_2m_sde_heun": DPMSolverMultistepScheduler,
    "dpmpp_3m_sde": DPMSolverMultistepScheduler,
    "deis": DEISMultistepScheduler,
    "tcd": TCDScheduler,
}
# What a sampler does whatever the config says.
FORCED = {
    "dpmpp_2m_sde": {"algorithm_type": "sde-dpmsolver++"},
    "dpmpp_2m_sde_heun": {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
    "dpmpp_3m_sde": {"algorithm_type": "sde-dpmsolver++", "solver_order": 3},
    "dpmpp_sde": {"noise_sampler_seed": SEED},
}
NAMED = ["normal", "karras", "exponential", "beta", "sgm_uniform", "simple"]
LATER_NAMED = ["polyexponential", "ddim_uniform", "align_your_steps", "kl_optimal", "linear_quadratic"]
# Samplers that only k-diffusion, or none that can be installed, has.
UNCLASSED = [
    "dpmpp_2s_a",
    "dpm_fast",
    "dpm_adaptive",
    "restart",
    "euler_cfg_pp",
    "euler_a_cfg_pp",
    "ddim_cfg_pp",
    "ipndm",
    "ipndm_v",
]
# A1111 leaves out the next-to-last sigma for these.
DISCARDING = ("dpm2", "dpm2_a", "dpmpp_3m_sde")
# How much of the sample short cases keep.
SHORT = 6


def toy_model(x, timestep):
    t = torch.as_tensor(timestep).to(torch.float32).flatten()[0]
    return 0.6 * torch.tanh(x) + 0.3 * torch.sin(t / 100)


# ---- diffusers


def unguided_model(x, timestep):
    return 0.8 * toy_model(x, timestep) - 0.05


def run_diffusers(sampler, config, steps, spacing=None, **options):
    overrides = dict(FORCED.get(sampler, {}))
    if spacing:
        overrides["timestep_spacing"] = spacing
    scheduler = {**CLASSES, **LATER_CLASSES}[sampler].from_config(dict(config), **overrides)
    scheduler.set_timesteps(steps)
    return follow(scheduler, scheduler.init_noise_sigma, **options)


def follow(scheduler, init_noise_sigma, **options):
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator) * init_noise_sigma
    takes_generator = "generator" in scheduler.step.__code__.co_varnames
    for t in scheduler.timesteps:
        output = toy_model(scheduler.scale_model_input(x, t), t)
        more = {**options, "generator": generator} if takes_generator else options
        x = scheduler.step(output, t, x, **more).prev_sample
    return scheduler.timesteps.tolist(), x


# ---- k-diffusion


def load_k_diffusion():
    stand_in = types.ModuleType("torchdiffeq")
    stand_in.odeint = None
    sys.modules.setdefault("torchdiffeq", stand_in)
    # The package's own __init__ wants much more than its samplers do.
    spec = importlib.util.find_spec("k_diffusion")
    package = types.ModuleType("k_diffusion")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["k_diffusion"] = package
    utils = types.ModuleType("k_diffusion.utils")
    utils.append_dims = lambda x, n: x[(...,) + (None,) * (n - x.ndim)]
    package.utils = sys.modules["k_diffusion.utils"] = utils
    sampling = importlib.import_module("k_diffusion.sampling")
    return sampling, importlib.import_module("k_diffusion.external")


def named_sigmas(schedule, n, denoiser, sampling):
    """A1111's schedules, over k-diffusion's sigmas."""
    low, high = denoiser.sigmas[0].item(), denoiser.sigmas[-1].item()
    t_high = denoiser.sigma_to_t(torch.tensor(high))
    t_low = denoiser.sigma_to_t(torch.tensor(low))
    if schedule == "karras":
        return sampling.get_sigmas_karras(n, low, high)
    if schedule == "exponential":
        return sampling.get_sigmas_exponential(n, low, high)
    if schedule == "polyexponential":
        return sampling.get_sigmas_polyexponential(n, low, high)
    if schedule == "kl_optimal":
        shares = torch.arange(n + 1, dtype=torch.float64) / n
        return torch.tan(shares * math.atan(low) + (1 - shares) * math.atan(high)).float()
    if schedule == "beta":
        ps = 1 - torch.linspace(0, 1, n, dtype=torch.float64).numpy()
        values = [low + scipy.stats.beta.ppf(p, 0.6, 0.6) * (high - low) for p in ps]
    elif schedule == "normal":
        values = [denoiser.t_to_sigma(t).item() for t in torch.linspace(t_high, t_low, n)]
    elif schedule == "sgm_uniform":
        values = [denoiser.t_to_sigma(t).item() for t in torch.linspace(t_high, t_low, n + 1)[:-1]]
    elif schedule == "simple":
        stride = len(denoiser.sigmas) / n
        values = [denoiser.sigmas[-1 - int(i * stride)].item() for i in range(n)]
    elif schedule == "ddim_uniform":
        values = denoiser.sigmas[1 :: max(len(denoiser.sigmas) // n, 1)].tolist()[::-1]
    elif schedule == "align_your_steps":
        known = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]
        values = np.exp(np.interp(np.linspace(0, 10, n), range(11), np.log(known))).tolist()
    elif schedule == "linear_quadratic":
        values = [high * (1 - share) for share in linear_quadratic(n)]
    return torch.tensor(values + [0.0], dtype=torch.float32)


def linear_quadratic(n, threshold=0.025):
    """What has been taken off before each step: a line, and a parabola that meets it with the same slope."""
    if n == 1:
        return [0.0]
    m = n // 2
    shares = [threshold * i / m for i in range(m)]
    # a (i - m)^2 + slope (i - m) + threshold, and 1 at n.
    slope = threshold / m
    a = (1 - threshold - slope * (n - m)) / (n - m) ** 2
    return shares + [a * (i - m) ** 2 + slope * (i - m) + threshold for i in range(m, n)]


def run_named(sampler, schedule, config, steps, k, **options):
    sampling, external = k
    euler = EulerDiscreteScheduler.from_config(dict(config))
    velocity = config.get("prediction_type") == "v_prediction"
    kind = external.DiscreteVDDPMDenoiser if velocity else external.DiscreteEpsDDPMDenoiser
    told = []

    def model(x, t):
        told.append(t.flatten()[0].item())
        return toy_model(x, t)

    denoiser = kind(model, euler.alphas_cumprod, quantize=False)
    # From a sigma of 4096, float32 leaves the reference itself with errors of 1e-3.
    exact = torch.float64 if euler.config.rescale_betas_zero_snr else torch.float32
    discards = sampler in DISCARDING or options.pop("discard_penultimate", False)
    sigmas = named_sigmas(schedule, steps + discards, denoiser, sampling).to(exact)
    if discards:
        sigmas = torch.cat([sigmas[:-2], sigmas[-1:]])
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator).to(exact) * sigmas[0]
    fresh = lambda *_: torch.randn(SHAPE, generator=generator).to(exact)
    noisy = {"noise_sampler": fresh, "disable": True, **options}
    calm = {"disable": True, **options}
    least, greatest = sigmas[sigmas > 0].min(), sigmas.max()
    motion = sampling.BrownianTreeNoiseSampler(x.float(), least, greatest, seed=SEED)
    moving = {"noise_sampler": motion, **calm}
    # Some draw their noise themselves.
    sampling.torch = Drawing(fresh)
    unguided = kind(unguided_model, euler.alphas_cumprod, quantize=False)
    if sampler == "ddim" and options:
        x = sample_ddim(denoiser, denoiser, x, sigmas, fresh, **options)
    elif sampler in ("euler", "ddim"):
        x = sampling.sample_euler(denoiser, x, sigmas, **calm)
    elif sampler in ("euler_a", "ddpm"):
        x = sampling.sample_euler_ancestral(denoiser, x, sigmas, **noisy)
    elif sampler == "heun":
        x = sampling.sample_heun(denoiser, x, sigmas, **calm)
    elif sampler == "dpmpp_2m":
        x = sampling.sample_dpmpp_2m(denoiser, x, sigmas, disable=True)
    elif sampler == "dpmpp_2m_sde":
        x = sampling.sample_dpmpp_2m_sde(denoiser, x, sigmas, **moving)
    elif sampler == "dpmpp_2m_sde_heun":
        x = sampling.sample_dpmpp_2m_sde(denoiser, x, sigmas, solver_type="heun", **moving)
    elif sampler == "dpmpp_3m_sde":
        x = sampling.sample_dpmpp_3m_sde(denoiser, x, sigmas, **moving)
    elif sampler == "dpmpp_sde":
        x = sampling.sample_dpmpp_sde(denoiser, x, sigmas, **moving)
    elif sampler == "dpmpp_2s_a":
        x = sampling.sample_dpmpp_2s_ancestral(denoiser, x, sigmas, **noisy)
    elif sampler == "lms":
        x = sampling.sample_lms(denoiser, x, sigmas, **calm)
    elif sampler == "dpm2":
        x = sampling.sample_dpm_2(denoiser, x, sigmas, **calm)
    elif sampler == "dpm2_a":
        x = sampling.sample_dpm_2_ancestral(denoiser, x, sigmas, **noisy)
    elif sampler == "dpm_fast":
        # Whatever the schedule.
        low, high = denoiser.sigmas[0].item(), denoiser.sigmas[-1].item()
        x = x / sigmas[0] * high
        x = sampling.sample_dpm_fast(denoiser, x, low, high, steps, **noisy)
    elif sampler == "dpm_adaptive":
        # Whatever the schedule, and the number of steps.
        low, high = denoiser.sigmas[0].item(), denoiser.sigmas[-1].item()
        x = x / sigmas[0] * high
        x = sampling.sample_dpm_adaptive(denoiser, x, low, high, **noisy)
    elif sampler == "restart":
        x = sample_restart(denoiser, x, sigmas, fresh, sampling, **options)
    elif sampler in ("euler_cfg_pp", "euler_a_cfg_pp"):
        eta = options.get("eta", 1.0) if sampler == "euler_a_cfg_pp" else 0.0
        x = sample_euler_cfg_pp(denoiser, unguided, x, sigmas, fresh, sampling, eta)
    elif sampler == "ddim_cfg_pp":
        x = sample_ddim(denoiser, unguided, x, sigmas, fresh, **options)
    elif sampler in ("ipndm", "ipndm_v"):
        x = sample_ipndm(denoiser, x, sigmas, sampler == "ipndm_v")
    elif sampler == "tcd":
        x = sample_tcd(denoiser, x, sigmas, fresh, **options)
    elif sampler == "deis":
        return run_named_deis(config, sigmas, denoiser)
    elif sampler == "lcm":
        x = sample_lcm(denoiser, x, sigmas, fresh)
    elif sampler == "pndm":
        x = sample_plms(denoiser, x, sigmas)
    elif sampler == "unipc":
        return run_named_unipc(config, sigmas, denoiser)
    return told, x


class Drawing:
    """torch, but for the noise that k-diffusion's samplers draw."""

    def __init__(self, fresh):
        self.fresh = fresh

    def __getattr__(self, name):
        return self.fresh if name == "randn_like" else getattr(torch, name)


def sample_ddim(denoiser, unguided, x, sigmas, fresh, eta=0.0):
    """The formulas of the paper, in samples of variance 1, with the noise of an unguided model."""
    alphas = 1 / (sigmas**2 + 1)
    x = x / (sigmas[0] ** 2 + 1) ** 0.5
    for i, (a, b) in enumerate(zip(alphas, alphas[1:])):
        sigma = sigmas[i]
        picture = denoiser(x * (sigma**2 + 1) ** 0.5, sigma[None])
        # Asked twice only where there are two answers.
        without = picture if unguided is denoiser else unguided(x * (sigma**2 + 1) ** 0.5, sigma[None])
        noise = (x - a**0.5 * without) / (1 - a) ** 0.5
        new = eta * ((1 - b) / (1 - a) * (1 - a / b)) ** 0.5
        x = b**0.5 * picture + (1 - b - new**2).clamp(0) ** 0.5 * noise
        if eta > 0:
            x = x + new * fresh()
    return x * (sigmas[-1] ** 2 + 1) ** 0.5


def sample_euler_cfg_pp(denoiser, unguided, x, sigmas, fresh, sampling, eta):
    for sigma, arrival in zip(sigmas, sigmas[1:]):
        slope = (x - unguided(x, sigma[None])) / sigma
        down, up = sampling.get_ancestral_step(sigma, arrival, eta)
        x = denoiser(x, sigma[None]) + slope * down
        if up > 0:
            x = x + fresh() * up
    return x


def sample_ipndm(denoiser, x, sigmas, variable):
    slopes = []
    for i, (sigma, arrival) in enumerate(zip(sigmas, sigmas[1:])):
        picture = denoiser(x, sigma[None])
        slopes = [(x - picture) / sigma] + slopes[:3]
        h = [(sigmas[i + 1 - k] - sigmas[i - k]).item() for k in range(len(slopes))]
        x = picture if arrival == 0 else x + h[0] * ipndm_mix(slopes, h, variable)
    return x


ADAMS = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]]


def ipndm_mix(slopes, h, variable):
    """Adams and Bashforth's formulas, or by the divided differences of slopes."""
    n = len(slopes)
    if not variable:
        return sum(factor * slope for factor, slope in zip(ADAMS[n - 1], slopes))
    mixed = slopes[0]
    if n < 2:
        return mixed
    d01 = slopes[0] - slopes[1]
    mixed = mixed + h[0] / h[1] / 2 * d01
    if n < 3:
        return mixed
    ratio = h[0] * (h[0] + h[1]) / (h[1] * (h[1] + h[2]))
    # In ComfyUI and in the authors' own solver the ratio multiplies the second term alone.
    second = (1 - h[0] / (3 * (h[0] + h[1])) * ratio) / 2
    d12 = (slopes[1] - slopes[2]) * h[1] / h[2]
    mixed = mixed + second * (d01 - d12)
    if n < 4:
        return mixed
    s = h[0] + h[1]
    third = (1 - h[0] / (3 * s)) / 2 + (1 - h[0] / (2 * s)) * h[0] / (6 * (s + h[2]))
    third *= h[0] * s * (s + h[2]) / (h[1] * (h[1] + h[2]) * (h[1] + h[2] + h[3]))
    far = h[1] * (h[1] + h[2]) / (h[2] * (h[2] + h[3]))
    # There the oldest slope has a factor of h1 / h2 where it should have h2 / h3, too.
    bend = far * (slopes[1] - (1 + h[2] / h[3]) * slopes[2] + h[1] / h[2] * slopes[3])
    return mixed + third * ((d01 - d12) - bend)


def sample_tcd(denoiser, x, sigmas, fresh, eta=0.3):
    """As TCDScheduler, in samples of variance 1 and with timesteps that need not be whole."""
    x = x / (sigmas[0] ** 2 + 1) ** 0.5
    for sigma, arrival in zip(sigmas, sigmas[1:]):
        wide = x * (sigma**2 + 1) ** 0.5
        picture = denoiser(wide, sigma[None])
        noise = (wide - picture) / sigma
        if arrival == 0:
            return picture
        # A schedule may go below the model's least sigma.
        past = denoiser.t_to_sigma((1 - eta) * denoiser.sigma_to_t(arrival)).minimum(arrival)
        a, b = 1 / (past**2 + 1), 1 / (arrival**2 + 1)
        x = a**0.5 * picture + (1 - a) ** 0.5 * noise
        if eta > 0:
            x = (b / a) ** 0.5 * x + (1 - b / a) ** 0.5 * fresh()
    return x * (sigmas[-1] ** 2 + 1) ** 0.5


def sample_restart(denoiser, x, sigmas, fresh, sampling, s_noise=1.0):
    """Over the way that A1111 chooses: the paper's for images of 256 pixels."""
    steps, spare = len(sigmas) - 1, (0, 0)
    if steps >= 20:
        spare = (steps // 4, 2) if steps >= 36 else (9, 1)
        low = sigmas[-2].item()
        sigmas = sampling.get_sigmas_karras(steps - spare[0] * spare[1], low, sigmas[0].item())
    legs = list(zip(sigmas, sigmas[1:]))
    if spare[1]:
        at, top = (sigmas - 0.1).abs().argmin(), (sigmas - 2.0).abs().argmin()
        way = sampling.get_sigmas_karras(spare[0] + 1, sigmas[at].item(), sigmas[top].item())[:-1]
        legs[at:at] = list(zip(way, way[1:])) * spare[1]
    last = None
    # Nothing is drawn for Heun's own steps.
    sampling.torch = torch
    for sigma, arrival in legs:
        if last is not None and last < sigma:
            x = x + fresh() * s_noise * (sigma**2 - last**2) ** 0.5
        x = sampling.sample_heun(denoiser, x, torch.stack([sigma, arrival]), disable=True)
        last = arrival
    return x


def run_named_deis(config, sigmas, denoiser):
    """diffusers' solver, told other sigmas than it would have chosen. A step to sigma 0 is not finite there: that one is
    to the picture, which is its limit."""
    prediction = config.get("prediction_type", "epsilon")
    scheduler = DEISMultistepScheduler(prediction_type=prediction, lower_order_final=False)
    scheduler.set_timesteps(len(sigmas) - 1)
    scheduler.sigmas = sigmas
    scheduler.timesteps = denoiser.sigma_to_t(sigmas[:-1])
    scheduler.set_begin_index(0)
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator) * sigmas[0] / (sigmas[0] ** 2 + 1) ** 0.5
    for i, t in enumerate(scheduler.timesteps):
        if sigmas[i + 1] == 0:
            x = denoiser(x * (sigmas[i] ** 2 + 1) ** 0.5, sigmas[i][None])
        else:
            x = scheduler.step(toy_model(x, t), t, x).prev_sample
    return scheduler.timesteps.tolist(), x * (sigmas[-1] ** 2 + 1) ** 0.5


def sample_lcm(denoiser, x, sigmas, fresh):
    """As LCMScheduler, in samples whose pictures keep their size."""
    for sigma, arrival in zip(sigmas, sigmas[1:]):
        picture = denoiser(x, sigma[None])
        s = denoiser.sigma_to_t(sigma) * 10
        skip, out = 0.25 / (s**2 + 0.25), s / (s**2 + 0.25) ** 0.5
        jump = out * picture + skip * x / (sigma**2 + 1) ** 0.5
        x = jump + arrival * fresh() if arrival > 0 else jump
    return x


def sample_plms(denoiser, x, sigmas):
    """Adams and Bashforth's formulas on the noise; the first step twice."""
    slope = lambda x, sigma: (x - denoiser(x, sigma[None])) / sigma
    slopes = []
    for sigma, arrival in zip(sigmas, sigmas[1:]):
        slopes.insert(0, slope(x, sigma))
        if len(slopes) == 1:
            mixed = slopes[0]
            if arrival > 0:
                mixed = (mixed + slope(x + (arrival - sigma) * mixed, arrival)) / 2
        elif len(slopes) == 2:
            mixed = (3 * slopes[0] - slopes[1]) / 2
        elif len(slopes) == 3:
            mixed = (23 * slopes[0] - 16 * slopes[1] + 5 * slopes[2]) / 12
        else:
            mixed = (55 * slopes[0] - 59 * slopes[1] + 37 * slopes[2] - 9 * slopes[3]) / 24
        x = x + (arrival - sigma) * mixed
    return x


def run_named_unipc(config, sigmas, denoiser):
    """diffusers' solver, told other sigmas than it would have chosen."""
    prediction = config.get("prediction_type", "epsilon")
    scheduler = UniPCMultistepScheduler(prediction_type=prediction)
    scheduler.set_timesteps(len(sigmas) - 1)
    scheduler.sigmas = sigmas
    scheduler.timesteps = denoiser.sigma_to_t(sigmas[:-1])
    scheduler.set_begin_index(0)
    told, x = follow(scheduler, sigmas[0] / (sigmas[0] ** 2 + 1) ** 0.5)
    # Where noise is left, the picture is in its own size, as k-diffusion has it.
    return told, x * (sigmas[-1] ** 2 + 1) ** 0.5


# ---- the cases

STABLE_DIFFUSION = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
}


def sd(**more):
    return {**STABLE_DIFFUSION, **more}


def model_configs(sampler):
    """What every class is tried with, then what is its own."""
    for spacing in ("leading", "linspace", "trailing"):
        for prediction in ("epsilon", "v_prediction"):
            for zero_snr in (False, True):
                yield sd(
                    timestep_spacing=spacing,
                    prediction_type=prediction,
                    rescale_betas_zero_snr=zero_snr,
                )
    yield {}
    yield sd(beta_schedule="squaredcos_cap_v2")
    yield sd(prediction_type="sample")
    # Written for another class: what this one knows is taken, whoever it was meant for.
    yield sd(_class_name="EulerDiscreteScheduler", sigma_min=0.1, interpolation_type="linear")
    yield {"num_train_timesteps": 30, "trained_betas": [0.004 * (i + 1) for i in range(30)]}
    yield from OWN.get(sampler, [])


SPREADS = [
    sd(use_karras_sigmas=True, timestep_spacing="trailing"),
    sd(use_exponential_sigmas=True),
    sd(use_beta_sigmas=True),
    sd(use_karras_sigmas=True, sigma_min=0.1, sigma_max=10.0),
]
FINALS = [
    sd(final_sigmas_type="sigma_min"),
    sd(final_sigmas_type="sigma_min", use_karras_sigmas=True),
    sd(final_sigmas_type="sigma_min", use_exponential_sigmas=True),
]
LIMITS = [
    sd(clip_sample=True, clip_sample_range=1.5),
    sd(thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.6),
]
OWN = {
    "euler": SPREADS
    + FINALS
    + [
        sd(interpolation_type="log_linear"),
        sd(interpolation_type="log_linear", use_beta_sigmas=True),
        sd(timestep_type="continuous", prediction_type="v_prediction"),
        sd(timestep_type="continuous", prediction_type="v_prediction", use_karras_sigmas=True),
    ],
    "heun": SPREADS + [sd(beta_schedule="exp"), sd(clip_sample=True, clip_sample_range=1.5)],
    "ddim": LIMITS + [sd(set_alpha_to_one=True, timestep_spacing="trailing")],
    "dpmpp_2m": SPREADS
    + FINALS
    + LIMITS
    + [
        sd(solver_order=1),
        sd(solver_order=3),
        sd(solver_order=3, final_sigmas_type="sigma_min"),
        sd(solver_order=3, lower_order_final=False),
        sd(solver_order=3, lower_order_final=False, euler_at_final=True, use_karras_sigmas=True),
        sd(solver_type="heun"),
        sd(solver_type="bh2", algorithm_type="deis", final_sigmas_type="sigma_min"),
        sd(use_lu_lambdas=True),
        sd(use_lu_lambdas=True, beta_schedule="squaredcos_cap_v2"),
        sd(beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True),
        sd(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1),
        sd(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1, timestep_spacing="trailing"),
        sd(algorithm_type="dpmsolver", final_sigmas_type="sigma_min"),
        sd(algorithm_type="dpmsolver", final_sigmas_type="sigma_min", solver_order=3),
        sd(algorithm_type="dpmsolver", final_sigmas_type="sigma_min", solver_type="heun"),
        sd(
            algorithm_type="dpmsolver",
            final_sigmas_type="sigma_min",
            thresholding=True,
            prediction_type="v_prediction",
        ),
        sd(algorithm_type="dpmsolver"),
    ],
    "dpmpp_2m_sde": SPREADS
    + FINALS
    + [
        sd(solver_order=1),
        sd(solver_order=3),
        sd(solver_order=3, final_sigmas_type="sigma_min", lower_order_final=False),
        sd(solver_type="heun"),
    ],
    "unipc": SPREADS
    + FINALS
    + LIMITS
    + [
        sd(solver_order=1),
        sd(solver_order=3),
        sd(solver_order=3, lower_order_final=False, final_sigmas_type="sigma_min"),
        # With a final sigma of 0 diffusers multiplies 0 by infinity here.
        sd(solver_type="bh1", final_sigmas_type="sigma_min"),
        sd(solver_type="bh1", final_sigmas_type="sigma_min", solver_order=3),
        sd(predict_x0=False, final_sigmas_type="sigma_min"),
        sd(predict_x0=False, final_sigmas_type="sigma_min", prediction_type="v_prediction"),
        sd(predict_x0=False, final_sigmas_type="sigma_min", prediction_type="sample"),
        sd(disable_corrector=[0, 3]),
        sd(beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True),
    ],
    "lcm": LIMITS
    + [
        sd(original_inference_steps=20, timestep_scaling=1.0),
        sd(original_inference_steps=100),
    ],
    "pndm": [sd(skip_prk_steps=False), sd(skip_prk_steps=False, prediction_type="v_prediction")]
    + [sd(skip_prk_steps=False, timestep_spacing="trailing", set_alpha_to_one=True)],
    "ddpm": LIMITS
    + [sd(beta_schedule="sigmoid"), sd(variance_type=None)]
    + [sd(variance_type=kind) for kind in ("fixed_small_log", "fixed_large")]
    + [sd(variance_type=kind) for kind in ("fixed_large_log", "learned", "learned_range")],
}
NAMED_CONFIGS = [
    sd(prediction_type="epsilon"),
    sd(prediction_type="v_prediction"),
    sd(prediction_type="v_prediction", rescale_betas_zero_snr=True),
]


def rounded(x, digits):
    return [float(f"{value:.{digits}g}") for value in x]


LATER_CONFIGS = [
    sd(timestep_spacing="leading"),
    sd(timestep_spacing="trailing", prediction_type="v_prediction"),
    sd(timestep_spacing="linspace", prediction_type="sample"),
    {},
    sd(rescale_betas_zero_snr=True, prediction_type="v_prediction"),
    sd(use_karras_sigmas=True, timestep_spacing="trailing"),
    sd(use_exponential_sigmas=True),
    sd(use_beta_sigmas=True),
]
LATER_OWN = {
    "deis": LIMITS
    + [
        sd(solver_order=1),
        sd(solver_order=3),
        sd(solver_order=3, lower_order_final=False),
        sd(algorithm_type="deis", solver_type="logrho"),
    ],
    "tcd": [sd(original_inference_steps=20), sd(original_inference_steps=100)],
}
# A sampler, a schedule and what else is chosen.
OPTIONS = [
    ("euler", {"s_churn": 4.0}),
    ("euler", {"s_churn": 40.0, "s_tmin": 0.5, "s_tmax": 5.0, "s_noise": 1.1}),
    ("heun", {"s_churn": 4.0}),
    ("dpm2", {"s_churn": 4.0, "s_tmax": 8.0}),
    ("euler_a", {"eta": 0.5, "s_noise": 0.9}),
    ("euler_a", {"eta": 0.0}),
    ("dpm2_a", {"eta": 0.5, "s_noise": 0.9}),
    ("dpm2_a", {"eta": 0.0}),
    ("dpmpp_2s_a", {"eta": 0.5, "s_noise": 0.9}),
    ("dpmpp_sde", {"eta": 0.5, "s_noise": 0.9}),
    ("dpmpp_2m_sde", {"eta": 0.5, "s_noise": 0.9}),
    ("dpmpp_2m_sde", {"eta": 0.0}),
    ("dpmpp_2m_sde_heun", {"eta": 0.5}),
    ("dpmpp_3m_sde", {"eta": 0.5, "s_noise": 0.9}),
    ("dpm_fast", {"eta": 0.7, "s_noise": 0.9}),
    ("dpm_adaptive", {"eta": 0.7, "s_noise": 0.9}),
    ("restart", {"s_noise": 0.9}),
    ("ddim", {"eta": 0.7}),
    ("ddim_cfg_pp", {"eta": 0.7}),
    ("euler_a_cfg_pp", {"eta": 0.6}),
    ("tcd", {"eta": 0.0}),
    ("tcd", {"eta": 0.8}),
    ("dpmpp_2m", {"discard_penultimate": True}),
    ("lms", {"discard_penultimate": True}),
]


def case(sampler, schedule, config, steps, run, options=None, short=False):
    try:
        timesteps, sample = run()
        if not torch.isfinite(sample).all():
            raise ArithmeticError
        numbers = sample.flatten().tolist()
        result = {"t": rounded(timesteps, 7), "x": rounded(numbers[:SHORT] if short else numbers, 7)}
    except (AssertionError, IndexError):
        # Where the first two timesteps are equal, diffusers' solvers begin with the second step,
        # and fall off the end. There is nothing to compare.
        return []
    except Exception:
        result = {"t": [], "x": None}
    if options:
        result["options"] = options
    return [{"sampler": sampler, "schedule": schedule, "config": config, "steps": steps, **result}]


def main():
    k = load_k_diffusion()
    configs, cases = [], []

    def add(sampler, schedule, config, steps, run, options=None, short=False):
        if config not in configs:
            configs.append(config)
        cases.extend(case(sampler, schedule, configs.index(config), steps, run, options, short))

    for sampler in CLASSES:
        for config in model_configs(sampler):
            for steps in STEPS:
                run = lambda: run_diffusers(sampler, config, steps)
                add(sampler, "model", config, steps, run)
        for spacing in ("leading", "linspace", "trailing"):
            config = {"beta_schedule": "scaled_linear", "use_karras_sigmas": True}
            run = lambda: run_diffusers(sampler, config, 7, spacing)
            add(sampler, spacing, config, 7, run)
        for schedule in NAMED:
            for config in NAMED_CONFIGS if schedule == "karras" else NAMED_CONFIGS[:2]:
                # k-diffusion's own 2M SDE needs more than one step.
                for steps in STEPS[1:] if sampler == "dpmpp_2m_sde" else STEPS:
                    run = lambda: run_named(sampler, schedule, config, steps, k)
                    add(sampler, schedule, config, steps, run)

    for sampler in LATER_CLASSES:
        for config in LATER_CONFIGS + LATER_OWN.get(sampler, []):
            for steps in (1, 2, 5, 16):
                run = lambda: run_diffusers(sampler, config, steps)
                add(sampler, "model", config, steps, run, short=True)
    plain = NAMED_CONFIGS[0]
    for sampler in [*CLASSES, *LATER_CLASSES, *UNCLASSED]:
        schedules = LATER_NAMED if sampler in CLASSES else NAMED + LATER_NAMED
        for schedule in schedules:
            for config in NAMED_CONFIGS[:2] if schedule == "karras" else NAMED_CONFIGS[:1]:
                lengths = (20, 40) if sampler == "restart" and schedule == "karras" else ()
                for steps in (1, 2, 7, 16, *lengths):
                    # k-diffusion's multistep SDE need more than one step, and A1111 takes the smallest of one.
                    lonely = sampler.startswith(("dpmpp_2m_sde", "dpmpp_3m")) and schedule != "kl_optimal"
                    # Whether a single PLMS step that does not end at 0 is taken twice is nobody's promise.
                    lonely = lonely or (sampler, schedule) == ("pndm", "kl_optimal")
                    if steps == 1 and (lonely or schedule == "align_your_steps"):
                        continue
                    run = lambda: run_named(sampler, schedule, config, steps, k)
                    add(sampler, schedule, config, steps, run, short=True)
    for sampler, options in OPTIONS:
        steps = 24 if sampler == "restart" else 8
        run = lambda: run_named(sampler, "karras", plain, steps, k, **options)
        add(sampler, "karras", plain, steps, run, options, short=True)
    for sampler, options in (("ddim", {"eta": 0.7}), ("tcd", {"eta": 0.0}), ("tcd", {"eta": 0.8})):
        run = lambda: run_diffusers(sampler, LATER_CONFIGS[0], 8, **options)
        add(sampler, "model", LATER_CONFIGS[0], 8, run, options, short=True)

    dump = lambda value: json.dumps(value, separators=(",", ":"))
    lines = ",\n".join(map(dump, cases))
    text = f'{{"configs":{dump(configs)},\n"cases":[\n{lines}\n]}}\n'
    Path(__file__).with_name("golden.json").write_text(text)
    failed = sum(case["x"] is None for case in cases)
    print(f"{len(cases)} cases, {failed} of which fail in the reference")


if __name__ == "__main__":
    main()
