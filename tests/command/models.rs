//! Model folders that cannot be used: exit code 1, and a line with the file and what is wrong with it.

use std::fs;
use std::path::{Path, PathBuf};

use aquatint_tests::checkpoint;
use safetensors::Dtype;
use serde_json::{Value, json};

use crate::place::{Place, drawing};
use crate::weights;

const UNET: &str = "unet/diffusion_pytorch_model.safetensors";
const INDEX: &str = "unet/diffusion_pytorch_model.safetensors.index.json";

/// Damages a copy of a model, and sees that drawing and `model inspect` both say so.
#[track_caller]
fn broken(damage: impl FnOnce(&Path), says: &[&str]) {
    let (place, model) = damaged(damage);
    place.refused(drawing(&model, &[]), 1, says);
    let inspected = place.run(["model".as_ref(), "inspect".as_ref(), model.as_os_str()]);
    assert_eq!(inspected.code, Some(1), "{}", inspected.stderr);
    assert_eq!(inspected.stderr.lines().count(), 1, "{}", inspected.stderr);
    let said = inspected.stdout + &inspected.stderr;
    for part in says {
        assert!(said.contains(part), "no `{part}` in: {said}");
    }
}

/// The same for what only shows when something is drawn.
#[track_caller]
fn broken_when_drawn(damage: impl FnOnce(&Path), says: &[&str]) {
    let (place, model) = damaged(damage);
    place.refused(drawing(&model, &[]), 1, says);
}

fn damaged(damage: impl FnOnce(&Path)) -> (Place, PathBuf) {
    let place = Place::new();
    let model = place.model();
    damage(&model);
    (place, model)
}

fn edit_json(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut json);
    fs::write(path, json.to_string()).unwrap();
}

/// Sets a key of a JSON file.
fn set(file: &str, key: &str, value: Value) -> impl FnOnce(&Path) {
    move |model| edit_json(&model.join(file), |json| json[key] = value)
}

/// Writes a file, in place of what was there.
fn put(file: &str, bytes: impl AsRef<[u8]>) -> impl FnOnce(&Path) {
    move |model| fs::write(model.join(file), bytes).unwrap()
}

fn remove(path: &str) -> impl FnOnce(&Path) {
    move |model| {
        let path = model.join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
}

/// Keeps the first bytes of a weights file.
fn cut(length: u64) -> impl FnOnce(&Path) {
    move |model| {
        let file = fs::File::options().write(true).open(model.join(UNET));
        file.unwrap().set_len(length).unwrap();
    }
}

fn edit_unet(change: impl FnOnce(&mut weights::Tensors)) -> impl FnOnce(&Path) {
    move |model| weights::edit(&model.join(UNET), change)
}

// Weights.

#[test]
fn weights_missing() {
    broken(
        remove(UNET),
        &["model/unet is not a checkpoint", "no .safetensors file"],
    );
}

#[test]
fn weights_cut_off() {
    broken(
        cut(1_000_000),
        &[UNET, "it should hold 1", "partial download"],
    );
    broken(
        cut(1000),
        &[UNET, "is cut off after 992", "partial download"],
    );
    broken(cut(5), &[UNET, "only 5 bytes"]);
    broken(cut(0), &[UNET, "only 0 bytes"]);
}

#[test]
fn weights_that_are_a_pointer() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    broken(
        put(UNET, pointer),
        &[UNET, "git-lfs pointer", "git lfs pull"],
    );
}

#[test]
fn header_of_absurd_length() {
    let says = [
        "header claims 18446744073709551615 bytes",
        "at most 100000000",
    ];
    broken(put(UNET, [0xff; 64]), &says);
}

#[test]
fn header_of_something_else() {
    let bytes = [&4_u64.to_le_bytes()[..], b"abcd"].concat();
    broken(put(UNET, bytes), &[UNET, "not a sound safetensors file"]);
    broken(
        put(UNET, "<html>Not found</html>"),
        &[UNET, "header claims"],
    );
}

#[test]
fn weights_that_are_a_folder() {
    let damage = |model: &Path| {
        remove(UNET)(model);
        fs::create_dir(model.join(UNET)).unwrap();
    };
    broken(damage, &[UNET, "cannot read", "directory"]);
}

#[cfg(unix)]
#[test]
fn weights_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let (place, model) = damaged(|model| {
        let path = model.join(UNET);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    });
    if fs::File::open(model.join(UNET)).is_ok() {
        return; // This user may read everything.
    }
    let says = [UNET, "cannot read", "ermission denied"];
    place.refused(drawing(&model, &[]), 1, &says);
}

