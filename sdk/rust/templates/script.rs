use aquatint_plugin::prelude::*;

plugin!(script: ladder);

/// Draws the picture three times: less, as much and more bound to the prompt.
fn ladder() -> Result<Vec<Picture>> {
    let amount = Settings.number64("amount")?;
    let cfg = Request::of_job().number("cfg").unwrap_or(7.0);
    let mut tickets = Vec::new();
    for factor in [1.0 - amount / 2.0, 1.0, 1.0 + amount] {
        // What is not said is as in the request that the user made.
        tickets.push(Request::new().with_number("cfg", cfg * factor).submit()?);
    }
    let mut pictures = Vec::new();
    for ticket in tickets {
        pictures.extend(ticket.wait()?);
    }
    Ok(pictures)
}
