use aquatint_plugin::prelude::*;

plugin!(pre_process: light);

const LIGHTS: [&str; 5] = ["at dawn", "in warm evening light", "by candlelight", "under a full moon", "in fog"];

/// Says in the prompt what the light is like. Which one comes from the picture's seed, so it is the same when the
/// picture is made again.
fn light(request: Request) -> Result<Request> {
    let mut random = Random::of_job();
    let changes = Request::new();
    if random.unit() >= Settings.number("amount")? {
        return Ok(changes);
    }
    let light = random.pick(&LIGHTS).or_failed("there is no light")?;
    Ok(changes.with_text("prompt", format!("{}, {light}", request.text("prompt"))))
}
