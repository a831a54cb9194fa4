//! Pictures whose last steps a refiner takes.

use std::cell::RefCell;

use aquatint_diffusion::pipeline::{Cancel, Event};
use aquatint_studio::replay::{Again, Instead};
use aquatint_studio::{Hires, Infotext, Picture, Recipe, Request, Studio, Watcher};
use aquatint_tests::checkpoint;

use super::{Place, draw, request};

fn xl() -> Request {
    Request {
        model: Some("sdxl".to_owned()),
        steps: Some(5),
        ..request()
    }
}

fn refined(switch: f32) -> Request {
    Request {
        refiner: Some("refiner".to_owned()),
        refiner_switch: switch,
        ..xl()
    }
}

fn place() -> Place {
    let place = Place::new(&[]);
    place.put_model("sdxl");
    place.put_model("refiner");
    place
}

fn one(studio: &mut Studio, request: &Request) -> Picture {
    let drawn = draw(studio, request).expect("drawn").pictures;
    drawn.into_iter().next().expect("a picture")
}

#[test]
fn it_takes_the_steps_that_are_its_own_and_no_others() {
    let place = place();
    let mut studio = place.without_cache();
    let mut loads = |request: &Request| {
        let drawn = draw(&mut studio, request).expect("drawn");
        let stages = &drawn.timings.stages;
        let loaded = stages
            .iter()
            .filter(|(name, _)| *name == "load unet")
            .count();
        (drawn.pictures[0].pixels.clone(), loaded)
    };
    let (plain, _) = loads(&xl());
    let (never, _) = loads(&refined(1.0));
    assert_eq!(never, plain);
    let (late, _) = loads(&refined(0.7));
    let (early, _) = loads(&refined(0.2));
    assert!(late != plain && early != late);
    // With nothing left to the model itself it is not even loaded.
    let (all, _) = loads(&refined(0.0));
    let (again, loaded) = loads(&refined(0.0));
    assert_eq!((again, loaded), (all, 0));
}

#[test]
fn a_batch_is_its_singles_and_progress_goes_through_both() {
    let place = place();
    let batch = Request {
        batch: 2,
        sampler: Some("DPM++ 2M".to_owned()),
        schedule: Some("karras".to_owned()),
        ..refined(0.5)
    };
    let steps = RefCell::new(Vec::new());
    let mut events = |event: Event<'_>| match event {
        Event::Ready { total } => steps.borrow_mut().push((0, total)),
        Event::Step { done, total, .. } => steps.borrow_mut().push((done, total)),
        _ => {}
    };
    let watcher = Watcher {
        cancel: &Cancel::new(),
        events: &mut events,
        notes: &mut |_| {},
    };
    let both = place
        .open()
        .draw(&batch, 7, watcher)
        .expect("drawn")
        .pictures;
    let expected: Vec<_> = (0..=10).map(|done| (done, 10)).collect();
    assert_eq!(*steps.borrow(), expected);
    let single = Request {
        batch: 1,
        seed: Some(8),
        ..batch
    };
    assert_eq!(
        one(&mut place.without_cache(), &single).pixels,
        both[1].pixels
    );
}

#[test]
fn of_two_drawings_it_finishes_the_second() {
    let place = place();
    let mut studio = place.open();
    let plain = xl();
    draw(&mut studio, &plain).expect("drawn");
    let larger = Request {
        hires: Some(Hires::default()),
        ..refined(0.5)
    };
    let drawn = draw(&mut studio, &larger).expect("drawn");
    let counts = serde_json::to_value(&drawn.counts).expect("JSON");
    // The first is there already.
    assert_eq!(counts["denoise"]["run"], 1, "{counts}");
}

#[test]
fn it_can_be_stopped_while_the_refiner_is_at_work() {
    let place = place();
    let cancel = Cancel::new();
    let mut events = |event: Event<'_>| {
        if matches!(event, Event::Step { done: 4, .. }) {
            cancel.cancel();
        }
    };
    let watcher = Watcher {
        cancel: &cancel,
        events: &mut events,
        notes: &mut |_| {},
    };
    let error = place
        .open()
        .draw(&refined(0.5), 7, watcher)
        .expect_err("stopped");
    assert!(error.is_cancelled(), "{error}");
}

#[test]
fn models_of_other_latents_are_refused() {
    let place = place();
    let mut studio = place.open();
    let mut refused = |refiner: &str| {
        let request = Request {
            refiner: Some(refiner.to_owned()),
            ..xl()
        };
        let error = draw(&mut studio, &request).expect_err("refused");
        assert!(error.is_usage(), "{error}");
        let check = studio.check(&request, 7).expect_err("refused");
        assert_eq!(error.to_string(), check.to_string());
        error.to_string()
    };
    let said = refused("sd1");
    assert!(
        said.starts_with(
            "refiner is sd1, a model of SD 1.x, expected one whose latents are those of sdxl"
        ),
        "{said}"
    );
    assert!(refused("refyner").starts_with("unknown model \"refyner\" (did you mean `refiner`?)"));
    let folder = checkpoint("inpaint");
    let request = Request {
        refiner: Some(folder.display().to_string()),
        ..request()
    };
    let error = draw(&mut studio, &request)
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("expected one whose UNet takes latents alone"),
        "{error}"
    );
}

#[test]
fn texts_and_recipes_say_so_and_a_replay_looks_for_it() {
    let place = place();
    let mut studio = place.open();
    let picture = one(&mut studio, &refined(0.6));
    let text = Infotext::from(&picture.recipe).to_string();
    assert!(
        text.contains(", Refiner: refiner, Refiner switch at: 0.6, "),
        "{text}"
    );
    let read = Infotext::parse(&text).import();
    assert_eq!(read.request.refiner.as_deref(), Some("refiner"));
    assert_eq!(read.request.refiner_switch, 0.6);
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    let again = Recipe::from_json(&picture.recipe.to_json()).expect("read");
    assert_eq!(again, picture.recipe);

    let mut differences = || {
        let again =
            Again::new(&picture.recipe, &Instead::default(), &mut studio).expect("looked at");
        let said: Vec<String> = again.differences.iter().map(ToString::to_string).collect();
        said.join("; ")
    };
    assert_eq!(differences(), "");
    std::fs::remove_dir_all(place.folder.path().join("models/refiner")).expect("removed");
    assert_eq!(differences(), "the model \"refiner\" is not here");
}
