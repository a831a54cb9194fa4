use aquatint_plugin::prelude::*;

plugin!(post_process: grain);

fn grain(picture: &Picture) -> Result<Option<Picture>> {
    let strength = Settings.number("amount")? * 64.0;
    let shadows = Settings.number("shadows")?;
    let size = Settings.int("size")? as u32;
    let colored = Settings.flag("color")?;
    let seed = Random::of_job().bits();
    picture.map_pixels(|pixel, x, y| {
        // A number for each grain, wherever the strip begins that it is in.
        let place = u64::from(y / size) << 32 | u64::from(x / size);
        let mut random = Random::new(seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let even = random.bell();
        for part in &mut pixel[..3] {
            let value = f32::from(*part);
            // 1 in the middle of the scale, 0 at both its ends.
            let middle = 1.0 - (value / 127.5 - 1.0).powi(2);
            let weight = shadows + (1.0 - shadows) * middle;
            let noise = if colored { random.bell() } else { even };
            *part = (value + strength * weight * noise + 0.5).clamp(0.0, 255.0) as u8;
        }
    })?;
    Ok(None)
}
