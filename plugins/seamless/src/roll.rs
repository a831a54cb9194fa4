use aquatint_plugin::{log, prelude::*};

use crate::Direction;

/// Under which name the offset at which the latents are is kept from step to step.
const OFFSET: &str = "offset";
/// Samplers that use the results of earlier steps, which are not rolled with the latents. As [`plain`] writes them.
const WITH_MEMORY: [&str; 12] = [
    "dpmpp2m",
    "dpmpp2msde",
    "dpmpp3msde",
    "unipc",
    "unipcbh2",
    "pndm",
    "plms",
    "lms",
    "deis",
    "ipndm",
    "sasolver",
    "ersde",
];

/// After each step rolls the latents to another random offset, and after the last one back.
///
/// What the network does at the edges, where it sees nothing, so happens at another place in every step, and what meets
/// there has been in the middle of the picture in most others.
pub fn roll(moment: &Moment, latents: &Latents) -> Result<()> {
    check_sampler(moment.step())?;
    let shape = latents.shape();
    let [.., height, width] = shape[..] else {
        return Err(Problem::Unsupported(format!(
            "the latents have {} dimensions, expected height and width among them",
            shape.len()
        )));
    };
    let direction = Direction::wanted()?;
    let now = match moment.kept(OFFSET)? {
        Some(kept) => kept.read_all()?,
        None => vec![0.0, 0.0],
    };
    let mut random = Random::of_job().at(moment.step(), 0);
    let (down, across) = (random.below(height), random.below(width));
    let is_last = moment.step() >= moment.steps();
    let next = [
        if direction.down && !is_last { down } else { 0 },
        if direction.across && !is_last {
            across
        } else {
            0
        },
    ];
    let inner = shape.len() as u32 - 2;
    for (dimension, (now, next)) in (inner..).zip(now.iter().zip(next)) {
        let by = next as i32 - *now as i32;
        if by != 0 {
            latents.roll(dimension, by)?;
        }
    }
    let offset = Latents::create(&[2])?;
    // Whole numbers this small are exact as floats.
    offset.write_all(&next.map(|it| it as f32))?;
    moment.keep(OFFSET, &offset)
}

fn check_sampler(step: u32) -> Result<()> {
    let request = Request::of_job();
    let sampler = request.text("sampler");
    if WITH_MEMORY.contains(&plain(sampler).as_str()) {
        return Err(Problem::Unsupported(format!(
            "the sampler {sampler} remembers earlier steps, which cannot be rolled; expected one without a memory, such \
             as euler, euler_a, ddim, heun or lcm"
        )));
    }
    if sampler.is_empty() && step == 1 {
        let text = "the sampler is left to the model; choose euler, euler_a or ddim if the picture shows ghosts";
        log::write(log::Level::Warn, text, &[]);
    }
    Ok(())
}

/// A sampler's name without case and punctuation: `DPM++ 2M` and `dpmpp_2m` are one.
fn plain(sampler: &str) -> String {
    sampler
        .to_lowercase()
        .replace('+', "p")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sampler_is_known_however_it_is_written() {
        for name in ["dpmpp_2m", "DPM++ 2M", "UniPC", "PLMS"] {
            assert!(WITH_MEMORY.contains(&plain(name).as_str()), "{name}");
        }
        for name in ["euler", "Euler a", "DDIM", "heun", ""] {
            assert!(!WITH_MEMORY.contains(&plain(name).as_str()), "{name}");
        }
    }
}
