//! Exported folders: what any other program with ONNX Runtime gets from them.

use aquatint_diffusion::checkpoint::Checkpoint;
use serde_json::{Map, Value};

use crate::folders::{Folders, read_json};
use crate::golden::Golden;
use crate::parts::{Comparison, Subject, decoder_error, encoder_error, text_error, unet_error};
use crate::report::{Errors, Title};
use crate::sessions::{Sessions, Tensors};
use crate::{command, parallel};

#[test]
fn exported() {
    let folders = Folders::new();
    let subjects = Subject::all(&folders);
    let results = parallel(&subjects, |subject| {
        let mut errors = Errors::default();
        compare(subject, &folders, &mut errors)
            .map(|()| errors)
            .map_err(|error| format!("{}: {error}", subject.name))
    });
    Errors::judge(Title::Exported, results);
}

fn compare(subject: &Subject, folders: &Folders, errors: &mut Errors) -> Result<(), String> {
    let golden = Golden::read(&subject.golden)?;
    let folder = folders.scratch(&format!("exported {}", subject.name));
    command::export(&subject.folder, &folder)?;
    let open = |part: &str| Sessions::open(&folder.join(part).join("model.onnx"));
    let mut add = |what: &str, found| errors.add(&subject.name, what, found);

    let checkpoint = Checkpoint::open(&subject.folder).map_err(|error| error.to_string())?;
    for text in &checkpoint.text {
        let part = text.encoder.name;
        let ids = golden.get(part, "input_ids")?.clone();
        let inputs = Tensors::from([("input_ids".to_owned(), ids)]);
        // Hidden states are what an SDXL pipeline reads, and no other.
        let hidden_too = checkpoint.is_sdxl();
        let found = open(part)
            .and_then(|mut sessions| text_error(&mut sessions, &inputs, text, &golden, hidden_too));
        add(part, found);
    }
    let networks: [(_, Comparison); 3] = [
        ("unet", unet_error),
        ("vae_decoder", decoder_error),
        ("vae_encoder", encoder_error),
    ];
    for (part, error) in networks {
        add(
            part,
            open(part).and_then(|mut sessions| error(&mut sessions, &golden)),
        );
    }
    Ok(())
}

/// Where Optimum and diffusers guess, or go by the order: `optimum_check.py` shows what comes of it.
#[test]
fn what_optimum_relies_on() {
    let folders = Folders::new();
    for name in ["sd1", "sdxl"] {
        let folder = folders.scratch(name);
        command::export(&folders.of(name), &folder).expect("an exported folder");
        let checkpoint = Checkpoint::open(&folders.of(name)).expect("a checkpoint");
        for text in &checkpoint.text {
            let part = text.encoder.name;
            let first = match text.encoder.config.projection {
                Some(_) => "text_embeds",
                None => "last_hidden_state",
            };
            let sessions = Sessions::open(&folder.join(part).join("model.onnx"));
            let outputs = sessions.expect("a session").outputs();
            assert_eq!(outputs[0], first, "{name}/{part}, of {outputs:?}");
        }
        for part in ["vae_encoder", "vae_decoder"] {
            let config: Map<String, Value> =
                read_json(&folder.join(part).join("config.json")).expect("a config");
            let factor = config.get("scaling_factor").and_then(Value::as_f64);
            let expected = checkpoint.vae.config.scaling_factor;
            // Without it Optimum takes 8.
            assert_eq!(factor.map(|it| it as f32), Some(expected), "{name}/{part}");
        }
    }
}
