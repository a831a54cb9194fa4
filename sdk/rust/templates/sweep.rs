use aquatint_plugin::prelude::*;

plugin!(sweep: axes, points);

/// Adds one axis: how much the picture is bound to the prompt, around what the request says.
fn axes() -> Result<Vec<Axis>> {
    Ok(vec![Axis::new("guidance", "Guidance")])
}

fn points(axis: &str, request: Request) -> Result<Vec<Point>> {
    if axis != "guidance" {
        return Err(Problem::NotFound(format!("no axis `{axis}`, expected guidance")));
    }
    let amount = Settings.number64("amount")?;
    let cfg = request.number("cfg").unwrap_or(7.0);
    let points = [0.0, 0.5, 1.0, 1.5, 2.0].map(|at| {
        let cfg = cfg * (1.0 + amount * (at - 1.0));
        Point::new(format!("{cfg:.1}"), Request::new().with_number("cfg", cfg))
    });
    Ok(points.into())
}
