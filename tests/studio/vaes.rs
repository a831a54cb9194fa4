//! Pictures through another VAE than the model's own.

use aquatint_studio::replay::{Again, Instead};
use aquatint_studio::{Infotext, Init, InputId, Picture, Recipe, Request, Studio};
use aquatint_tests::checkpoint;

use super::stages::given_file;
use super::{Place, draw, given, request};

fn with(vae: &str) -> Request {
    Request {
        vae: Some(vae.to_owned()),
        ..request()
    }
}

fn one(studio: &mut Studio, request: &Request) -> Picture {
    let drawn = draw(studio, request).expect("drawn").pictures;
    drawn.into_iter().next().expect("a picture")
}

fn refused(studio: &mut Studio, request: &Request) -> String {
    let error = draw(studio, request).expect_err("refused");
    assert!(error.is_usage(), "{error}");
    let check = studio.check(request, 7).expect_err("refused");
    assert_eq!(error.to_string(), check.to_string());
    error.to_string()
}

#[test]
fn each_is_found_by_name_or_path_and_loaded_once() {
    let place = Place::new(&[]);
    place.put_vaes();
    let mut studio = place.open();
    let mut loads = |request: &Request| {
        let drawn = draw(&mut studio, request).expect("drawn");
        let stages = drawn.timings.stages.iter();
        let loads = stages.filter(|(name, _)| *name == "load vae").count();
        (drawn.pictures[0].clone(), loads, drawn.counts)
    };
    let seeded = |seed, request: Request| Request {
        seed: Some(seed),
        ..request
    };
    let (own, first, _) = loads(&request());
    let (clear, other, counts) = loads(&with("clear"));
    let (ldm, third, _) = loads(&with("ldm"));
    assert_eq!((first, other, third), (1, 1, 1));
    assert!(own.pixels != clear.pixels && clear.pixels != ldm.pixels);
    // The same latents.
    let runs = |name: &str| serde_json::to_value(&counts).expect("JSON")[name]["run"].clone();
    assert_eq!((runs("denoise"), runs("decode")), (0.into(), 1.into()));
    for vae in ["automatic", "clear", "LDM.safetensors", "clear"] {
        let (_, loads, _) = loads(&seeded(9, with(vae)));
        assert_eq!(loads, 0, "{vae}");
    }
    let path = given("vae");
    let (same, loads, _) = loads(&with(path.to_str().expect("text")));
    assert_eq!((loads, same.pixels), (0, clear.pixels.clone()));
    // Recipes have names, and no paths.
    let name = |picture: &Picture| picture.recipe.vae.as_ref().map(|vae| vae.name.clone());
    assert_eq!(name(&own), None);
    assert_eq!(name(&clear).as_deref(), Some("clear"));
    assert_eq!(name(&ldm).as_deref(), Some("ldm.safetensors"));
}

#[test]
fn pictures_to_begin_from_go_through_it_too() {
    let place = Place::new(&[]);
    place.put_vaes();
    let mut studio = place.open();
    studio.inputs().keep(&given_file()).expect("kept");
    let begun = |vae: &str| Request {
        init: Some(Init {
            strength: 0.0,
            ..Init::new(InputId::of(&given_file()))
        }),
        ..with(vae)
    };
    let own = one(&mut studio, &begun("automatic"));
    let clear = one(&mut studio, &begun("clear"));
    assert_ne!(own.pixels, clear.pixels);
    assert_eq!(
        clear.pixels,
        one(&mut place.without_cache(), &begun("clear")).pixels
    );
}

#[test]
fn what_cannot_be_used_is_named() {
    let place = Place::new(&[]);
    place.put_vaes();
    let mut studio = place.open();
    let said = refused(&mut studio, &with("cleer"));
    assert!(
        said.starts_with("unknown VAE \"cleer\" (did you mean `clear`?)"),
        "{said}"
    );
    let path = |path: std::path::PathBuf| with(path.to_str().expect("text"));
    let said = refused(&mut studio, &path(checkpoint("odd2").join("vae")));
    assert!(
        said.contains("its pixels along a latent are 4, expected 8"),
        "{said}"
    );
    let said = refused(&mut studio, &path(given("taesd_decoder.safetensors")));
    assert!(said.contains("expected a VAE (AutoencoderKL)"), "{said}");
    let said = refused(&mut studio, &path(given("no-such-file.safetensors")));
    assert!(said.contains("no-such-file.safetensors"), "{said}");
    // Nothing of it stays.
    assert_eq!(one(&mut studio, &request()).recipe.vae, None);
}

#[test]
fn texts_and_recipes_say_so_and_a_replay_finds_it_or_names_another_one() {
    let place = Place::new(&[]);
    place.put_vaes();
    let mut studio = place.open();
    let picture = one(&mut studio, &with("ldm"));
    let vae = picture.recipe.vae.clone().expect("in the recipe");
    let sha256 = vae.sha256.clone().expect("a file");
    let text = Infotext::from(&picture.recipe).to_string();
    let says = format!(", VAE hash: {}, VAE: ldm.safetensors, ", &sha256[..10]);
    assert!(text.contains(&says), "{text}");
    let read = Infotext::parse(&text).import();
    assert_eq!(read.request.vae.as_deref(), Some("ldm.safetensors"));
    assert_eq!(read.vae_hash.as_deref(), Some(&sha256[..10]));
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    let again = Recipe::from_json(&picture.recipe.to_json()).expect("read");
    assert_eq!(again, picture.recipe);

    let mut differences = |recipe: &Recipe, instead: Instead| {
        let again = Again::new(recipe, &instead, &mut studio).expect("looked at");
        let said: Vec<String> = again.differences.iter().map(ToString::to_string).collect();
        (again.request.vae.clone(), said.join("; "))
    };
    let none = |edits: &[&str]| Instead {
        edits: edits.iter().map(|it| (*it).to_owned()).collect(),
        ..Instead::default()
    };
    let ldm = Some("ldm.safetensors".to_owned());
    assert_eq!(
        differences(&picture.recipe, none(&[])),
        (ldm, String::new())
    );
    let at = |path: std::path::PathBuf| Instead {
        vae: Some(path.display().to_string()),
        ..Instead::default()
    };
    let (_, same) = differences(&picture.recipe, at(given("vae-ldm.safetensors")));
    assert_eq!(same, "");
    let (_, other) = differences(&picture.recipe, at(given("vae")));
    assert!(
        other.starts_with("the VAE \"vae\" is another one: it was "),
        "{other}"
    );
    let (_, own) = differences(&picture.recipe, none(&["vae=automatic"]));
    assert_eq!(own, "");
    // Under another name.
    let folder = place.folder.path().join("vae");
    std::fs::rename(folder.join("ldm.safetensors"), folder.join("z.safetensors")).expect("moved");
    let (found, said) = differences(&picture.recipe, none(&[]));
    assert_eq!(
        (found.as_deref(), said.as_str()),
        (Some("z.safetensors"), "")
    );
    std::fs::remove_file(folder.join("z.safetensors")).expect("removed");
    let (_, gone) = differences(&picture.recipe, none(&[]));
    assert!(
        gone.starts_with("the VAE \"ldm.safetensors\" is not here"),
        "{gone}"
    );
}
