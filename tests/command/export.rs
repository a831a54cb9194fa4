//! `aquatint model export`.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use aquatint_tests::checkpoint;

use crate::place::Place;
use crate::weights;

fn export<'a>(model: &'a Path, folder: &'a str) -> [&'a OsStr; 4] {
    let words = ["model", "export"].map(OsStr::new);
    [words[0], words[1], model.as_os_str(), folder.as_ref()]
}

#[test]
fn into_a_folder_that_is_not_empty() {
    let place = Place::new();
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/mine.txt"), "words").unwrap();
    let says = ["full is not empty", "name a new folder"];
    place.refused(export(&checkpoint("sd1"), "full"), 1, &says);
    assert_eq!(fs::read(place.path("full/mine.txt")).unwrap(), b"words");
}

#[test]
fn into_a_file() {
    let place = Place::new();
    fs::write(place.path("taken"), "words").unwrap();
    for folder in ["taken", "taken/more"] {
        place.refused(
            export(&checkpoint("sd1"), folder),
            1,
            &["cannot write taken"],
        );
    }
    assert_eq!(fs::read(place.path("taken")).unwrap(), b"words");
}

/// The text encoder is written before it is found that the UNet is broken.
#[test]
fn no_half_is_left() {
    let place = Place::new();
    let model = place.model();
    weights::edit(
        &model.join("unet/diffusion_pytorch_model.safetensors"),
        |tensors| {
            tensors.remove("conv_in.bias");
        },
    );
    place.refused(export(&model, "new"), 1, &["\"conv_in.bias\" is missing"]);
    fs::create_dir(place.path("empty")).unwrap();
    place.refused(export(&model, "empty"), 1, &["\"conv_in.bias\" is missing"]);
}

#[test]
fn every_part_is_there() {
    let place = Place::new();
    let ran = place.run(export(&checkpoint("sd1"), "new"));
    assert_eq!(ran.good(), "new\n");
    for part in ["text_encoder", "unet", "vae_encoder", "vae_decoder"] {
        assert!(
            place.path("new").join(part).join("model.onnx").is_file(),
            "{part}"
        );
    }
    assert!(place.path("new/model_index.json").is_file());
}
