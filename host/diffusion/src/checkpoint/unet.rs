use std::path::Path;

use serde_json::{Value, json};

use super::CheckpointError;
use super::fields::Fields;

/// What a level of the UNet is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Residual blocks (`DownBlock2D`, `UpBlock2D`).
    Plain,
    /// Residual blocks, each followed by a transformer over the text (`CrossAttn…Block2D`).
    CrossAttention,
}

/// One level of the UNet, as the way down has it; the way up is its mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What it is made of on the way down.
    pub down: BlockKind,
    /// What it is made of on the way up.
    pub up: BlockKind,
    /// Its channels.
    pub channels: usize,
    /// Residual blocks on the way down; one more on the way up.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Transformer blocks after each residual block on the way down.
    pub down_depths: Vec<usize>,
    /// Transformer blocks after each residual block on the way up.
    pub up_depths: Vec<usize>,
    /// Channels of the text embedding.
    pub text_channels: usize,
    /// Whether the first attention of a transformer block looks at the text too.
    pub only_cross_attention: bool,
}

/// The middle of the UNet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Middle {
    /// Nothing.
    None,
    /// One residual block.
    Plain,
    /// Two residual blocks with a transformer of so many blocks between them.
    CrossAttention(usize),
}

/// What is added to the time embedding besides the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedCondition {
    /// Nothing (SD 1 and 2).
    None,
    /// The pooled text and six (or five) numbers about size, crop and aesthetics (SDXL).
    TextTime {
        /// Channels of the embedding of each number.
        time_channels: usize,
        /// Channels of everything together.
        input_channels: usize,
    },
}

/// The config of a `UNet2DConditionModel`, as far as SD 1.x, SD 2.x, SDXL, Turbo and LCM checkpoints vary it.
#[derive(Clone, Debug, PartialEq)]
pub struct UNetConfig {
    /// Channels in: 4, or 9 for inpainting.
    pub in_channels: usize,
    /// Channels out.
    pub out_channels: usize,
    /// Height and width of the latents that it was trained for.
    pub sample_size: [usize; 2],
    /// The levels, from the latent down.
    pub levels: Vec<Level>,
    /// The middle.
    pub middle: Middle,
    /// Padding of the strided convolutions (1, or 0 for one that is asymmetric).
    pub downsample_padding: usize,
    /// Whether the sample is mapped from [0, 1] to [-1, 1] first.
    pub center_input_sample: bool,
    /// Whether cosines come before sines in the time embedding.
    pub flip_sin_to_cos: bool,
    /// Shift of the frequencies of the time embedding.
    pub freq_shift: f32,
    /// Groups of the group norms.
    pub norm_num_groups: usize,
    /// Epsilon of the group norms.
    pub norm_eps: f32,
    /// Whether the transformers' projections are linear layers rather than 1×1 convolutions.
    pub use_linear_projection: bool,
    /// Whether attention is computed in 32 bits always.
    pub upcast_attention: bool,
    /// Divisor of each residual block's output in the middle.
    pub mid_block_scale_factor: f32,
    /// Channels of the guidance embedding of LCM-distilled models.
    pub time_cond_proj_dim: Option<usize>,
    /// What is added to the time embedding.
    pub added: AddedCondition,
    /// Kernel size of the first convolution.
    pub conv_in_kernel: usize,
    /// Kernel size of the last convolution.
    pub conv_out_kernel: usize,
    /// Keys of the config that mean nothing here.
    pub ignored: Vec<String>,
}

impl UNetConfig {
    /// Reads a `config.json`.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let fields = Fields::read(path)?;
        refuse_what_has_no_form(&fields)?;

        let channels = fields.levels("block_out_channels")?;
        let count = channels.len();
        let down = block_kinds(&fields, "down_block_types", "Down", count)?;
        let mut up = block_kinds(&fields, "up_block_types", "Up", count)?;
        up.reverse();
        let layers = fields.size_per_level("layers_per_block", count, Some(2))?;
        fields.few("layers_per_block", &layers)?;
        // Named `attention_head_dim` for history's sake, it is the number of heads:
        // https://github.com/huggingface/diffusers/issues/2011
        let heads = if fields.get("num_attention_heads").is_some() {
            fields.size_per_level("num_attention_heads", count, None)?
        } else {
            fields.size_per_level("attention_head_dim", count, Some(8))?
        };
        let text = fields.size_per_level("cross_attention_dim", count, Some(1280))?;
        let only_cross = flags_per_level(&fields, "only_cross_attention", count)?;
        let down_depths = depths(&fields, DEPTHS, &layers, false)?;
        let up_layers: Vec<_> = layers.iter().map(|layers| layers + 1).collect();
        let up_depths = if fields.get(UP_DEPTHS).is_some() {
            depths(&fields, UP_DEPTHS, &up_layers, true)?
        } else {
            let uniform = |(depths, layers): (&Vec<usize>, &usize)| {
                let depth = depths[0];
                depths
                    .iter()
                    .all(|d| *d == depth)
                    .then(|| vec![depth; *layers])
            };
            down_depths
                .iter()
                .zip(&up_layers)
                .map(uniform)
                .collect::<Option<_>>()
                .ok_or_else(|| {
                    fields.error(
                        UP_DEPTHS,
                        "a list, as the way down has several depths in one level",
                    )
                })?
        };

