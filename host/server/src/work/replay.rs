//! Jobs that make a picture again, and say whether it is the same.

use aquatint_studio::history::History;
use aquatint_studio::jobs::{Context, Drawing, Failure, FailureKind, Job, Outcome, Replay};
use aquatint_studio::replay::{Again, Instead, ReplayError, Verdict};
use aquatint_studio::{Recipe, Studio, Watcher, picture_file};
use serde_json::{Value, json};

use super::Studios;

pub(super) fn run(
    job: &Job,
    asked: &Replay,
    studios: &Studios,
    history: &History,
    context: &Context,
) -> Result<Outcome, Failure> {
    let refused = |why: String| Failure::new(FailureKind::Request, why);
    let entry = history
        .get(asked.picture)
        .map_err(|error| refused(error.to_string()))?;
    let before = picture_file::read(&entry.file)?;
    let recipe = before
        .recipe()
        .map_err(|error| refused(error.to_string()))?
        .ok_or_else(|| refused(format!("picture {} has no recipe in it", asked.picture)))?;
    let mut drawing = Drawing::new(context);
    let mut slot = studios.lock();
    studios.settle(&mut slot);
    let provider = asked.provider.as_ref().unwrap_or(&recipe.runtime.provider);
    let studio = studios.open(
        &mut slot,
        &job.options,
        provider,
        context.cancel(),
        &mut |note| context.note(note),
    )?;
    let instead = Instead {
        provider: asked.provider.clone(),
        model: Some(model(asked, &recipe, studio)?),
        refiner: None,
        vae: None,
        edits: Vec::new(),
    };
    studios.set_loaded(instead.model.as_deref());
    let again = Again::new(&recipe, &instead, studio).map_err(failed)?;
    if let Some(missing) = again.differences.iter().find(|it| it.is_missing()) {
        return Err(refused(format!("it cannot be made again: {missing}")));
    }
    let mut differences: Vec<String> = again.differences.iter().map(ToString::to_string).collect();
    if before.encoding.is_none() {
        differences.push(format!(
            "it is a {} file that does not say how it was encoded: what it lost differs too",
            before.kind
        ));
    }
    let drawn = again.draw(
        studio,
        Watcher {
            cancel: context.cancel(),
            events: &mut |event| drawing.tell(&event),
            notes: &mut |note| studios.plugin_log().note(context, job.id, note),
        },
    )?;
    studios.settle(&mut slot);
    drop(slot);
    let verdict = Verdict::of(&before, &drawn)?;
    Ok(Outcome {
        files: Vec::new(),
        report: json!({
            "seeds": [drawn.recipe.seed],
            "replay": said(asked, &verdict, &differences),
        }),
    })
}

/// The model's name here: over HTTP nobody names paths, and a recipe is not believed about them either.
fn model(asked: &Replay, recipe: &Recipe, studio: &mut Studio) -> Result<String, Failure> {
    let names = studio.models.names();
    let wanted = asked.model.as_ref().unwrap_or(&recipe.model.name);
    if names.contains(wanted) {
        return Ok(wanted.clone());
    }
    let same = |name: &String| {
        let model = studio.model(name);
        model.is_ok_and(|it| it.fingerprint == recipe.model.fingerprint)
    };
    names.into_iter().find(same).ok_or_else(|| {
        let wanted = aquatint_sandbox::names::shown(wanted);
        Failure::new(
            FailureKind::Request,
            format_args!("it cannot be made again: the model \"{wanted}\" is not here"),
        )
    })
}

fn said(asked: &Replay, verdict: &Verdict, differences: &[String]) -> Value {
    json!({
        "picture": asked.picture,
        "identical": verdict.is_identical(),
        "differences": differences,
        "encoding": verdict.encoding.map(|it| it.to_string()),
        "pixels": verdict.apart.ok().map(|apart| json!({
            "differ": apart.pixels,
            "of": apart.of,
            "max": apart.max,
            "mean": apart.mean,
        })),
    })
}

fn failed(error: ReplayError) -> Failure {
    match error {
        ReplayError::Draw(error) => error.into(),
        error => Failure::new(FailureKind::Request, error),
    }
}
