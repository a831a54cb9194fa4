//! How the networks' tensors are called in files of the original latent diffusion code (LDM), before diffusers.

/// What the VAE's tensors begin with in a file that has the rest of a model too.
pub(super) const VAE_PREFIX: &str = "first_stage_model.";

/// The name in diffusers of a tensor of an `AutoencoderKL`; one that is called the same in both stays. `levels` is how
/// many the VAE has: on the way up LDM counts them from the other end.
pub(super) fn vae_tensor(name: &str, levels: usize) -> String {
    let Some((side, rest)) = name.split_once('.') else {
        return name.to_owned();
    };
    if !["encoder", "decoder"].contains(&side) {
        return name.to_owned();
    }
    let parts: Vec<&str> = rest.split('.').collect();
    let renamed = match parts.as_slice() {
        ["norm_out", tensor] => Some(format!("conv_norm_out.{tensor}")),
        ["mid", "block_1", rest @ ..] => Some(format!("mid_block.resnets.0.{}", resnet(rest))),
        ["mid", "block_2", rest @ ..] => Some(format!("mid_block.resnets.1.{}", resnet(rest))),
        ["mid", "attn_1", layer, tensor] => {
            attention(layer).map(|layer| format!("mid_block.attentions.0.{layer}.{tensor}"))
        }
        [way @ ("down" | "up"), level, rest @ ..] => level
            .parse()
            .ok()
            .and_then(|level: usize| self::level(way, level, levels, rest)),
        _ => None,
    };
    renamed.map_or_else(|| name.to_owned(), |renamed| format!("{side}.{renamed}"))
}

fn level(way: &str, level: usize, levels: usize, rest: &[&str]) -> Option<String> {
    let level = match way {
        "down" => level,
        _ => levels.checked_sub(level + 1)?,
    };
    let inner = match rest {
        ["block", number, rest @ ..] => format!("resnets.{number}.{}", resnet(rest)),
        ["downsample", "conv", tensor] => format!("downsamplers.0.conv.{tensor}"),
        ["upsample", "conv", tensor] => format!("upsamplers.0.conv.{tensor}"),
        _ => return None,
    };
    Some(format!("{way}_blocks.{level}.{inner}"))
}

fn resnet(rest: &[&str]) -> String {
    rest.join(".").replacen("nin_shortcut", "conv_shortcut", 1)
}

fn attention(layer: &str) -> Option<&'static str> {
    Some(match layer {
        "norm" => "group_norm",
        "q" => "to_q",
        "k" => "to_k",
        "v" => "to_v",
        "proj_out" => "to_out.0",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::vae_tensor;

    #[test]
    fn names_become_those_of_diffusers() {
        for (ldm, diffusers) in [
            ("encoder.conv_in.weight", "encoder.conv_in.weight"),
            ("encoder.norm_out.bias", "encoder.conv_norm_out.bias"),
            (
                "encoder.down.1.block.0.nin_shortcut.weight",
                "encoder.down_blocks.1.resnets.0.conv_shortcut.weight",
            ),
            (
                "encoder.down.2.downsample.conv.bias",
                "encoder.down_blocks.2.downsamplers.0.conv.bias",
            ),
            (
                "decoder.up.3.block.2.conv1.weight",
                "decoder.up_blocks.0.resnets.2.conv1.weight",
            ),
            (
                "decoder.up.1.upsample.conv.weight",
                "decoder.up_blocks.2.upsamplers.0.conv.weight",
            ),
            (
                "decoder.mid.block_2.norm1.weight",
                "decoder.mid_block.resnets.1.norm1.weight",
            ),
            (
                "decoder.mid.attn_1.proj_out.weight",
                "decoder.mid_block.attentions.0.to_out.0.weight",
            ),
            ("quant_conv.weight", "quant_conv.weight"),
            // Nobody knows these: whoever builds the network says so.
            (
                "decoder.up.9.block.0.conv1.weight",
                "decoder.up.9.block.0.conv1.weight",
            ),
            (
                "decoder.mid.attn_1.gate.weight",
                "decoder.mid.attn_1.gate.weight",
            ),
        ] {
            assert_eq!(vae_tensor(ldm, 4), diffusers);
        }
    }
}
