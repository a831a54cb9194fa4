use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

use super::ExternalVae;
use crate::checkpoint::{Checkpoint, Fingerprints};

fn checkpoint(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/checkpoints")
        .join(name)
}

fn sd1() -> Checkpoint {
    Checkpoint::open(&checkpoint("sd1")).expect("a model")
}

/// The weights of a model's VAE, under other names.
fn write(model: &str, file: &Path, name: impl Fn(&str) -> Option<String>) {
    let vae = Checkpoint::open(&checkpoint(model)).expect("a model").vae;
    let views: HashMap<String, TensorView<'_>> = vae
        .weights
        .tensors()
        .iter()
        .filter_map(|(old, tensor)| {
            let shape = tensor.shape().to_vec();
            let view = TensorView::new(tensor.dtype(), shape, vae.weights.data(tensor));
            Some((name(old)?, view.expect("a tensor")))
        })
        .collect();
    serialize_to_file(views, None, file).expect("written");
}

fn fails(path: &Path, model: &Checkpoint) -> String {
    ExternalVae::open(path, model)
        .expect_err("refused")
        .to_string()
}

#[test]
fn a_folder_a_file_and_a_models_folder_are_the_same_vae() {
    let model = sd1();
    let folder = tempfile::tempdir().expect("a folder");
    let bare = folder.path().join("bare.safetensors");
    write("sd2v", &bare, |name| Some(name.to_owned()));
    let whole = folder.path().join("whole.safetensors");
    write("sd2v", &whole, |name| match name {
        // Something of the rest of the model.
        "quant_conv.bias" => Some("first_stage_model.quant_conv.bias".to_owned()),
        name => Some(format!("first_stage_model.{name}")),
    });
    let other = checkpoint("sd2v");
    let vae = other.join("vae");
    let weights = vae.join("diffusion_pytorch_model.safetensors");
    let mut opened = Vec::new();
    for path in [&other, &vae, &weights, &bare, &whole] {
        let found = ExternalVae::open(path, &model).expect("opened");
        assert_eq!(&found.path, path);
        opened.push(found.part.config);
    }
    for config in &mut opened {
        // Not everything is in a file alone.
        config.ignored.clear();
        config.force_upcast = true;
    }
    assert!(
        opened.iter().all(|config| *config == opened[0]),
        "{opened:?}"
    );
}

#[test]
fn what_is_no_vae_for_the_model_is_named() {
    let model = sd1();
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    assert!(fails(&missing, &model).contains("missing"));
    let other = fails(&checkpoint("odd2").join("vae"), &model);
    assert!(
        other.contains("its pixels along a latent are 4, expected 8 as in the model \"sd1\""),
        "{other}"
    );
    let class = folder.path().join("class");
    std::fs::create_dir(&class).expect("made");
    std::fs::write(
        class.join("config.json"),
        r#"{"_class_name": "AutoencoderTiny"}"#,
    )
    .expect("written");
    let class = fails(&class, &model);
    assert!(class.contains("expected \"AutoencoderKL\""), "{class}");
    let part = folder.path().join("part.safetensors");
    write("sd1", &part, |name| {
        (!name.contains("mid_block")).then(|| name.to_owned())
    });
    let part = fails(&part, &model);
    assert!(part.contains("decoder.mid_block.resnets.0"), "{part}");
    let encoder = folder.path().join("encoder.safetensors");
    write("sd1", &encoder, |name| {
        name.starts_with("encoder").then(|| name.to_owned())
    });
    let encoder = fails(&encoder, &model);
    assert!(
        encoder.contains("expected a VAE (AutoencoderKL)"),
        "{encoder}"
    );
    let text = checkpoint("sd1").join("text_encoder/model.safetensors");
    assert!(fails(&text, &model).contains("its first tensor is \"text_model."));
}

#[test]
fn shapes_that_are_none_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("flat.safetensors");
    let names = [
        "decoder.up.0.block.0.conv1.weight",
        "decoder.conv_in.weight",
        "decoder.conv_out.weight",
    ];
    let bytes = [0; 16];
    let view = || TensorView::new(Dtype::F32, vec![4], &bytes).expect("a tensor");
    let views: Vec<_> = names.into_iter().map(|name| (name, view())).collect();
    serialize_to_file(views, None, &file).expect("written");
    let error = fails(&file, &sd1());
    assert!(
        error.contains("has shape [4], expected four dimensions"),
        "{error}"
    );
}

#[test]
fn the_fingerprint_is_that_of_the_vae_as_it_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vae.safetensors");
    write("sd1", &file, |name| Some(name.to_owned()));
    let mut fingerprints = Fingerprints::default();
    let mut of = |path: &Path, model: &Checkpoint| {
        let vae = ExternalVae::open(path, model).expect("opened");
        let part = fingerprints.of_vae(&vae).expect("a fingerprint");
        let sha256 = fingerprints.sha256_of(&vae.part.weights).expect("hashed");
        (part.fingerprint, sha256.expect("one file"))
    };
    let (first, sha256) = of(&file, &sd1());
    assert_eq!(sha256.len(), 64);
    assert_eq!(of(&file, &sd1()), (first.clone(), sha256.clone()));
    // Elsewhere, and known already.
    let copy = folder.path().join("copy.safetensors");
    std::fs::copy(&file, &copy).expect("copied");
    assert_eq!(of(&copy, &sd1()), (first.clone(), sha256.clone()));
    // The same file for a model whose latents are scaled otherwise.
    let sdxl = Checkpoint::open(&checkpoint("sdxl")).expect("a model");
    let (other, same) = of(&file, &sdxl);
    assert_ne!(other, first);
    assert_eq!(same, sha256);
}
