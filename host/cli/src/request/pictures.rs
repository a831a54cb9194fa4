//! The flags about pictures that a drawing begins from, and about a second drawing over the first.

use std::path::{Path, PathBuf};

use aquatint_diffusion::pipeline::StepRule;
use aquatint_studio::image_file::FileKind;
use aquatint_studio::{
    Decoder, Fill, Hires, Init, Inputs, MaskUse, Outpaint, Request, Resize, Upscaler,
};
use clap::Args;

use super::parse_size;
use crate::exit::Usage;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PictureArgs {
    /// A picture to begin from, or, for `generate`, a folder of them
    #[arg(long, value_name = "FILE|DIR", help_heading = "From a picture")]
    pub(crate) init: Option<PathBuf>,
    /// How much of it to draw anew, 0 to 1 [default: 0.75]
    #[arg(
        long,
        value_name = "F",
        allow_negative_numbers = true,
        help_heading = "From a picture"
    )]
    strength: Option<f32>,
    /// How many steps a strength is: diffusers, a1111, or exact for all of --steps [default: as the schedule's program]
    #[arg(
        long,
        value_name = "diffusers|a1111|exact",
        help_heading = "From a picture"
    )]
    strength_steps: Option<StepRule>,
    /// How to bring it to --size: keep, stretch, crop, fill or latent [default: stretch, or keep without --size]
    #[arg(long, value_name = "MODE", help_heading = "From a picture")]
    resize: Option<Resize>,
    /// How many pixels to draw around it, such as 64, or left=64,down=32
    #[arg(long, value_name = "PIXELS", help_heading = "From a picture")]
    outpaint: Option<Outpaint>,
    /// A picture that is white where the other may change
    #[arg(long, value_name = "FILE", help_heading = "From a picture")]
    mask: Option<PathBuf>,
    /// Draw where the mask is black
    #[arg(long, help_heading = "From a picture")]
    mask_invert: bool,
    /// How far to soften the mask's edge, in pixels [default: 4]
    #[arg(
        long,
        value_name = "F",
        allow_negative_numbers = true,
        help_heading = "From a picture"
    )]
    mask_blur: Option<f32>,
    /// What the masked part begins with: fill, original, noise or nothing [default: original]
    #[arg(long, value_name = "WHAT", help_heading = "From a picture")]
    fill: Option<Fill>,
    /// Draw the masked part alone, at the whole size, and put it back
    #[arg(long, help_heading = "From a picture")]
    only_masked: bool,
    /// How many pixels around the masked part to draw with it then [default: 32]
    #[arg(long, value_name = "N", help_heading = "From a picture")]
    padding: Option<u32>,
    /// Leave what the mask keeps as the model gives it back, rather than as it was
    #[arg(long, help_heading = "From a picture")]
    no_overlay: bool,
    /// Draw again over the picture, larger by this factor or at this size
    #[arg(long, value_name = "F|WxH", help_heading = "Larger")]
    hires: Option<String>,
    /// What makes it larger: latent, latent-bicubic, latent-nearest-exact, lanczos and others [default: latent]
    #[arg(long, value_name = "NAME", help_heading = "Larger")]
    hires_upscaler: Option<String>,
    /// Steps of the second drawing [default: as many as the first]
    #[arg(long, value_name = "N", help_heading = "Larger")]
    hires_steps: Option<u32>,
    /// How much of the first to draw anew, 0 to 1 [default: 0.7]
    #[arg(
        long,
        value_name = "F",
        allow_negative_numbers = true,
        help_heading = "Larger"
    )]
    hires_strength: Option<f32>,
    /// Its sampler [default: the first's]
    #[arg(long, value_name = "NAME", help_heading = "Larger")]
    hires_sampler: Option<String>,
    /// Its schedule [default: the first's]
    #[arg(long, value_name = "NAME", help_heading = "Larger")]
    hires_schedule: Option<String>,
    /// Its prompt [default: the first's]
    #[arg(long, value_name = "TEXT", help_heading = "Larger")]
    hires_prompt: Option<String>,
    /// Its negative prompt [default: the first's]
    #[arg(long, value_name = "TEXT", help_heading = "Larger")]
    hires_negative: Option<String>,
    /// Its guidance scale [default: the first's]
    #[arg(
        long,
        value_name = "F",
        allow_negative_numbers = true,
        help_heading = "Larger"
    )]
    hires_cfg: Option<f32>,
    /// Send pictures through the VAE in tiles, or never [default: above 2 megapixels]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    vae_tiling: Option<bool>,
    /// What makes pixels of latents: the model's own VAE, or a tiny one that is many times as fast [default: full]
    #[arg(long, value_name = "full|tiny")]
    decoder: Option<Decoder>,
}

impl PictureArgs {
    /// These flags over a request. Pictures are kept in the data folder.
    pub(crate) fn over(&self, base: &mut Request, inputs: &Inputs) -> anyhow::Result<()> {
        self.init_over(base, inputs)?;
        self.hires_over(base)?;
        base.vae_tiling = self.vae_tiling.or(base.vae_tiling);
        base.decoder = self.decoder.unwrap_or(base.decoder);
        Ok(())
    }

