"""What each part of each checkpoint answers in torch: one small safetensors file a checkpoint.

Names are `part.tensor`. Everything that goes in is stored beside what comes out, so a test needs no torch noise. The
prompts behind `input_ids` are in the file's metadata, as a JSON list.
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

import checkpoints
import prompts
import vocabulary

FOLDER = Path(__file__).parent / "golden" / "parts"

PROMPTS = [prompts.PROMPT, prompts.LONG_PROMPT, ""]

# The second lies between two training steps, as Karras' sigmas need.
TIMESTEPS = [981.0, 37.25]


@torch.no_grad()
def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(checkpoints.CHECKPOINTS):
        generator = torch.Generator().manual_seed(number)
        folder = checkpoints.FOLDER / name
        tensors = {}
        for part in ("text_encoder", "text_encoder_2"):
            if (folder / part).exists():
                tensors |= text_encoder(folder, part)
        # The refiner is told a score of beauty instead of a size.
        sizes = 5 if checkpoints.CHECKPOINTS[name].index.get("requires_aesthetics_score") else 6
        tensors |= unet(folder / "unet", sizes, generator)
        tensors |= vae(folder / "vae", generator)
        tensors = {key: tensor.contiguous() for key, tensor in tensors.items()}
        save_file(tensors, FOLDER / f"{name}.safetensors", {"prompts": json.dumps(PROMPTS)})


def text_encoder(folder: Path, part: str) -> dict[str, torch.Tensor]:
    tokenizer = vocabulary.open_tokenizer(folder / part.replace("text_encoder", "tokenizer"))
    ids = torch.tensor(vocabulary.encode(tokenizer, PROMPTS))
    second = part == "text_encoder_2"
    model = (CLIPTextModelWithProjection if second else CLIPTextModel).from_pretrained(folder / part).eval()
    out = model(ids, output_hidden_states=True)
    answer = {
        "input_ids": ids,
        "last_hidden_state": out.last_hidden_state,
        "penultimate": out.hidden_states[-2],
    }
    if second:
        answer["text_embeds"] = out.text_embeds
    else:
        answer["pooled"] = out.pooler_output
    return {f"{part}.{key}": value for key, value in answer.items()}


def unet(folder: Path, sizes: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    model = UNet2DConditionModel.from_pretrained(folder).eval()
    exact = UNet2DConditionModel.from_pretrained(folder).eval().double()
    # Some inputs make a random network enlarge torch's own rounding errors up to the bar. Those would test nothing else.
    while True:
        inputs = unet_inputs(model, sizes, generator)
        outputs = unet_outputs(model, inputs)
        better = unet_outputs(exact, {name: tensor.double() for name, tensor in inputs.items()})
        if all((outputs[name] - better[name]).abs().max() < 1e-5 for name in outputs):
            return {f"unet.{name}": tensor for name, tensor in {**inputs, **outputs}.items()}


def unet_inputs(model: UNet2DConditionModel, sizes: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    config = model.config

    def randn(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    # 12 by 10 halves to odd sizes: the way up must look at the way down, not double.
    inputs = {
        "sample": randn(2, config.in_channels, 12, 10),
        "timesteps": torch.tensor(TIMESTEPS),
        "encoder_hidden_states": randn(2, vocabulary.MAX_LENGTH, config.cross_attention_dim),
    }
    if config.time_cond_proj_dim:
        inputs["timestep_cond"] = randn(2, config.time_cond_proj_dim)
    if config.addition_embed_type == "text_time":
        width = config.projection_class_embeddings_input_dim - sizes * config.addition_time_embed_dim
        time_ids = [[96.0, 80.0, 8.0, 0.0, 96.0, 80.0], [1024.0, 768.0, 0.0, 0.0, 6.0, 2.5]]
        inputs |= {"text_embeds": randn(2, width), "time_ids": torch.tensor(time_ids)[:, :sizes]}
    # What a ControlNet would add: one number a channel, the same for every pixel.
    for i, channels in enumerate(skips(model, lambda: call(model, inputs, inputs["timesteps"][0]))):
        inputs[f"control.{i}"] = randn(2, channels, 1, 1)
    inputs["control.middle"] = randn(2, config.block_out_channels[-1], 1, 1)
    return inputs


def unet_outputs(model: UNet2DConditionModel, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    timesteps = inputs["timesteps"]
    down = [tensor for name, tensor in inputs.items() if name.startswith("control.") and name != "control.middle"]
    control = {"down_block_additional_residuals": down, "mid_block_additional_residual": inputs["control.middle"]}
    return {
        # One call a timestep over the whole batch, as a pipeline calls it.
        "output": torch.stack([call(model, inputs, timestep) for timestep in timesteps]),
        "controlled": call(model, inputs, timesteps[0], **control),
    }


def call(model: UNet2DConditionModel, inputs: dict[str, torch.Tensor], timestep: torch.Tensor, **control) -> torch.Tensor:
    return model(
        inputs["sample"],
        timestep,
        inputs["encoder_hidden_states"],
        timestep_cond=inputs.get("timestep_cond"),
        added_cond_kwargs={name: inputs[name] for name in ("text_embeds", "time_ids") if name in inputs},
        **control,
    ).sample


def skips(model: UNet2DConditionModel, run) -> list[int]:
    """How many channels each skip connection has, in the order of the way down."""
    seen = []

    def look(_block, _arguments, keywords):
        seen[:0] = [skip.shape[1] for skip in keywords["res_hidden_states_tuple"]]

    hooks = [block.register_forward_pre_hook(look, with_kwargs=True) for block in model.up_blocks]
    run()
    for hook in hooks:
        hook.remove()
    return seen


def vae(folder: Path, generator: torch.Generator) -> dict[str, torch.Tensor]:
    model = AutoencoderKL.from_pretrained(folder).eval()
    factor = 2 ** (len(model.config.block_out_channels) - 1)
    latent = 3 * torch.randn((1, model.config.latent_channels, 6, 5), generator=generator)
    image = torch.rand((1, 3, 6 * factor, 5 * factor), generator=generator) * 2 - 1
    return {
        # As the network takes it: a pipeline's latents are divided by scaling_factor first.
        "vae.latent": latent,
        "vae.decoded": model.decode(latent).sample,
        "vae.image": image,
        # Mean and logarithm of the variance, one above the other, the latter not clamped.
        "vae.moments": model.encode(image).latent_dist.parameters,
    }
