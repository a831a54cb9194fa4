//! Pictures that a tiny VAE makes of their latents.

use std::path::PathBuf;

use aquatint_diffusion::pipeline::{Cancel, Event};
use aquatint_studio::replay::{Again, Instead};
use aquatint_studio::{
    Decoder, Hires, Infotext, Picture, Request, Studio, TinyChoice, Upscaler, Watcher,
};

use super::{Place, draw, request};
use crate::given;

fn taesd() -> TinyChoice {
    TinyChoice::At(given("taesd_decoder.safetensors"))
}

fn tiny() -> Request {
    Request {
        decoder: Decoder::Tiny,
        ..request()
    }
}

fn one(studio: &mut Studio, request: &Request) -> Picture {
    let drawn = draw(studio, request).expect("drawn").pictures;
    drawn.into_iter().next().expect("a picture")
}

#[test]
fn what_is_asked_for_is_decoded_by_the_tiny_vae_that_is_found_or_named() {
    let place = Place::new(&[]);
    let mut studio = place.open();
    let full = one(&mut studio, &request());
    assert_eq!(full.recipe.tiny_vae, None);
    let refused = |studio: &mut Studio| {
        let error = draw(studio, &tiny()).expect_err("none is here");
        assert!(error.is_usage(), "{error}");
        let check = studio.check(&tiny(), 7).expect_err("none is here");
        assert_eq!(error.to_string(), check.to_string());
        assert!(error.to_string().contains("expected a tiny VAE"), "{error}");
    };
    refused(&mut studio);

    place.put_tiny();
    let mut studio = place.open();
    let found = one(&mut studio, &tiny());
    assert_ne!(found.pixels, full.pixels);
    assert_eq!((found.width, found.height), (full.width, full.height));
    // The same weights, under the names of TAESD; latents are those of before.
    studio.use_tiny(taesd());
    let drawn = draw(&mut studio, &tiny()).expect("drawn");
    assert_eq!(drawn.pictures[0].pixels, found.pixels);
    assert_ne!(drawn.pictures[0].recipe.tiny_vae, found.recipe.tiny_vae);
    let runs = |name: &str| serde_json::to_value(&drawn.counts).expect("JSON")[name]["run"].clone();
    assert_eq!((runs("denoise"), runs("decode")), (0.into(), 1.into()));
    // What is between two drawings is decoded by it too.
    let hires = |request: Request| Request {
        hires: Some(Hires {
            upscaler: Upscaler::Lanczos,
            ..Hires::default()
        }),
        ..request
    };
    let latents = |request| one(&mut place.without_cache(), &hires(request)).pixels;
    assert_ne!(latents(tiny()), latents(request()));

    studio.use_tiny(TinyChoice::Off);
    refused(&mut studio);
    assert_eq!(one(&mut studio, &request()).pixels, full.pixels);
    studio.use_tiny(TinyChoice::At(PathBuf::from("nowhere")));
    let error = draw(&mut studio, &request()).expect_err("it is not there");
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn texts_and_recipes_say_so_and_a_replay_names_another_one() {
    let place = Place::new(&[]);
    place.put_tiny();
    let mut studio = place.open();
    let picture = one(&mut studio, &tiny());
    let text = Infotext::from(&picture.recipe).to_string();
    assert!(text.contains(", VAE Decoder: TAESD, "), "{text}");
    let read = Infotext::parse(&text).import();
    assert_eq!(
        (read.request.decoder, read.notes),
        (Decoder::Tiny, Vec::new())
    );

    let mut differences = |choice: TinyChoice, edits: &[&str]| {
        studio.use_tiny(choice);
        let instead = Instead {
            edits: edits.iter().map(|it| (*it).to_owned()).collect(),
            ..Instead::default()
        };
        let again = Again::new(&picture.recipe, &instead, &mut studio).expect("looked at");
        let said: Vec<String> = again.differences.iter().map(ToString::to_string).collect();
        (again.request.decoder, said.join("; "))
    };
    assert_eq!(
        differences(TinyChoice::Found, &[]),
        (Decoder::Tiny, String::new())
    );
    let (_, other) = differences(taesd(), &[]);
    assert!(
        other.starts_with("the tiny VAE is another one: it was "),
        "{other}"
    );
    let (_, none) = differences(TinyChoice::Off, &[]);
    assert!(
        none.starts_with("the tiny VAE that made its pixels is not here"),
        "{none}"
    );
    let full = differences(TinyChoice::Off, &["decoder=full"]);
    assert_eq!(full, (Decoder::Full, String::new()));
}

#[test]
fn pictures_that_are_not_finished_are_shown_by_it() {
    let place = Place::new(&[]);
    place.put_tiny();
    let mut sizes = Vec::new();
    let mut look = |event: Event<'_>| {
        let Event::Step {
            denoised: Some(denoised),
            ..
        } = event
        else {
            return;
        };
        let tiny = denoised.tiny.expect("a tiny VAE");
        let latents = denoised.of_first().expect("latents");
        let is_known = tiny.expected(denoised.shape).is_some();
        tiny.measure(latents, denoised.shape, &Cancel::new())
            .expect("measured");
        assert!(tiny.expected(denoised.shape).is_some());
        let pixels = tiny.pixels(latents, denoised.shape, &Cancel::new());
        sizes.push((is_known, pixels.expect("pixels").len()));
        assert!(
            tiny.pixels(&latents[1..], denoised.shape, &Cancel::new())
                .is_err()
        );
    };
    let watcher = Watcher {
        cancel: &Cancel::new(),
        events: &mut look,
        notes: &mut |_| {},
    };
    place.open().draw(&request(), 7, watcher).expect("drawn");
    assert_eq!(sizes, [(false, 64 * 48 * 3), (true, 64 * 48 * 3)]);
}
