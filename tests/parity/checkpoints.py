"""The tiny checkpoints: published layouts and configs, narrow layers, random weights.

The JSON files are written by hand, with the keys that published ones have and no others: what a config leaves out is part
of the test.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

import vocabulary
import weights

FOLDER = Path(__file__).parent / "checkpoints"
VERSION = "0.36.0"

CROSS_DOWN, PLAIN_DOWN = "CrossAttnDownBlock2D", "DownBlock2D"
CROSS_UP, PLAIN_UP = "CrossAttnUpBlock2D", "UpBlock2D"

# As stable-diffusion-v1-5 publishes it: no timestep_spacing, so each sampler falls back on its own default.
PNDM = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": VERSION,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}


@dataclass
class Checkpoint:
    """One folder: what its config.json files hold beside the class names, and what model_index.json says more."""

    pipeline: str
    scheduler: dict
    unet: dict
    vae: dict
    text_encoder: dict | None = None
    text_encoder_2: dict | None = None
    pad: str = vocabulary.END
    index: dict = field(default_factory=dict)


def unet(**changes) -> dict:
    return {
        "act_fn": "silu",
        "attention_head_dim": 2,
        "block_out_channels": [16, 16, 16, 16],
        "center_input_sample": False,
        "cross_attention_dim": 32,
        "down_block_types": [CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, PLAIN_DOWN],
        "downsample_padding": 1,
        "flip_sin_to_cos": True,
        "freq_shift": 0,
        "in_channels": 4,
        "layers_per_block": 2,
        "mid_block_scale_factor": 1,
        "norm_eps": 1e-05,
        "norm_num_groups": 4,
        "out_channels": 4,
        "sample_size": 8,
        "up_block_types": [PLAIN_UP, CROSS_UP, CROSS_UP, CROSS_UP],
        **changes,
    }


def unet_xl(**changes) -> dict:
    return unet(
        addition_embed_type="text_time",
        addition_embed_type_num_heads=64,
        addition_time_embed_dim=8,
        attention_head_dim=[2, 3, 3],
        block_out_channels=[12, 18, 18],
        cross_attention_dim=48,
        down_block_types=[PLAIN_DOWN, CROSS_DOWN, CROSS_DOWN],
        norm_num_groups=6,
        projection_class_embeddings_input_dim=32 + 6 * 8,
        transformer_layers_per_block=[1, 1, 2],
        up_block_types=[CROSS_UP, CROSS_UP, PLAIN_UP],
        upcast_attention=None,
        use_linear_projection=True,
        **changes,
    )


def vae(**changes) -> dict:
    return {
        "act_fn": "silu",
        "block_out_channels": [8, 8, 16, 16],
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "in_channels": 3,
        "latent_channels": 4,
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "out_channels": 3,
        "sample_size": 64,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        **changes,
    }


def text_encoder(**changes) -> dict:
    return {
        "architectures": ["CLIPTextModel"],
        "attention_dropout": 0.0,
        "bos_token_id": 0,
        "dropout": 0.0,
        # Not the vocabulary's: published configs say 2, and transformers then takes the highest id for the end.
        "eos_token_id": 2,
        "hidden_act": "quick_gelu",
        "hidden_size": 32,
        "initializer_factor": 1.0,
        "initializer_range": 0.02,
        "intermediate_size": 64,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": vocabulary.MAX_LENGTH,
        "model_type": "clip_text_model",
        "num_attention_heads": 4,
        "num_hidden_layers": 3,
        "pad_token_id": 1,
        "projection_dim": 32,
        "torch_dtype": "float32",
        "vocab_size": 1000,
        **changes,
    }


def second_text_encoder(**changes) -> dict:
    return text_encoder(
        architectures=["CLIPTextModelWithProjection"],
        hidden_act="gelu",
        hidden_size=24,
        intermediate_size=48,
        num_attention_heads=3,
        num_hidden_layers=4,
        **changes,
    )


CHECKPOINTS = {
    "sd1": Checkpoint(
        pipeline="StableDiffusionPipeline",
        scheduler=PNDM,
        unet=unet(),
        vae=vae(),
        text_encoder=text_encoder(),
    ),
    "sd2v": Checkpoint(
        pipeline="StableDiffusionPipeline",
        scheduler={
            **PNDM,
            "_class_name": "DDIMScheduler",
            "prediction_type": "v_prediction",
        },
        unet=unet(
            attention_head_dim=[1, 2, 3, 3],
            block_out_channels=[12, 12, 18, 18],
            dual_cross_attention=False,
            norm_num_groups=6,
            num_class_embeds=None,
            only_cross_attention=False,
            upcast_attention=True,
            use_linear_projection=True,
        ),
        vae=vae(scaling_factor=0.18215),
        # Already one layer short, as the 23 of 24 that SD2 publishes.
        text_encoder=text_encoder(hidden_act="gelu", num_hidden_layers=2, projection_dim=16),
        pad="!",
    ),
    "sdxl": Checkpoint(
        pipeline="StableDiffusionXLPipeline",
        scheduler={
            **PNDM,
            "_class_name": "EulerDiscreteScheduler",
            "interpolation_type": "linear",
            "prediction_type": "epsilon",
            "sample_max_value": 1.0,
            "timestep_spacing": "leading",
            "use_karras_sigmas": False,
        },
        unet=unet_xl(),
        vae=vae(force_upcast=True, scaling_factor=0.13025),
        text_encoder=text_encoder(hidden_size=24, num_attention_heads=2, projection_dim=24),
        text_encoder_2=second_text_encoder(),
        index={"force_zeros_for_empty_prompt": True},
    ),
    "refiner": Checkpoint(
        pipeline="StableDiffusionXLImg2ImgPipeline",
        scheduler={
            **PNDM,
            "_class_name": "EulerDiscreteScheduler",
            "interpolation_type": "linear",
            "prediction_type": "epsilon",
            "timestep_spacing": "leading",
            "use_karras_sigmas": False,
        },
        unet={
            **unet_xl(),
            "attention_head_dim": [2, 2, 3, 3],
            "block_out_channels": [12, 12, 18, 18],
            "cross_attention_dim": 24,
            "down_block_types": [PLAIN_DOWN, CROSS_DOWN, CROSS_DOWN, PLAIN_DOWN],
            "layers_per_block": 1,
            "projection_class_embeddings_input_dim": 32 + 5 * 8,
            "transformer_layers_per_block": 2,
            "up_block_types": [PLAIN_UP, CROSS_UP, CROSS_UP, PLAIN_UP],
        },
        vae=vae(force_upcast=True, scaling_factor=0.13025),
        text_encoder_2=second_text_encoder(),
        index={"force_zeros_for_empty_prompt": False, "requires_aesthetics_score": True},
    ),
    "lcm": Checkpoint(
        pipeline="LatentConsistencyModelPipeline",
        scheduler={
            **PNDM,
            "_class_name": "LCMScheduler",
            "beta_schedule": "scaled_linear",
            "clip_sample_range": 1.0,
            "dynamic_thresholding_ratio": 0.995,
            "original_inference_steps": 50,
            "prediction_type": "epsilon",
            "rescale_betas_zero_snr": False,
            "sample_max_value": 1.0,
            "set_alpha_to_one": True,
            "steps_offset": 0,
            "thresholding": False,
            "timestep_scaling": 10.0,
            "timestep_spacing": "leading",
        },
        unet=unet(layers_per_block=1, time_cond_proj_dim=16),
        vae=vae(),
        text_encoder=text_encoder(),
    ),
    "turbo": Checkpoint(
        pipeline="StableDiffusionPipeline",
        scheduler={
            **PNDM,
            "_class_name": "EulerAncestralDiscreteScheduler",
            "interpolation_type": "linear",
            "prediction_type": "epsilon",
            "sample_max_value": 1.0,
            "timestep_spacing": "trailing",
            "use_karras_sigmas": False,
        },
        unet=unet(
            attention_head_dim=[2, 2, 3],
            block_out_channels=[16, 16, 24],
            down_block_types=[CROSS_DOWN, CROSS_DOWN, PLAIN_DOWN],
            layers_per_block=1,
            up_block_types=[PLAIN_UP, CROSS_UP, CROSS_UP],
            use_linear_projection=True,
        ),
        vae=vae(scaling_factor=0.18215),
        text_encoder=text_encoder(hidden_act="gelu", num_hidden_layers=2),
        pad="!",
    ),
    # Deep blocks, head sizes that are no power of two, several transformer layers, and sizes that do not halve evenly.
    "odd1": Checkpoint(
        pipeline="StableDiffusionPipeline",
        scheduler={
            "_class_name": "DPMSolverMultistepScheduler",
            "_diffusers_version": VERSION,
            "algorithm_type": "dpmsolver++",
            "beta_end": 0.02,
            "beta_schedule": "linear",
            "beta_start": 0.0001,
            "dynamic_thresholding_ratio": 0.995,
            "euler_at_final": True,
            "final_sigmas_type": "zero",
            "lambda_min_clipped": float("-inf"),
            "lower_order_final": True,
            "num_train_timesteps": 1000,
            "prediction_type": "epsilon",
            "sample_max_value": 1.0,
            "solver_order": 2,
            "solver_type": "heun",
            "steps_offset": 0,
            "thresholding": False,
            "timestep_spacing": "trailing",
            "trained_betas": None,
            "use_karras_sigmas": True,
            "variance_type": None,
        },
        unet=unet(
            attention_head_dim=[1, 2, 2, 5],
            block_out_channels=[10, 10, 10, 15],
            cross_attention_dim=20,
            down_block_types=[CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, CROSS_DOWN],
            layers_per_block=3,
            norm_num_groups=5,
            sample_size=[8, 12],
            transformer_layers_per_block=2,
            up_block_types=[CROSS_UP, CROSS_UP, CROSS_UP, CROSS_UP],
            use_linear_projection=True,
        ),
        vae=vae(block_out_channels=[6, 9, 12, 12], layers_per_block=2, norm_num_groups=3, scaling_factor=0.3),
        text_encoder=text_encoder(
            bos_token_id=998,
            eos_token_id=999,
            hidden_act="gelu",
            hidden_size=20,
            intermediate_size=50,
            num_attention_heads=2,
            pad_token_id=999,
        ),
    ),
    # As the distilled small models: no middle block, uneven depth, attention at other levels, a VAE that halves twice.
    "odd2": Checkpoint(
        pipeline="StableDiffusionPipeline",
        scheduler={**PNDM, "beta_schedule": "squaredcos_cap_v2", "timestep_spacing": "linspace"},
        unet=unet(
            attention_head_dim=[4, 3, 2],
            block_out_channels=[16, 24, 16],
            down_block_types=[CROSS_DOWN, PLAIN_DOWN, CROSS_DOWN],
            layers_per_block=[1, 2, 1],
            mid_block_type=None,
            norm_num_groups=8,
            only_cross_attention=[True, False, False],
            sample_size=16,
            up_block_types=[CROSS_UP, PLAIN_UP, CROSS_UP],
        ),
        vae=vae(
            block_out_channels=[8, 16, 16],
            down_block_types=["DownEncoderBlock2D"] * 3,
            layers_per_block=1,
            mid_block_add_attention=False,
            norm_num_groups=2,
            scaling_factor=0.5,
            up_block_types=["UpDecoderBlock2D"] * 3,
            use_post_quant_conv=False,
            use_quant_conv=False,
        ),
        text_encoder=text_encoder(num_attention_heads=1, num_hidden_layers=1),
    ),
    # As the distilled SDXL models: nested lists of depths, other ones on the way up.
    "odd3": Checkpoint(
        pipeline="StableDiffusionXLPipeline",
        scheduler={**PNDM, "_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing"},
        unet={
            **unet_xl(),
            "mid_block_type": "UNetMidBlock2D",
            "reverse_transformer_layers_per_block": [[2, 1, 1], [1, 2, 1], 1],
            "transformer_layers_per_block": [1, [2, 1], [1, 2]],
        },
        vae=vae(force_upcast=False, scaling_factor=0.13025),
        text_encoder=text_encoder(hidden_size=24, num_attention_heads=2, projection_dim=24),
        text_encoder_2=second_text_encoder(),
        index={"force_zeros_for_empty_prompt": False},
    ),
    # As stable-diffusion-inpainting: the UNet is shown the mask and the picture around it.
    "inpaint": Checkpoint(
        pipeline="StableDiffusionInpaintPipeline",
        scheduler=PNDM,
        unet=unet(in_channels=9, layers_per_block=1),
        vae=vae(),
        text_encoder=text_encoder(),
    ),
}


def write_all() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for number, (name, checkpoint) in enumerate(CHECKPOINTS.items()):
        write(FOLDER / name, checkpoint, seed=1000 * (number + 1))


def write(folder: Path, checkpoint: Checkpoint, seed: int) -> None:
    xl = checkpoint.text_encoder_2 is not None
    index = {"_class_name": checkpoint.pipeline, "_diffusers_version": VERSION, **checkpoint.index}
    if not xl:
        index.update(safety_checker=[None, None], feature_extractor=[None, None], requires_safety_checker=False)
    for part, config in [("text_encoder", checkpoint.text_encoder), ("text_encoder_2", checkpoint.text_encoder_2)]:
        tokenizer = part.replace("text_encoder", "tokenizer")
        if config is None:
            # The refiner names the encoder it lacks.
            if xl:
                index.update({part: [None, None], tokenizer: [None, None]})
            continue
        seed += 1
        class_name = config["architectures"][0]
        model = {"CLIPTextModel": CLIPTextModel, "CLIPTextModelWithProjection": CLIPTextModelWithProjection}[class_name](
            CLIPTextConfig(**config)
        )
        weights.fill(model, seed)
        save(folder / part, "model.safetensors", model, config)
        vocabulary.write(folder / tokenizer, pad="!" if part == "text_encoder_2" else checkpoint.pad)
        index.update({part: ["transformers", class_name], tokenizer: ["transformers", "CLIPTokenizer"]})

    model = UNet2DConditionModel.from_config(checkpoint.unet)
    weights.fill_unet(model, seed + 10, denoises=checkpoint.scheduler.get("prediction_type") != "v_prediction")
    save(folder / "unet", "diffusion_pytorch_model.safetensors", model, checkpoint.unet)

    model = AutoencoderKL.from_config(checkpoint.vae)
    weights.fill_vae(model, seed + 20)
    save(folder / "vae", "diffusion_pytorch_model.safetensors", model, checkpoint.vae)

    (folder / "scheduler").mkdir()
    vocabulary.write_json(folder / "scheduler" / "scheduler_config.json", checkpoint.scheduler)
    index.update(
        scheduler=["diffusers", checkpoint.scheduler["_class_name"]],
        unet=["diffusers", "UNet2DConditionModel"],
        vae=["diffusers", "AutoencoderKL"],
    )
    vocabulary.write_json(folder / "model_index.json", index)


def save(folder: Path, file: str, model, config: dict) -> None:
    weights.round_to_halves(model)
    folder.mkdir(parents=True)
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    # The buffer that older transformers saved and newer ones do not.
    tensors.pop("text_model.embeddings.position_ids", None)
    save_file(tensors, folder / file, metadata={"format": "pt"})
    class_name = {} if "architectures" in config else {"_class_name": type(model).__name__, "_diffusers_version": VERSION}
    vocabulary.write_json(folder / "config.json", {**class_name, **config})
