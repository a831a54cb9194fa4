//! Params about pictures that a drawing begins from, and about the second drawing over the first.

use aquatint_sandbox::settings::Value;

use super::{Given, InvalidParam, STEPS, widened};
use crate::inputs::InputId;
use crate::request::{Fill, Hires, Init, InvalidRequest, MaskUse, Request, Resize, Upscaler};

/// Of [`Init`], where there is one.
pub(super) const INIT_KEYS: [&str; 4] = ["strength", "resize", "mask_blur", "fill"];
/// Of [`Hires`], where there is one.
pub(super) const HIRES_KEYS: [&str; 9] = [
    "hires_scale",
    "hires_upscaler",
    "hires_steps",
    "hires_strength",
    "hires_sampler",
    "hires_schedule",
    "hires_prompt",
    "hires_negative",
    "hires_cfg",
];

impl Request {
    /// One of [`INIT_KEYS`] or [`HIRES_KEYS`].
    pub(super) fn picture_param(&self, key: &str) -> Option<Value> {
        let number = |number: f32| Value::Number(widened(number));
        if INIT_KEYS.contains(&key) {
            let init = self.init.as_ref()?;
            return Some(match key {
                "strength" => number(init.strength),
                "resize" => Value::Choice(init.resize?.name().to_owned()),
                "mask_blur" => number(init.mask.as_ref()?.blur),
                _ => Value::Choice(init.mask.as_ref()?.fill?.name().to_owned()),
            });
        }
        let hires = self.hires.as_ref()?;
        let choice = |name: &Option<String>| name.clone().map(Value::Choice);
        Some(match key {
            "hires_scale" => number(hires.scale),
            "hires_upscaler" => Value::Choice(hires.upscaler.name().to_owned()),
            "hires_steps" => Value::Int(hires.steps?.into()),
            "hires_strength" => number(hires.strength),
            "hires_sampler" => choice(&hires.sampler)?,
            "hires_schedule" => choice(&hires.schedule)?,
            "hires_prompt" => Value::Text(hires.prompt.clone()?),
            "hires_negative" => Value::Text(hires.negative.clone()?),
            "hires_cfg" => number(hires.cfg?),
            _ => return None,
        })
    }

    /// Sets `init` or `mask` to a picture that is kept.
    pub(super) fn set_picture(
        &mut self,
        key: &'static str,
        value: &Value,
    ) -> Result<(), InvalidParam> {
        let id: Option<InputId> = match value {
            Value::Auto => None,
            Value::Picture(name) | Value::Text(name) => Some(name.parse()?),
            _ => return Given { key, value }.wrong("a picture"),
        };
        if key == "init" {
            self.init = id.map(|id| match self.init.take() {
                Some(init) => Init {
                    picture: id,
                    ..init
                },
                None => Init::new(id),
            });
            return Ok(());
        }
        let Some(init) = &mut self.init else {
            return if id.is_none() {
                Ok(())
            } else {
                Err(needs_init(key))
            };
        };
        init.mask = id.map(|id| MaskUse {
            picture: Some(id),
            ..init.mask.take().unwrap_or_default()
        });
        Ok(())
    }

    pub(super) fn set_of_init(&mut self, given: &Given<'_>) -> Result<(), InvalidParam> {
        let Some(init) = &mut self.init else {
            return match given.value {
                Value::Auto => Ok(()),
                _ => Err(needs_init(given.key)),
            };
        };
        match given.key {
            "strength" => {
                let default = Init::new(init.picture).strength;
                init.strength = given.number()?.unwrap_or(default);
            }
            "resize" => init.resize = given.word::<Resize>()?,
            key => {
                let Some(mask) = &mut init.mask else {
                    return match given.value {
                        Value::Auto => Ok(()),
                        _ => Err(InvalidRequest::Missing {
                            field: key,
                            expected: "a mask beside it",
                        }
                        .into()),
                    };
                };
                match key {
                    "mask_blur" => {
                        mask.blur = given.number()?.unwrap_or(MaskUse::default().blur);
                    }
                    _ => mask.fill = given.word::<Fill>()?,
                }
            }
        }
        Ok(())
    }

    /// Any of them but `auto` asks for a second drawing; without a scale there is none.
    pub(super) fn set_of_hires(&mut self, given: &Given<'_>) -> Result<(), InvalidParam> {
        if *given.value == Value::Auto && (given.key == "hires_scale" || self.hires.is_none()) {
            if given.key == "hires_scale" {
                self.hires = None;
            }
            return Ok(());
        }
        let default = Hires::default();
        let hires = self.hires.get_or_insert_default();
        match given.key {
            "hires_scale" => hires.scale = given.number()?.unwrap_or(default.scale),
            "hires_upscaler" => {
                hires.upscaler = match given.name()? {
                    Some(name) => Upscaler::parse(&name)?,
                    None => default.upscaler,
                }
            }
            "hires_steps" => hires.steps = given.int(&STEPS)?,
            "hires_strength" => hires.strength = given.number()?.unwrap_or(default.strength),
            "hires_sampler" => hires.sampler = given.name()?,
            "hires_schedule" => hires.schedule = given.name()?,
            "hires_prompt" => hires.prompt = given.text()?,
            "hires_negative" => hires.negative = given.text()?,
            _ => hires.cfg = given.number()?,
        }
        Ok(())
    }
}

fn needs_init(field: &'static str) -> InvalidParam {
    InvalidRequest::Missing {
        field,
        expected: "a picture to begin from beside it",
    }
    .into()
}
