"""Golden pictures by diffusers' own pipelines: which cases there are, and how each is drawn."""

import dataclasses
import inspect
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from PIL import Image

import checkpoints
import prompts

FOLDER = Path(__file__).parent / "golden" / "pictures"
INDEX = Path(__file__).parent / "golden" / "pictures.json"
COLUMNS = 6

SEEDS = (0, 42, 2**32 - 1)
CFGS = (1.0, 7.5)
SPACINGS = ("leading", "linspace", "trailing")
SIGMA_FLAGS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas")

# A sampler is a diffusers class, and what it needs beside the checkpoint's config.
SAMPLERS = {
    "Euler": (EulerDiscreteScheduler, {}),
    "Euler a": (EulerAncestralDiscreteScheduler, {}),
    "Heun": (HeunDiscreteScheduler, {}),
    "DDIM": (DDIMScheduler, {}),
    "DPM++ 2M": (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    "DPM++ 2M SDE": (DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
    "UniPC": (UniPCMultistepScheduler, {}),
    "LCM": (LCMScheduler, {}),
    "PNDM": (PNDMScheduler, {}),
    "DDPM": (DDPMScheduler, {}),
}


@dataclass(frozen=True)
class Case:
    """One run of the command. `config` is laid over the checkpoint's scheduler_config.json; tuples keep it hashable."""

    checkpoint: str = "sd1"
    sampler: str = "Euler"
    schedule: str = "model"
    config: tuple[tuple[str, object], ...] = ()
    prompt: str = prompts.PROMPT
    negative: str = prompts.NEGATIVE
    seed: int = 0
    steps: int = 6
    cfg: float = 7.5
    cfg_rescale: float = 0.0
    width: int = 64
    height: int = 64
    batch: int = 1
    sheet: str = ""
    # More flags of the command, and the size of what comes out where that is another.
    flags: tuple[str, ...] = ()
    drawn: tuple[int, int] | None = None

    def seedless(self) -> "Case":
        return dataclasses.replace(self, seed=0)


def takes(sampler: str, option: str) -> bool:
    return option in inspect.signature(SAMPLERS[sampler][0].__init__).parameters


def slug(sampler: str) -> str:
    return sampler.lower().replace("+", "p").replace(" ", "-")


def seeds_and_cfgs(case: Case, seeds=SEEDS, cfgs=CFGS) -> list[Case]:
    return [dataclasses.replace(case, seed=seed, cfg=cfg) for cfg, seed in itertools.product(cfgs, seeds)]


def cases() -> list[Case]:
    return [*samplers(), *step_counts(), *scheduler_configs(), *other_checkpoints(), *requests()]


def samplers() -> list[Case]:
    """Every sampler with every schedule that diffusers has for it."""
    out = []
    for sampler in SAMPLERS:
        case = Case(sampler=sampler, sheet=f"sd1-{slug(sampler)}")
        out += seeds_and_cfgs(case)
        # LCM picks its steps from its own training schedule: the spacing is never read.
        for spacing in SPACINGS if sampler != "LCM" else ():
            out += seeds_and_cfgs(dataclasses.replace(case, schedule=spacing))
        for flag in SIGMA_FLAGS:
            if takes(sampler, flag):
                out += seeds_and_cfgs(dataclasses.replace(case, config=((flag, True),)))
    return out


def step_counts() -> list[Case]:
    """The first and last steps of multistep samplers are special, and differ again above 15 steps."""
    return [
        # LCM noises its answer anew at every step: guided over 20 steps, a rounding difference of 1e-6 grows to 1e-2.
        Case(sampler=sampler, steps=steps, cfg=1.0 if (sampler, steps) == ("LCM", 20) else 7.5, sheet="sd1-steps")
        for sampler in SAMPLERS
        for steps in (1, 2, 3, 20)
    ]


def scheduler_configs() -> list[Case]:
    """What else a scheduler_config.json may say."""
    several = ["Euler", "Euler a", "Heun", "DDIM", "DPM++ 2M", "UniPC", "PNDM", "DDPM"]
    edits = [
        (several, {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02}),
        (several, {"beta_schedule": "squaredcos_cap_v2"}),
        (several, {"steps_offset": 0, "timestep_spacing": "leading"}),
        (["DDIM", "PNDM", "LCM"], {"set_alpha_to_one": True}),
        (["PNDM"], {"skip_prk_steps": False}),
        (["Heun", "DDIM", "DDPM", "LCM"], {"clip_sample": True, "clip_sample_range": 1.5}),
        (["DDPM"], {"variance_type": "fixed_large"}),
        (["DPM++ 2M", "DPM++ 2M SDE"], {"solver_order": 1}),
        (["DPM++ 2M", "DPM++ 2M SDE"], {"solver_type": "heun"}),
        (["DPM++ 2M", "DPM++ 2M SDE"], {"euler_at_final": True}),
        (["DPM++ 2M", "DPM++ 2M SDE"], {"lower_order_final": False}),
        (["DPM++ 2M", "DPM++ 2M SDE"], {"use_lu_lambdas": True}),
        (["DPM++ 2M", "UniPC"], {"solver_order": 3}),
        # These two have no answer at sigma 0.
        (["UniPC"], {"solver_type": "bh1", "final_sigmas_type": "sigma_min"}),
        (["UniPC"], {"predict_x0": False, "final_sigmas_type": "sigma_min"}),
        (["UniPC"], {"disable_corrector": (0, 1)}),
        (["Euler", "DPM++ 2M", "UniPC"], {"final_sigmas_type": "sigma_min"}),
        (["LCM"], {"original_inference_steps": 20}),
        (["LCM"], {"timestep_scaling": 5.0}),
        # PNDM, which the checkpoint names, does not know this one.
        (["Euler", "DDIM", "DPM++ 2M"], {"_class_name": "DDIMScheduler", "prediction_type": "sample"}),
    ]
    return [
        Case(sampler=sampler, config=tuple(config.items()), sheet="sd1-configs")
        for names, config in edits
        for sampler in names
    ]


def other_checkpoints() -> list[Case]:
    out = []
    for sampler in SAMPLERS:
        out += seeds_and_cfgs(Case(checkpoint="sd2v", sampler=sampler, sheet="sd2v"))

    zero_snr = (("rescale_betas_zero_snr", True), ("timestep_spacing", "trailing"))
    for sampler in ("DDIM", "Euler", "Euler a", "DPM++ 2M", "UniPC", "DDPM"):
        for cfg_rescale in (0.0, 0.7):
            case = Case(checkpoint="sd2v", sampler=sampler, config=zero_snr, cfg_rescale=cfg_rescale, sheet="sd2v-zsnr")
            out += seeds_and_cfgs(case, cfgs=(7.5,))

    for checkpoint, names in {
        "sdxl": ("Euler", "DPM++ 2M", "DPM++ 2M SDE"),
        "odd2": ("PNDM", "DDIM", "Euler a"),
        "odd3": ("Euler", "UniPC", "Heun"),
    }.items():
        for sampler in names:
            out += seeds_and_cfgs(Case(checkpoint=checkpoint, sampler=sampler, sheet=checkpoint))

    for sampler in ("DPM++ 2M", "DPM++ 2M SDE", "UniPC", "Euler"):
        out += seeds_and_cfgs(Case(checkpoint="odd1", sampler=sampler, width=96, sheet="odd1"))

    for steps in (1, 4, 6):
        out += seeds_and_cfgs(Case(checkpoint="lcm", sampler="LCM", steps=steps, sheet="lcm"))
    for steps in (1, 2, 4):
        for sampler in ("Euler a", "Euler"):
            out += seeds_and_cfgs(Case(checkpoint="turbo", sampler=sampler, steps=steps, sheet="turbo"), cfgs=(1.0,))
    return out


def requests() -> list[Case]:
    """Words, sizes and batches."""
    out = []
    for checkpoint in ("sd1", "sd2v", "sdxl", "odd3"):
        base = Case(checkpoint=checkpoint, sampler="Euler", sheet="words")
        out += [
            dataclasses.replace(base, negative=""),
            dataclasses.replace(base, prompt="", negative=""),
            dataclasses.replace(base, prompt=""),
            dataclasses.replace(base, negative="", cfg=1.0),
            dataclasses.replace(base, cfg_rescale=0.7),
        ]
    for sampler in ("Euler a", "DPM++ 2M", "DDPM"):
        out.append(Case(sampler=sampler, batch=2, seed=7, sheet="batches"))
    out.append(Case(sampler="DPM++ 2M SDE", batch=3, seed=2**32 - 1, cfg=1.0, sheet="batches"))
    out.append(Case(checkpoint="sdxl", sampler="Euler a", batch=2, seed=7, sheet="batches"))
    out.append(Case(checkpoint="lcm", sampler="LCM", batch=2, seed=7, steps=4, sheet="batches"))
    for width, height in ((96, 64), (64, 96), (72, 40), (128, 64)):
        for checkpoint in ("sd1", "sdxl", "odd2"):
            sampler = "Euler a"
            out.append(
                Case(checkpoint=checkpoint, sampler=sampler, width=width, height=height, sheet=f"sizes-{width}x{height}")
            )
    out.append(Case(checkpoint="odd1", sampler="DPM++ 2M", width=64, height=96, sheet="sizes-64x96"))
    return out


class Drawer:
    """Pipelines are opened once a checkpoint."""

    def __init__(self):
        self.pipelines = {}

    def pipeline(self, checkpoint: str) -> DiffusionPipeline:
        if checkpoint not in self.pipelines:
            folder = checkpoints.FOLDER / checkpoint
            xl = {"add_watermarker": False} if checkpoints.CHECKPOINTS[checkpoint].text_encoder_2 else {}
            pipeline = DiffusionPipeline.from_pretrained(folder, **xl)
            pipeline.set_progress_bar_config(disable=True)
            self.pipelines[checkpoint] = pipeline
        return self.pipelines[checkpoint]

    def draw(self, case: Case, seeds: list[int]) -> list[Image.Image]:
        pipeline = self.pipeline(case.checkpoint)
        pipeline.scheduler = scheduler(case)
        seeds = [seed + i for seed in seeds for i in range(case.batch)]
        arguments = {
            "prompt": [case.prompt] * len(seeds),
            "num_inference_steps": case.steps,
            "guidance_scale": case.cfg,
            "width": case.width,
            "height": case.height,
            "generator": [torch.Generator().manual_seed(seed) for seed in seeds],
        }
        # The LCM pipeline has neither: its guidance is an input of the UNet.
        if "negative_prompt" in inspect.signature(pipeline.__call__).parameters:
            # None, not "": SDXL answers only the former with zeros.
            arguments["negative_prompt"] = [case.negative] * len(seeds) if case.negative else None
            arguments["guidance_rescale"] = case.cfg_rescale
        return pipeline(**arguments).images


def scheduler(case: Case):
    cls, needs = SAMPLERS[case.sampler]
    config = scheduler_config(case)
    if case.schedule != "model":
        config["timestep_spacing"] = case.schedule
    return cls.from_config({**config, **needs})


def scheduler_config(case: Case) -> dict:
    return {**checkpoints.CHECKPOINTS[case.checkpoint].scheduler, **dict(case.config)}


class Album:
    """Tiles in contact sheets, and the index that says which case is where."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.sheets: dict[str, list[Image.Image]] = {}
        self.entries: list[dict] = []

    def add(self, case: Case, tiles: list[Image.Image]) -> None:
        for tile in tiles:
            low, high = tile.convert("L").getextrema()
            assert high - low > 50, f"a flat picture proves nothing: {case}"
        sheet = self.sheets.setdefault(case.sheet, [])
        # What the defaults at the head of the index say already is left out.
        entry = {
            name: value for name, value in dataclasses.asdict(case).items() if value != getattr(type(case)(), name)
        }
        if case.config:
            entry["config"] = dict(case.config)
        entry["tile"] = len(sheet)
        self.entries.append(entry)
        sheet.extend(tiles)

    def save(self, index: Path, default: Case = Case()) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, tiles in self.sheets.items():
            width, height = tiles[0].size
            rows = -(-len(tiles) // COLUMNS)
            image = Image.new("RGB", (width * min(COLUMNS, len(tiles)), height * rows))
            for i, tile in enumerate(tiles):
                image.paste(tile, (i % COLUMNS * width, i // COLUMNS * height))
            image.save(self.folder / f"{name}.png", optimize=True)
        defaults = {**dataclasses.asdict(default), "config": {}}
        lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in self.entries)
        head = json.dumps(defaults, ensure_ascii=False)
        index.write_text(f'{{\n "columns": {COLUMNS},\n "defaults": {head},\n "cases": [\n{lines}\n ]\n}}\n', encoding="utf-8")


def draw_all(everything: list[Case], draw: Callable[[Case, list[int]], list[Image.Image]], album: Album) -> None:
    assert len(set(everything)) == len(everything), "a case is listed twice"
    # Cases that differ only in their seed are drawn together.
    groups: dict[Case, list[int]] = {}
    for case in everything:
        groups.setdefault(case.seedless(), []).append(case.seed)
    drawn = {}
    for case, seeds in groups.items():
        images = draw(case, seeds)
        for i, seed in enumerate(seeds):
            drawn[case, seed] = images[i * case.batch : (i + 1) * case.batch]
    for case in everything:
        album.add(case, drawn[case.seedless(), case.seed])


def write() -> None:
    album = Album(FOLDER)
    draw_all(cases(), Drawer().draw, album)
    album.save(INDEX)