        for (level, (channels, heads)) in channels.iter().zip(&heads).enumerate() {
            let attends = down[level] == BlockKind::CrossAttention
                || up[level] == BlockKind::CrossAttention
                || level + 1 == count;
            if attends && !channels.is_multiple_of(*heads) {
                return Err(fields.error(
                    "attention_head_dim",
                    format!("a divisor of {channels}, the channels of level {level}"),
                ));
            }
        }

        let levels: Vec<_> = (0..count)
            .map(|i| Level {
                down: down[i],
                up: up[i],
                channels: channels[i],
                layers: layers[i],
                heads: heads[i],
                down_depths: down_depths[i].clone(),
                up_depths: up_depths[i].clone(),
                text_channels: text[i],
                only_cross_attention: only_cross[i],
            })
            .collect();
        let cross = Middle::CrossAttention(down_depths[count - 1][0]);
        let middle = match fields.text("mid_block_type")? {
            Some("UNetMidBlock2DCrossAttn") => cross,
            Some("UNetMidBlock2D") => Middle::Plain,
            // An absent key means the class default, an explicit null means no middle.
            None if !fields.has("mid_block_type") => cross,
            None => Middle::None,
            Some(_) => {
                return Err(fields.error(
                    "mid_block_type",
                    "\"UNetMidBlock2DCrossAttn\", \"UNetMidBlock2D\" or null",
                ));
            }
        };
        Ok(Self {
            in_channels: fields.size("in_channels", 4)?,
            out_channels: fields.size("out_channels", 4)?,
            sample_size: match fields.get("sample_size") {
                None => [64; 2],
                Some(_) => match fields.size_per_level("sample_size", 2, None)?[..] {
                    [height, width] if height.max(width) <= MOST_LATENTS => [height, width],
                    _ => {
                        let expected = format!("a number or two, at most {MOST_LATENTS}");
                        return Err(fields.error("sample_size", expected));
                    }
                },
            },
            levels,
            middle,
            downsample_padding: fields.float("downsample_padding", 1.0)? as usize,
            center_input_sample: fields.flag("center_input_sample", false)?,
            flip_sin_to_cos: fields.flag("flip_sin_to_cos", true)?,
            freq_shift: fields.float("freq_shift", 0.0)? as f32,
            norm_num_groups: fields.groups(&channels)?,
            norm_eps: fields.float("norm_eps", 1e-5)? as f32,
            use_linear_projection: fields.flag("use_linear_projection", false)?,
            upcast_attention: fields.flag("upcast_attention", false)?,
            mid_block_scale_factor: fields.float("mid_block_scale_factor", 1.0)? as f32,
            time_cond_proj_dim: fields.maybe_size("time_cond_proj_dim")?,
            added: added_condition(&fields)?,
            conv_in_kernel: odd(&fields, "conv_in_kernel")?,
            conv_out_kernel: odd(&fields, "conv_out_kernel")?,
            ignored: fields.ignored(),
        })
    }

    /// Channels of the time embedding.
    pub fn time_channels(&self) -> usize {
        self.levels[0].channels * 4
    }

    /// Channels of the text embedding that the pipeline has to bring.
    pub fn text_channels(&self) -> usize {
        self.levels[0].text_channels
    }
}

