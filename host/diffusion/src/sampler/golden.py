"""Writes golden.json: whole runs of real diffusers and k-diffusion with a toy model.

    python golden.py

Needs torch, scipy, diffusers (0.36) and k-diffusion (0.1.1, `pip install --no-deps` is enough: the
solvers that it imports and we do not run are stood in for here).

A case is a sampler, a schedule, a scheduler config, a number of steps, the timesteps that the model
was told and the final sample; the sample is null where the reference fails or is not finite. The
toy model and the seeds are in tests.rs, too.
"""

import importlib.util
import json
import sys
import types
import warnings
from pathlib import Path

import scipy.stats
import torch

import diffusers
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
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
# What a sampler does whatever the config says.
FORCED = {"dpmpp_2m_sde": {"algorithm_type": "sde-dpmsolver++"}}
NAMED = ["normal", "karras", "exponential", "beta", "sgm_uniform", "simple"]


def toy_model(x, timestep):
    t = torch.as_tensor(timestep).to(torch.float32).flatten()[0]
    return 0.6 * torch.tanh(x) + 0.3 * torch.sin(t / 100)


# ---- diffusers


def run_diffusers(sampler, config, steps, spacing=None):
    overrides = dict(FORCED.get(sampler, {}))
    if spacing:
        overrides["timestep_spacing"] = spacing
    scheduler = CLASSES[sampler].from_config(dict(config), **overrides)
    scheduler.set_timesteps(steps)
    return follow(scheduler, scheduler.init_noise_sigma)


def follow(scheduler, init_noise_sigma):
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator) * init_noise_sigma
    takes_generator = "generator" in scheduler.step.__code__.co_varnames
    for t in scheduler.timesteps:
        output = toy_model(scheduler.scale_model_input(x, t), t)
        more = {"generator": generator} if takes_generator else {}
        x = scheduler.step(output, t, x, **more).prev_sample
    return scheduler.timesteps.tolist(), x


# ---- k-diffusion


def load_k_diffusion():
    for name, attributes in {"torchdiffeq": ["odeint"], "torchsde": []}.items():
        stand_in = types.ModuleType(name)
        for attribute in attributes:
            setattr(stand_in, attribute, None)
        sys.modules.setdefault(name, stand_in)
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
    return torch.tensor(values + [0.0], dtype=torch.float32)


def run_named(sampler, schedule, config, steps, k):
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
    sigmas = named_sigmas(schedule, steps, denoiser, sampling).to(exact)
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator).to(exact) * sigmas[0]
    fresh = lambda *_: torch.randn(SHAPE, generator=generator).to(exact)
    noisy = {"noise_sampler": fresh, "disable": True}
    if sampler in ("euler", "ddim"):
        x = sampling.sample_euler(denoiser, x, sigmas, disable=True)
    elif sampler in ("euler_a", "ddpm"):
        x = sampling.sample_euler_ancestral(denoiser, x, sigmas, **noisy)
    elif sampler == "heun":
        x = sampling.sample_heun(denoiser, x, sigmas, disable=True)
    elif sampler == "dpmpp_2m":
        x = sampling.sample_dpmpp_2m(denoiser, x, sigmas, disable=True)
    elif sampler == "dpmpp_2m_sde":
        x = sampling.sample_dpmpp_2m_sde(denoiser, x, sigmas, **noisy)
    elif sampler == "lcm":
        x = sample_lcm(denoiser, x, sigmas, fresh)
    elif sampler == "pndm":
        x = sample_plms(denoiser, x, sigmas)
    elif sampler == "unipc":
        return run_named_unipc(config, sigmas, denoiser)
    return told, x


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
    return follow(scheduler, sigmas[0] / (sigmas[0] ** 2 + 1) ** 0.5)


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


def case(sampler, schedule, config, steps, run):
    try:
        timesteps, sample = run()
        if not torch.isfinite(sample).all():
            raise ArithmeticError
        result = {"t": rounded(timesteps, 7), "x": rounded(sample.flatten().tolist(), 7)}
    except (AssertionError, IndexError):
        # Where the first two timesteps are equal, diffusers' solvers begin with the second step,
        # and fall off the end. There is nothing to compare.
        return []
    except Exception:
        result = {"t": [], "x": None}
    return [{"sampler": sampler, "schedule": schedule, "config": config, "steps": steps, **result}]


def main():
    k = load_k_diffusion()
    configs, cases = [], []

    def add(sampler, schedule, config, steps, run):
        if config not in configs:
            configs.append(config)
        cases.extend(case(sampler, schedule, configs.index(config), steps, run))

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

    dump = lambda value: json.dumps(value, separators=(",", ":"))
    lines = ",\n".join(map(dump, cases))
    text = f'{{"configs":{dump(configs)},\n"cases":[\n{lines}\n]}}\n'
    Path(__file__).with_name("golden.json").write_text(text)
    failed = sum(case["x"] is None for case in cases)
    print(f"{len(cases)} cases, {failed} of which fail in the reference")


if __name__ == "__main__":
    main()