    fn init_over(&self, base: &mut Request, inputs: &Inputs) -> anyhow::Result<()> {
        if let Some(file) = &self.init {
            if file.is_dir() {
                return Err(Usage(format!(
                    "{} is a folder: expected a picture to begin from (`generate` takes folders)",
                    file.display()
                ))
                .into());
            }
            let picture = inputs.keep_file(file)?;
            base.init = Some(match base.init.take() {
                Some(init) => Init { picture, ..init },
                None => Init::new(picture),
            });
        }
        let Some(init) = &mut base.init else {
            return match self.needs_init() {
                Some(flag) => Err(Usage(format!(
                    "{flag} needs a picture to begin from: name it with --init FILE"
                ))
                .into()),
                None => Ok(()),
            };
        };
        init.strength = self.strength.unwrap_or(init.strength);
        init.steps = self.strength_steps.or(init.steps);
        init.resize = self.resize.or(init.resize);
        init.outpaint = self.outpaint.unwrap_or(init.outpaint);
        if let Some(file) = &self.mask {
            let mask = init.mask.get_or_insert_default();
            mask.picture = Some(inputs.keep_file(file)?);
        }
        if let Some(flag) = self.needs_mask()
            && init.mask.is_none()
        {
            if init.outpaint.is_nothing() {
                return Err(Usage(format!(
                    "{flag} needs a mask: name it with --mask FILE, or draw around the picture with --outpaint"
                ))
                .into());
            }
            init.mask = Some(MaskUse::default());
        }
        if let Some(mask) = &mut init.mask {
            mask.invert |= self.mask_invert;
            mask.blur = self.mask_blur.unwrap_or(mask.blur);
            mask.fill = self.fill.or(mask.fill);
            mask.only_masked |= self.only_masked;
            mask.padding = self.padding.unwrap_or(mask.padding);
            mask.overlay &= !self.no_overlay;
        }
        Ok(())
    }

    fn needs_init(&self) -> Option<&'static str> {
        let given = [
            ("--strength", self.strength.is_some()),
            ("--strength-steps", self.strength_steps.is_some()),
            ("--resize", self.resize.is_some()),
            ("--outpaint", self.outpaint.is_some()),
            ("--mask", self.mask.is_some()),
        ];
        let given = given.into_iter().find(|(_, given)| *given);
        given.map(|(flag, _)| flag).or_else(|| self.needs_mask())
    }

    fn needs_mask(&self) -> Option<&'static str> {
        let given = [
            ("--mask-invert", self.mask_invert),
            ("--mask-blur", self.mask_blur.is_some()),
            ("--fill", self.fill.is_some()),
            ("--only-masked", self.only_masked),
            ("--padding", self.padding.is_some()),
            ("--no-overlay", self.no_overlay),
        ];
        given
            .into_iter()
            .find(|(_, given)| *given)
            .map(|(flag, _)| flag)
    }

    fn hires_over(&self, base: &mut Request) -> anyhow::Result<()> {
        let asks = self.hires.is_some() || base.hires.is_some();
        let flags = [
            ("--hires-upscaler", self.hires_upscaler.is_some()),
            ("--hires-steps", self.hires_steps.is_some()),
            ("--hires-strength", self.hires_strength.is_some()),
            ("--hires-sampler", self.hires_sampler.is_some()),
            ("--hires-schedule", self.hires_schedule.is_some()),
            ("--hires-prompt", self.hires_prompt.is_some()),
            ("--hires-negative", self.hires_negative.is_some()),
            ("--hires-cfg", self.hires_cfg.is_some()),
        ];
        if !asks {
            return match flags.into_iter().find(|(_, given)| *given) {
                Some((flag, _)) => Err(Usage(format!(
                    "{flag} needs a second drawing: ask for one with --hires 2"
                ))
                .into()),
                None => Ok(()),
            };
        }
        let hires = base.hires.get_or_insert_default();
        if let Some(larger) = &self.hires {
            *hires = Hires {
                width: None,
                height: None,
                ..hires.clone()
            };
            if let Ok((width, height)) = parse_size(larger) {
                (hires.width, hires.height) = (Some(width), Some(height));
            } else {
                hires.scale = larger.trim().parse().map_err(|_| {
                    Usage(format!(
                        "--hires is `{larger}`, expected a factor such as 1.5 or a size such as 1024x768"
                    ))
                })?;
            }
        }
        if let Some(name) = &self.hires_upscaler {
            hires.upscaler = Upscaler::parse(name).map_err(|error| Usage(error.to_string()))?;
        }
        hires.steps = self.hires_steps.or(hires.steps);
        hires.strength = self.hires_strength.unwrap_or(hires.strength);
        hires.cfg = self.hires_cfg.or(hires.cfg);
        let names = [
            (&self.hires_sampler, &mut hires.sampler),
            (&self.hires_schedule, &mut hires.schedule),
            (&self.hires_prompt, &mut hires.prompt),
            (&self.hires_negative, &mut hires.negative),
        ];
        for (given, field) in names {
            if given.is_some() {
                field.clone_from(given);
            }
        }
        Ok(())
    }
}

/// The pictures of a folder, by their names, in order.
pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = |error| anyhow::anyhow!("cannot read {}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let mut start = [0; 32];
        let is_picture = path.is_file()
            && std::fs::File::open(&path)
                .and_then(|mut file| std::io::Read::read(&mut file, &mut start))
                .is_ok_and(|read| FileKind::of(&start[..read]).is_some());
        if is_picture {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Usage(format!(
            "{} has no picture in it, expected PNG, JPEG, WebP, GIF or BMP files",
            folder.display()
        ))
        .into());
    }
    Ok(files)
}