#[test]
fn wrong_dtype() {
    let damage = edit_unet(|tensors| tensors.get_mut("conv_in.bias").unwrap().0 = Dtype::I32);
    let says = [
        UNET,
        "\"conv_in.bias\" has dtype I32",
        "expected F32, F16 or BF16",
    ];
    broken(damage, &says);
}

#[test]
fn missing_tensor() {
    let damage = edit_unet(|tensors| drop(tensors.remove("conv_in.bias")));
    broken(
        damage,
        &[UNET, "\"conv_in.bias\" is missing", "expected shape [16]"],
    );
}

#[test]
fn extra_tensor() {
    let damage = edit_unet(|tensors| {
        let tensor = (Dtype::F32, vec![2], vec![0; 8]);
        tensors.insert("controlnet.weight".to_owned(), tensor);
    });
    broken(
        damage,
        &[
            UNET,
            "1 tensor",
            "does not describe",
            "\"controlnet.weight\"",
        ],
    );
}

#[test]
fn wrong_shape() {
    let damage = edit_unet(|tensors| tensors.get_mut("conv_in.bias").unwrap().1 = vec![4, 4]);
    broken(
        damage,
        &[UNET, "\"conv_in.bias\" has shape [4, 4]", "expected [16]"],
    );
}

#[test]
fn weights_that_are_not_finite() {
    let damage = edit_unet(|tensors| {
        let nan = f32::NAN.to_le_bytes();
        tensors.get_mut("conv_in.bias").unwrap().2 = nan.repeat(16);
    });
    broken_when_drawn(damage, &["unet", "not finite"]);
}

#[test]
fn only_a_pickle() {
    let damage = |model: &Path| {
        let pickle = model.join("unet/diffusion_pytorch_model.bin");
        fs::rename(model.join(UNET), pickle).unwrap();
    };
    broken(
        damage,
        &[
            "diffusion_pytorch_model.bin, a pickle",
            "never loaded",
            "safetensors",
        ],
    );
}

// Shards.

/// Cuts the UNet's weights in two, with an index.
fn shard(model: &Path) {
    let name = |number| format!("diffusion_pytorch_model-0000{number}-of-00002.safetensors");
    let mut first = weights::read(&model.join(UNET));
    let middle = first.keys().nth(first.len() / 2).unwrap().clone();
    let second = first.split_off(&middle);
    let mut map = serde_json::Map::new();
    for (number, tensors) in [(1, first), (2, second)] {
        weights::write(&model.join("unet").join(name(number)), &tensors);
        map.extend(tensors.into_keys().map(|key| (key, name(number).into())));
    }
    remove(UNET)(model);
    put(
        INDEX,
        json!({"metadata": {}, "weight_map": map}).to_string(),
    )(model);
}

#[test]
fn shards_are_as_good_as_one_file() {
    let (place, model) = damaged(shard);
    let whole = place.picture(&checkpoint("sd1"), &[]);
    assert_eq!(place.picture(&model, &[]).pixels, whole.pixels);
}

#[test]
fn shard_missing() {
    let second = "unet/diffusion_pytorch_model-00002-of-00002.safetensors";
    let damage = |model: &Path| {
        shard(model);
        remove(second)(model);
    };
    broken(damage, &["cannot read", second]);
}

#[test]
fn index_that_leads_elsewhere() {
    for path in ["../x.safetensors", "/etc/passwd", "..", "sub/x.safetensors"] {
        let damage = |model: &Path| {
            shard(model);
            edit_json(&model.join(INDEX), |json| {
                json["weight_map"]["conv_in.bias"] = path.into()
            });
        };
        broken(
            damage,
            &[
                INDEX,
                &format!("names \"{path}\""),
                "expected files beside it",
            ],
        );
    }
}

#[test]
fn index_that_is_none() {
    let damage = |text: &'static str| {
        move |model: &Path| {
            shard(model);
            put(INDEX, text)(model);
        }
    };
    broken(damage("{"), &[INDEX, "not valid JSON"]);
    broken(damage("[]"), &[INDEX, "\"weight_map\" is missing"]);
    broken(damage("{\"weight_map\": {}}"), &[INDEX, "names no file"]);
}

// Configs.

#[test]
fn config_value_that_is_unknown() {
    let damage = set("unet/config.json", "act_fn", json!("mish"));
    broken(
        damage,
        &[
            "unet/config.json",
            "\"act_fn\" is \"mish\"",
            "expected \"silu\"",
        ],
    );
    let damage = set("text_encoder/config.json", "hidden_act", json!("relu"));
    broken(
        damage,
        &[
            "text_encoder/config.json",
            "\"relu\"",
            "\"quick_gelu\" or \"gelu\"",
        ],
    );
    let damage = set("vae/config.json", "down_block_types", json!(["Dense"]));
    broken(
        damage,
        &[
            "vae/config.json",
            "[\"Dense\"]",
            "4 times \"DownEncoderBlock2D\"",
        ],
    );
}

