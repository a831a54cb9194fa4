use std::fmt;
use std::str::FromStr;

use aquatint_diffusion::pipeline::StepRule;
use serde::{Deserialize, Serialize};

use super::{InvalidRequest, within};
use crate::inputs::InputId;

const STRENGTH: std::ops::RangeInclusive<f32> = 0.0..=1.0;
const BLUR: std::ops::RangeInclusive<f32> = 0.0..=64.0;
const PADDING: std::ops::RangeInclusive<u32> = 0..=4096;
const OUTPAINT: std::ops::RangeInclusive<u32> = 0..=4096;

/// A picture to begin from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Init {
    /// The picture.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "b3:…"))]
    pub picture: InputId,
    /// How much of it is drawn anew, 0 to 1.
    #[serde(default = "strength")]
    pub strength: f32,
    /// How many steps that is; `None` is as the schedule's program has it: diffusers where the schedule is the
    /// model's, else A1111.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "a1111"))]
    pub steps: Option<StepRule>,
    /// How it is brought to the size that is drawn. `None` is [`Resize::Keep`] where no size is asked for, else
    /// [`Resize::Stretch`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resize>,
    /// What is drawn around it.
    #[serde(default, skip_serializing_if = "Outpaint::is_nothing")]
    pub outpaint: Outpaint,
    /// Where it may change. `None` is everywhere, or, where something is drawn around it, only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskUse>,
}

/// What A1111 begins with.
fn strength() -> f32 {
    0.75
}

/// How a picture is brought to another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Resize {
    /// It is drawn at its own size, whatever that is: its edges are continued to what the model can draw, and cut off
    /// again.
    Keep,
    /// It is stretched ("Just resize" in A1111).
    Stretch,
    /// It is scaled to cover, and cut ("Crop and resize").
    Crop,
    /// It is scaled to fit, and its edges are continued ("Resize and fill").
    Fill,
    /// Its latents are stretched ("Just resize (latent upscale)").
    Latent,
}

/// How many pixels are drawn beyond each edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Outpaint {
    /// Left of it.
    pub left: u32,
    /// Right of it.
    pub right: u32,
    /// Above it.
    pub up: u32,
    /// Below it.
    pub down: u32,
}

/// Where a picture may change, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MaskUse {
    /// A picture that is white where the other may change. `None` only where something is drawn around it.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "b3:…"))]
    pub picture: Option<InputId>,
    /// Whether black and white change places.
    pub invert: bool,
    /// Standard deviation in pixels by which the mask's edge is softened.
    pub blur: f32,
    /// What is in the masked part when drawing begins. `None` is [`Fill::Original`], or [`Fill::Fill`] where something
    /// is drawn around the picture.
    pub fill: Option<Fill>,
    /// Whether only the masked part is drawn, at the whole size, and put back.
    pub only_masked: bool,
    /// How many pixels around it are drawn with it then.
    pub padding: u32,
    /// Whether what the mask keeps are the picture's own pixels, rather than what the VAE makes of them.
    pub overlay: bool,
}

impl Default for MaskUse {
    fn default() -> Self {
        Self {
            picture: None,
            invert: false,
            blur: 4.0,
            fill: None,
            only_masked: false,
            padding: 32,
            overlay: true,
        }
    }
}

/// What is in the masked part when drawing begins (A1111's "masked content").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// The colours around it, blurred.
    Fill,
    /// What was there.
    Original,
    /// Noise.
    Noise,
    /// Nothing: latents of zero.
    Nothing,
}

macro_rules! names {
    ($type:ident, $what:literal, $($name:literal => $value:ident),+) => {
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The name in requests and recipes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wanted = text.trim().to_ascii_lowercase();
                let found = Self::ALL.iter().find(|it| it.name() == wanted);
                found.copied().ok_or_else(|| UnknownWord {
                    what: $what,
                    given: text.to_owned(),
                    known: &[$($name),+],
                })
            }
        }
    };
}
pub(super) use names;

/// A word that is none of those that a field may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is `{given}`, expected one of {}", known.join(", "))]
pub struct UnknownWord {
    pub(super) what: &'static str,
    pub(super) given: String,
    pub(super) known: &'static [&'static str],
}

names!(Resize, "resize", "keep" => Keep, "stretch" => Stretch, "crop" => Crop, "fill" => Fill, "latent" => Latent);
names!(Fill, "fill", "fill" => Fill, "original" => Original, "noise" => Noise, "nothing" => Nothing);

impl Outpaint {
    /// Whether nothing is drawn around the picture.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// `left=64,down=128`, or one number for all four.
impl FromStr for Outpaint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = || "expected pixels such as 64, or left=64,right=64,up=0,down=32".to_owned();
        let pixels = |text: &str| text.trim().parse::<u32>().map_err(|_| expected());
        if !text.contains('=') {
            let all = pixels(text)?;
            return Ok(Self {
                left: all,
                right: all,
                up: all,
                down: all,
            });
        }
        let mut outpaint = Self::default();
        for part in text.split(',') {
            let (side, count) = part.split_once('=').ok_or_else(expected)?;
            let side = match side.trim() {
                "left" => &mut outpaint.left,
                "right" => &mut outpaint.right,
                "up" | "top" => &mut outpaint.up,
                "down" | "bottom" => &mut outpaint.down,
                _ => return Err(expected()),
            };
            *side = pixels(count)?;
        }
        Ok(outpaint)
    }
}

impl Init {
    /// From a picture, with everything else as A1111 begins.
    #[must_use]
    pub fn new(picture: InputId) -> Self {
        Self {
            picture,
            strength: strength(),
            steps: None,
            resize: None,
            outpaint: Outpaint::default(),
            mask: None,
        }
    }

    /// The mask that counts.
    #[must_use]
    pub fn mask(&self) -> Option<MaskUse> {
        match &self.mask {
            Some(mask) => Some(mask.clone()),
            None if self.outpaint.is_nothing() => None,
            None => Some(MaskUse::default()),
        }
    }

    pub(super) fn validate(&self) -> Result<(), InvalidRequest> {
        within("strength", self.strength, &STRENGTH)?;
        let Outpaint {
            left,
            right,
            up,
            down,
        } = self.outpaint;
        for side in [left, right, up, down] {
            within("outpaint", side, &OUTPAINT)?;
        }
        let Some(mask) = &self.mask else {
            return Ok(());
        };
        within("mask_blur", mask.blur, &BLUR)?;
        within("padding", mask.padding, &PADDING)?;
        if mask.picture.is_none() && self.outpaint.is_nothing() {
            return Err(InvalidRequest::Missing {
                field: "mask",
                expected: "a picture that is white where the other may change",
            });
        }
        if self.resize == Some(Resize::Latent) {
            return Err(InvalidRequest::Missing {
                field: "resize",
                expected: "another than `latent`, which stretches no mask",
            });
        }
        Ok(())
    }
}
