use std::collections::BTreeMap;

use safetensors::Dtype;
use safetensors::tensor::{TensorView, serialize_to_file};

use super::*;

/// Shapes by name.
type Shapes = BTreeMap<String, Vec<usize>>;

/// The tensors of a decoder with 2 levels, of 1 and 2 blocks.
fn decoder(naming: TinyNaming, latents: usize) -> Shapes {
    let mut shapes = Shapes::new();
    let mut conv = |name: String, inputs: usize, outputs: usize, has_bias: bool| {
        if has_bias {
            shapes.insert(format!("{name}.bias"), vec![outputs]);
        }
        shapes.insert(format!("{name}.weight"), vec![outputs, inputs, 3, 3]);
    };
    conv(naming.layer(0), latents, 8, true);
    conv(naming.layer(4), 8, 8, false);
    conv(naming.layer(7), 8, 3, true);
    for block in [2, 5, 6] {
        for part in [0, 2, 4] {
            conv(format!("{}.conv.{part}", naming.layer(block)), 8, 8, true);
        }
    }
    shapes
}

fn write(path: &Path, shapes: &Shapes) {
    let zeros = vec![
        0;
        4 * shapes
            .values()
            .map(|it| it.iter().product())
            .max()
            .unwrap_or(1)
    ];
    let views = shapes.iter().map(|(name, shape)| {
        let bytes = &zeros[..4 * shape.iter().product::<usize>()];
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a tensor");
        (name, view)
    });
    serialize_to_file(views, None, path).expect("written");
}

const CONFIG: &str = r#"{"_class_name": "AutoencoderTiny", "decoder_block_out_channels": [8, 8],
    "num_decoder_blocks": [1, 2], "encoder_block_out_channels": [8, 8], "num_encoder_blocks": [1, 2]}"#;

fn folder(config: &str, shapes: &Shapes) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.json"), config).expect("written");
    let file = folder.path().join("diffusion_pytorch_model.safetensors");
    write(&file, shapes);
    folder
}

fn refused(path: &Path) -> String {
    let error = TinyVae::open(path).expect_err("refused").to_string();
    error.replace(&*path.to_string_lossy(), "PATH")
}

#[test]
fn a_folder_of_diffusers_and_files_of_both_namings_are_the_same() {
    let mut shapes = decoder(TinyNaming::Diffusers, 4);
    // Beside it lies the encoder.
    shapes.insert("encoder.layers.0.weight".to_owned(), vec![8, 3, 3, 3]);
    let diffusers = folder(CONFIG, &shapes);
    let by_config = TinyVae::open(diffusers.path()).expect("opened").config;
    assert_eq!((by_config.factor(), by_config.latent_channels), (2, 4));
    let file = diffusers.path().join("diffusion_pytorch_model.safetensors");
    assert_eq!(TinyVae::open(&file).expect("opened").config, by_config);

    let taesd = tempfile::tempdir().expect("a folder");
    let file = taesd.path().join("taesd_decoder.safetensors");
    write(&file, &decoder(TinyNaming::Numbers, 4));
    let numbers = TinyConfig {
        naming: TinyNaming::Numbers,
        ..by_config
    };
    for path in [taesd.path(), &file] {
        assert_eq!(TinyVae::open(path).expect("opened").config, numbers);
    }
}

#[test]
fn a_config_that_cannot_be_followed_is_refused() {
    let shapes = decoder(TinyNaming::Diffusers, 4);
    for (was, is, says) in [
        (
            "\"AutoencoderTiny\"",
            "\"AutoencoderKL\"",
            "\"_class_name\" is \"AutoencoderKL\", expected \"AutoencoderTiny\"",
        ),
        (
            "[1, 2]",
            "[1, 2, 3]",
            "\"num_decoder_blocks\" is [1,2,3], expected 2 numbers",
        ),
        (
            "[1, 2]",
            "[1, 0]",
            "\"num_decoder_blocks\" is [1,0], expected a list of positive numbers",
        ),
        (
            "[8, 8]",
            "[8, 16]",
            "\"decoder_block_out_channels\" is [8,16], expected the same number for each level",
        ),
        (
            "{",
            "{\"act_fn\": \"mish\", ",
            "\"act_fn\" is \"mish\", expected \"relu\"",
        ),
        (
            "{",
            "{\"upsample_fn\": \"bilinear\", ",
            "\"upsample_fn\" is \"bilinear\", expected \"nearest\"",
        ),
        (
            "{",
            "{\"scaling_factor\": 0, ",
            "\"scaling_factor\" is 0, expected a number above 0",
        ),
        (
            "{",
            "{\"upsampling_scaling_factor\": 1000, ",
            "expected at most 8",
        ),
        // The weights are of another.
        (
            "{",
            "{\"latent_channels\": 16, ",
            "tensor \"decoder.layers.0.weight\" has shape [8, 4, 3, 3], expected [8, 16, 3, 3]",
        ),
        (
            "[1, 2]",
            "[2, 2]",
            "tensor \"decoder.layers.3.conv.0.weight\" is missing, expected shape [8, 8, 3, 3]",
        ),
        (
            "[1, 2]",
            "[1, 1]",
            "tensor \"decoder.layers.6.weight\" is missing, expected shape [3, 8, 3, 3]",
        ),
    ] {
        let folder = folder(&CONFIG.replacen(was, is, 1), &shapes);
        let error = refused(folder.path());
        assert!(error.contains(says), "{error}\nhas not: {says}");
    }
}

#[test]
fn files_that_are_something_else_are_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let numbers = || decoder(TinyNaming::Numbers, 4);
    let with = |change: &dyn Fn(&mut Shapes)| {
        let mut shapes = numbers();
        change(&mut shapes);
        shapes
    };
    let encoder = with(&|it| drop(it.insert("0.weight".to_owned(), vec![8, 3, 3, 3])));
    let no_layer = with(&|it| drop(it.remove("5.weight")));
    let no_bias = with(&|it| drop(it.remove("3.conv.2.bias")));
    let flat = with(&|it| drop(it.insert("1.weight".to_owned(), vec![8, 4])));
    let more = with(&|it| drop(it.insert("9.weight".to_owned(), vec![8])));
    let other = Shapes::from([("model.diffusion_model.out".to_owned(), vec![1])]);
    for (shapes, says) in [
        (
            encoder,
            "holds the encoder of a tiny VAE, expected the decoder",
        ),
        (no_layer, "tensor \"4.weight\" is missing"),
        (
            no_bias,
            "tensor \"3.conv.2.bias\" is missing, expected shape [8]",
        ),
        (
            flat,
            "tensor \"1.weight\" has shape [8, 4], expected [channels, latent channels, 3, 3]",
        ),
        (
            more,
            "1 tensor(s) that the config does not describe, first \"9.weight\"",
        ),
        (other, "its first tensor is \"model.diffusion_model.out\""),
    ] {
        let file = place.path().join("taesd.safetensors");
        write(&file, &shapes);
        let error = refused(&file);
        assert!(error.starts_with("PATH"), "{error}");
        assert!(error.contains(says), "{error}\nhas not: {says}");
    }
    let file = place.path().join("taesd_decoder.pth");
    std::fs::write(&file, b"PK").expect("written");
    assert!(refused(&file).contains("convert it to safetensors"));
    assert!(refused(&place.path().join("nothing")).contains("cannot read PATH"));
    assert!(
        refused(place.path()).contains("it has 0 files whose names end in decoder.safetensors")
    );
}