#[test]
fn config_value_beyond_measure() {
    let many = json!(vec![16; 70]);
    for (file, key, value) in [
        ("unet/config.json", "block_out_channels", many.clone()),
        ("vae/config.json", "block_out_channels", many),
        ("unet/config.json", "layers_per_block", json!(1 << 29)),
        ("vae/config.json", "layers_per_block", json!(1 << 29)),
        ("unet/config.json", "norm_num_groups", json!(1 << 29)),
        ("vae/config.json", "norm_num_groups", json!(1 << 29)),
        ("unet/config.json", "sample_size", json!(1 << 29)),
        ("text_encoder/config.json", "num_hidden_layers", json!(-1)),
    ] {
        broken(
            set(file, key, value),
            &[file, &format!("\"{key}\" is "), ", expected "],
        );
    }
}

#[test]
fn config_that_is_none() {
    let file = "vae/config.json";
    broken(put(file, "{\"a\": "), &[file, "not valid JSON", "line 1"]);
    broken(put(file, "[1]"), &[file, "expected an object"]);
    broken(put(file, [0xff, 0xfe]), &[file, "cannot read", "UTF-8"]);
    broken(remove(file), &["cannot read", file]);
}

#[test]
fn parts_that_do_not_fit() {
    let file = "unet/config.json";
    let damage = set(file, "cross_attention_dim", json!(48));
    broken(
        damage,
        &[
            file,
            "\"cross_attention_dim\" is 48",
            "expected 32",
            "hidden size",
        ],
    );
}

#[test]
fn scheduler_that_cannot_be_followed() {
    let file = "scheduler/scheduler_config.json";
    broken(remove(file), &["cannot read", file]);
    broken(put(file, "{"), &[file]);
    broken(
        set(file, "beta_schedule", json!("cubic")),
        &[file, "beta_schedule", "cubic"],
    );
    let damage = set(file, "trained_betas", json!([0.1, 0.2]));
    broken(damage, &[file, "trained_betas", "1000"]);
}

#[test]
fn scheduler_of_an_unknown_class_wants_a_sampler_named() {
    let file = "scheduler/scheduler_config.json";
    let (place, model) = damaged(set(file, "_class_name", json!("NoSuchScheduler")));
    let says = [
        "name a sampler",
        "NoSuchScheduler",
        "EulerDiscreteScheduler",
    ];
    place.refused(drawing(&model, &[]), 2, &says);
    let drawn = place.run(drawing(&model, &["--sampler", "Euler", "--quiet"]));
    assert_eq!(drawn.code, Some(0), "{}", drawn.stderr);
}

#[test]
fn defaults_that_make_no_sense() {
    let file = "aquatint.json";
    broken(put(file, "{"), &[file, "not valid JSON"]);
    let unknown = json!({"defaults": {"step": 4}}).to_string();
    broken(
        put(file, unknown),
        &[file, "unknown field `step`", "expected"],
    );
    for (key, value, says) in [
        ("steps", json!(0), "\"steps\" is 0, expected 1 to 1000"),
        ("cfg", json!(-1), "\"cfg\" is -1, expected 0 to 100"),
        (
            "width",
            json!(1 << 20),
            "\"width\" is 1048576, expected 1 to 8192",
        ),
        ("sampler", json!("dpm2mm"), "unknown sampler `dpm2mm`"),
        ("schedule", json!("karas"), "unknown schedule `karas`"),
    ] {
        let text = json!({"defaults": {key: value}}).to_string();
        broken(put(file, text), &[file, says]);
    }
    let preview = json!({"preview": {"factors": [[1, 2, 3]], "bias": [0, 0, 0]}}).to_string();
    let says = "\"preview\" has factors for 1 channels, expected 4";
    broken(put(file, preview), &[file, says]);
}

// The folder.

#[test]
fn model_that_is_not_there() {
    let place = Place::new();
    let says = ["./nowhere is not a checkpoint", "no such folder"];
    place.refused(drawing("./nowhere".as_ref(), &[]), 1, &says);
    place.refused(["model", "inspect", "./nowhere"], 1, &says);
}

#[test]
fn model_that_is_a_file() {
    let model = checkpoint("sd1").join(UNET);
    let says = [UNET, "it is a file", "model_index.json"];
    Place::new().refused(drawing(&model, &[]), 1, &says);
}