/// Keys that some UNets use for what no graph here computes: each must be absent or say "off".
fn refuse_what_has_no_form(fields: &Fields) -> Result<(), CheckpointError> {
    for (key, off) in [
        ("act_fn", json!("silu")),
        ("attention_type", json!("default")),
        ("class_embed_type", json!(null)),
        ("class_embeddings_concat", json!(false)),
        ("cross_attention_norm", json!(null)),
        ("dropout", json!(0.0)),
        ("dual_cross_attention", json!(false)),
        ("encoder_hid_dim", json!(null)),
        ("encoder_hid_dim_type", json!(null)),
        ("mid_block_only_cross_attention", json!(null)),
        ("num_class_embeds", json!(null)),
        ("resnet_out_scale_factor", json!(1.0)),
        ("resnet_skip_time_act", json!(false)),
        ("resnet_time_scale_shift", json!("default")),
        ("time_embedding_act_fn", json!(null)),
        ("time_embedding_dim", json!(null)),
        ("time_embedding_type", json!("positional")),
        ("timestep_post_act", json!(null)),
    ] {
        fields.only(key, off)?;
    }
    // Only read together with values refused above.
    let _ = fields.get("addition_embed_type_num_heads");
    Ok(())
}

fn block_kinds(
    fields: &Fields,
    key: &str,
    way: &str,
    count: usize,
) -> Result<Vec<BlockKind>, CheckpointError> {
    let (plain, attention) = (format!("{way}Block2D"), format!("CrossAttn{way}Block2D"));
    let expected = || fields.error(key, format!("{count} of \"{plain}\" or \"{attention}\""));
    let kinds = fields.texts(key)?;
    if kinds.len() != count {
        return Err(expected());
    }
    kinds
        .iter()
        .map(|kind| match kind {
            kind if *kind == plain => Ok(BlockKind::Plain),
            kind if *kind == attention => Ok(BlockKind::CrossAttention),
            _ => Err(expected()),
        })
        .collect()
}

fn flags_per_level(fields: &Fields, key: &str, count: usize) -> Result<Vec<bool>, CheckpointError> {
    let expected = || fields.error(key, format!("true, false or a list of {count}"));
    match fields.get(key) {
        None => Ok(vec![false; count]),
        Some(Value::Bool(flag)) => Ok(vec![*flag; count]),
        Some(Value::Array(list)) if list.len() == count => list
            .iter()
            .map(|flag| flag.as_bool().ok_or_else(expected))
            .collect(),
        Some(_) => Err(expected()),
    }
}

/// The largest edge of latents that a model may be trained for: 8192 pixels, as requests may ask for.
const MOST_LATENTS: usize = 1024;

const DEPTHS: &str = "transformer_layers_per_block";
const UP_DEPTHS: &str = "reverse_transformer_layers_per_block";

/// Transformer blocks after each residual block, by level of the way down. Each level's entry is a number or
/// a list of one for each residual block; `mirrored` says that the list runs the other way.
fn depths(
    fields: &Fields,
    key: &str,
    layers: &[usize],
    mirrored: bool,
) -> Result<Vec<Vec<usize>>, CheckpointError> {
    let number = |value: &Value| value.as_u64().filter(|n| *n < 1000).map(|n| n as usize);
    let level = |entry: &Value, layers: usize| match entry {
        Value::Array(each) if each.len() == layers => each.iter().map(number).collect(),
        entry => number(entry).map(|depth| vec![depth; layers]),
    };
    let depths: Option<Vec<Vec<usize>>> = match fields.get(key) {
        None => Some(layers.iter().map(|layers| vec![1; *layers]).collect()),
        Some(Value::Array(list)) if list.len() == layers.len() => {
            let mut entries: Vec<_> = list.iter().collect();
            if mirrored {
                entries.reverse();
            }
            let levels = entries.into_iter().zip(layers);
            levels
                .map(|(entry, layers)| level(entry, *layers))
                .collect()
        }
        Some(entry) => layers.iter().map(|layers| level(entry, *layers)).collect(),
    };
    depths.ok_or_else(|| {
        fields.error(
            key,
            format!(
                "a number or a list of {}, one number (or list) for each level",
                layers.len()
            ),
        )
    })
}

fn added_condition(fields: &Fields) -> Result<AddedCondition, CheckpointError> {
    match fields.text("addition_embed_type")? {
        None => {
            let _ = fields.get("addition_time_embed_dim");
            let _ = fields.get("projection_class_embeddings_input_dim");
            Ok(AddedCondition::None)
        }
        Some("text_time") => Ok(AddedCondition::TextTime {
            time_channels: fields.required_size("addition_time_embed_dim")?,
            input_channels: fields.required_size("projection_class_embeddings_input_dim")?,
        }),
        Some(_) => Err(fields.error("addition_embed_type", "null or \"text_time\"")),
    }
}

fn odd(fields: &Fields, key: &str) -> Result<usize, CheckpointError> {
    let kernel = fields.size(key, 3)?;
    if kernel % 2 == 1 && kernel < 16 {
        Ok(kernel)
    } else {
        Err(fields.error(key, "an odd number"))
    }
}
