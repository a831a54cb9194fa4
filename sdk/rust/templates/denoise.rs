use aquatint_plugin::prelude::*;

plugin!(denoise: mirror);

/// Makes the right half of the picture a mirror of the left while its composition is decided: in the first half of the
/// steps.
fn mirror(moment: &Moment, latents: &Latents) -> Result<()> {
    if 2 * moment.step() > moment.steps() {
        return Ok(());
    }
    let amount = Settings.number("amount")?;
    let shape = latents.shape();
    // [channels, height, width]: the mask has one row, which the host repeats for every other.
    let width = *shape.last().or_failed("latents without a shape")?;
    let mask = Latents::create(&[1, 1, width])?;
    let row: Vec<f32> = (0..width).map(|x| if 2 * x >= width { amount } else { 0.0 }).collect();
    mask.write_all(&row)?;
    let mirrored = latents.clone()?;
    mirrored.flip(2)?;
    latents.mix(&mirrored, &mask)
}