#[test]
fn index_of_the_model() {
    let file = "model_index.json";
    broken(
        remove(file),
        &["model is not a checkpoint", "model_index.json is missing"],
    );
    broken(put(file, "{"), &[file, "not valid JSON"]);
    broken(put(file, "3"), &[file, "expected an object"]);
    broken(put(file, "{}"), &[file, "\"_class_name\" is missing"]);
    let flux = json!({"_class_name": "FluxPipeline"}).to_string();
    broken(
        put(file, flux),
        &["FluxPipeline has no UNet", "supported are"],
    );
    let damage = set(
        file,
        "text_encoder",
        json!(["transformers", "T5EncoderModel"]),
    );
    broken(
        damage,
        &[file, "\"text_encoder\" is T5EncoderModel", "CLIPTextModel"],
    );
    let damage = set(file, "text_encoder", json!([null, null]));
    broken(damage, &["names no text encoder"]);
}

#[test]
fn part_missing() {
    for part in ["unet", "vae", "text_encoder"] {
        broken(remove(part), &[&format!("its folder {part}/ is missing")]);
    }
}

// The tokenizer.

#[test]
fn tokenizer_missing() {
    let says = [
        "model/tokenizer: cannot read the tokenizer",
        "vocab.json and merges.txt",
    ];
    broken(remove("tokenizer"), &says);
    broken(remove("tokenizer/merges.txt"), &says);
}

#[test]
fn tokenizer_corrupt() {
    let says = ["tokenizer", "cannot read the tokenizer"];
    broken(put("tokenizer/vocab.json", "{\"a\": "), &says);
    broken(put("tokenizer/vocab.json", "[]"), &says);
    broken(put("tokenizer/vocab.json", "{}"), &says);
    broken(
        put("tokenizer/merges.txt", "#version: 0.2\nnosuch token\n"),
        &says,
    );
    broken(put("tokenizer/merges.txt", [0xff, 0xfe, 0xfd]), &says);
    let file = "tokenizer/tokenizer_config.json";
    broken(put(file, "{"), &[file, "not valid JSON"]);
}

#[test]
fn token_beyond_the_vocabulary() {
    let damage = set("tokenizer/vocab.json", "a</w>", json!(5000));
    broken_when_drawn(damage, &["text_encoder", "token 5000", "knows 1000"]);
}

#[test]
fn every_problem_is_listed() {
    let (place, model) = damaged(|model| {
        put(UNET, "")(model);
        remove("tokenizer")(model);
        set("vae/config.json", "act_fn", json!("mish"))(model);
    });
    let args = ["model".as_ref(), "inspect".as_ref(), model.as_os_str()];
    let ran = place.run(args);
    ran.is_error(1, &["cannot be used", "3 problems"]);
    let problems: Vec<_> = ran
        .stdout
        .lines()
        .filter(|line| line.contains("problem "))
        .collect();
    assert_eq!(problems.len(), 3, "{}", ran.stdout);
    for part in [UNET, "tokenizer", "\"act_fn\" is \"mish\""] {
        assert!(
            problems.iter().any(|line| line.contains(part)),
            "{part}: {}",
            ran.stdout
        );
    }
    let ran = place.run(args.into_iter().chain(["--json".as_ref()]));
    ran.is_error(1, &["3 problems"]);
    assert_eq!(ran.json()["problems"].as_array().unwrap().len(), 3);
}

#[test]
fn a_good_model_is_described() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let args = ["model".as_ref(), "inspect".as_ref(), model.as_os_str()];
    let ran = place.run(args);
    for part in [
        "SD 1.x",
        "epsilon",
        "unet",
        "F32",
        "missing         nothing",
    ] {
        assert!(ran.good().contains(part), "{}", ran.stdout);
    }
    assert_eq!(ran.stderr, "");
    let json = place
        .run(args.into_iter().chain(["--json".as_ref()]))
        .json();
    assert_eq!(json["problems"], json!([]));
    assert_eq!(json["parts"].as_array().unwrap().len(), 3);
}

/// The layout of a model hub's cache: links into a store of blobs.
#[cfg(unix)]
#[test]
fn links_are_followed() {
    fn link_files(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                link_files(&from, &to);
            } else {
                std::os::unix::fs::symlink(from, to).unwrap();
            }
        }
    }
    let place = Place::new();
    let model = place.path("linked");
    link_files(&checkpoint("sd1"), &model);
    let whole = place.picture(&checkpoint("sd1"), &[]);
    assert_eq!(place.picture(&model, &[]).pixels, whole.pixels);
}
