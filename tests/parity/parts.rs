//! Every network of every checkpoint against torch, in every form that its graph can be built in.

use std::path::PathBuf;

use aquatint_diffusion::checkpoint::{Checkpoint, CheckpointError, TextPart};
use aquatint_diffusion::graph::{
    self, AttentionForm, GraphOptions, Section, SectionPolicy, TextInput, TextOutputs, UNetOptions,
};
use aquatint_diffusion::pipeline::{Cancel, Control, Pipeline, TextSettings, Timings};
use aquatint_diffusion::prompt::Tokenizer;

use crate::folders::Folders;
use crate::golden::{Golden, Tensor};
use crate::report::{Errors, Title};
use crate::sessions::{Sessions, Tensors, runtime};
use crate::storage::Variant;
use crate::{here, parallel};

/// Small enough to cut the tiny UNets in several places.
const CUT: SectionPolicy = SectionPolicy::Bytes(24 << 10);

/// Says how far a network is off.
pub(crate) type Comparison = fn(&mut Sessions, &Golden) -> Result<f32, String>;

const FORMS: [(&str, GraphOptions); 3] = [
    ("fused attention", GraphOptions::CPU),
    (
        "attention in operators",
        GraphOptions {
            attention: AttentionForm::Operators,
            ..GraphOptions::CPU
        },
    ),
    (
        "in sections",
        GraphOptions {
            sections: CUT,
            ..GraphOptions::CPU
        },
    ),
];

/// A checkpoint folder, and the golden that it must meet.
pub(crate) struct Subject {
    /// What it is called in the report.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) golden: String,
}

impl Subject {
    /// Every checkpoint, and one stored in 16 bits.
    pub(crate) fn all(folders: &Folders) -> Vec<Self> {
        let mut all: Vec<Self> = Golden::names()
            .into_iter()
            .map(|name| Self {
                folder: folders.of(&name),
                golden: name.clone(),
                name,
            })
            .collect();
        for variant in [Variant::Float16, Variant::Bfloat16] {
            let copy = folders.scratch(variant.name());
            all.push(Self {
                folder: variant
                    .write(&folders.of("sd1"), &copy)
                    .expect("a copy of sd1"),
                golden: "sd1".to_owned(),
                name: format!("sd1, {}", variant.name()),
            });
        }
        all
    }
}

#[test]
fn networks() {
    let folders = Folders::new();
    let subjects = Subject::all(&folders);
    let results = parallel(&subjects, |subject| {
        let mut errors = Errors::default();
        compare(subject, &mut errors)
            .map(|()| errors)
            .map_err(|error| format!("{}: {error}", subject.name))
    });
    Errors::judge(Title::Networks, results);
}

fn compare(subject: &Subject, errors: &mut Errors) -> Result<(), String> {
    let checkpoint = Checkpoint::open(&subject.folder).map_err(|error| error.to_string())?;
    let golden = Golden::read(&subject.golden)?;
    let mut add = |what: &str, found| errors.add(&subject.name, what, found);

    for text in &checkpoint.text {
        let part = text.encoder.name;
        add(&format!("{part}, tokens"), tokens_error(text, &golden));
        let wanted = TextOutputs {
            last: true,
            skipped: 0,
            hidden: vec![text.encoder.config.layers - 1],
            pooled: true,
        };
        let ids = golden.get(part, "input_ids")?.clone();
        let ids = Tensors::from([("input_ids".to_owned(), ids)]);
        let embeddings = embeddings(text, &subject.golden, &golden)?;
        for (form, options) in FORMS {
            for (input, given) in [(TextInput::Ids, &ids), (TextInput::Embeddings, &embeddings)] {
                let sections = graph::text_encoder(&text.encoder, input, &wanted, options);
                let found = load(sections)
                    .and_then(|mut sessions| text_error(&mut sessions, given, text, &golden, true));
                add(&format!("{part}, {form}"), found);
            }
        }
    }

    for (form, options) in FORMS {
        for control in [false, true] {
            let unet_options = UNetOptions {
                odd_sizes: true,
                control,
            };
            let sections = graph::unet(&checkpoint.unet, unet_options, options);
            if options.sections == CUT && sections.as_ref().is_ok_and(|all| all.len() < 3) {
                return Err("the UNet was not cut".to_owned());
            }
            let (what, error): (_, Comparison) = match control {
                false => ("unet", unet_error),
                true => ("unet with control", control_error),
            };
            let found = load(sections).and_then(|mut sessions| error(&mut sessions, &golden));
            add(&format!("{what}, {form}"), found);
        }
        let found = load(graph::vae_decoder(&checkpoint.vae, options))
            .and_then(|mut sessions| decoder_error(&mut sessions, &golden));
        add(&format!("vae decoder, {form}"), found);
        let found = load(graph::vae_encoder(&checkpoint.vae, options))
            .and_then(|mut sessions| encoder_error(&mut sessions, &golden));
        add(&format!("vae encoder, {form}"), found);
    }
    add("texts by the pipeline", pipeline_error(checkpoint, &golden));
    Ok(())
}

pub(crate) fn load(sections: Result<Vec<Section>, CheckpointError>) -> Result<Sessions, String> {
    Sessions::of(&sections.map_err(|error| error.to_string())?)
}

/// Token ids are equal, or that is an error: there is no being a little off.
fn tokens_error(text: &TextPart, golden: &Golden) -> Result<f32, String> {
    let tokenizer = Tokenizer::open(&text.tokenizer, text.encoder.config.positions)
        .map_err(|error| error.to_string())?;
    let ids = golden.get(text.encoder.name, "input_ids")?;
    for (index, prompt) in golden.prompts.iter().enumerate() {
        let ours = tokenizer
            .encode(prompt)
            .map_err(|error| error.to_string())?;
        let ours: Vec<i64> = ours.ids.into_iter().map(i64::from).collect();
        let theirs = ids.item(index);
        if ours != theirs.as_ints() {
            let theirs = theirs.as_ints();
            return Err(format!(
                "{}: {prompt:?} is {ours:?} instead of {theirs:?}",
                text.encoder.name
            ));
        }
    }
    Ok(0.0)
}

/// The inputs of a text encoder that is given embeddings, looked up here.
fn embeddings(text: &TextPart, checkpoint: &str, golden: &Golden) -> Result<Tensors, String> {
    // From the checkpoint as it was made, whatever its copy is stored in.
    let folder = here().join("checkpoints").join(checkpoint);
    let original = Checkpoint::open(&folder).map_err(|error| error.to_string())?;
    let weights = &original
        .text
        .iter()
        .find(|other| other.encoder.name == text.encoder.name)
        .ok_or("the text encoder is missing")?
        .encoder
        .weights;
    let (_, table) = weights
        .tensors()
        .iter()
        .find(|(name, _)| name.ends_with("token_embedding.weight"))
        .ok_or("no token embeddings")?;
    let table = Tensor::floats(
        table.shape(),
        weights
            .data(table)
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect(),
    );
    let ids = golden.get(text.encoder.name, "input_ids")?;
    let (rows, positions) = (ids.shape[0], ids.shape[1]);
    let channels = table.shape[1];
    let looked_up = ids.as_ints().iter();
    let looked_up = looked_up.flat_map(|id| table.item(*id as usize).as_floats().to_vec());
    // The end is the last token of the vocabulary.
    let end = table.shape[0] as i64 - 1;
    let ends = ids.as_ints().chunks(positions).map(|row| {
        let position = row.iter().position(|id| *id == end);
        position.map_or(-1, |position| position as i64)
    });
    Ok(Tensors::from([
        (
            "inputs_embeds".to_owned(),
            Tensor::floats(&[rows, positions, channels], looked_up.collect()),
        ),
        (
            "eos_position".to_owned(),
            Tensor::ints(&[rows, 1], ends.collect()),
        ),
    ]))
}

/// How far a text encoder is off: the last state, the pooled one, and where it is given the one before the last layer.
pub(crate) fn text_error(
    sessions: &mut Sessions,
    inputs: &Tensors,
    text: &TextPart,
    golden: &Golden,
    hidden_too: bool,
) -> Result<f32, String> {
    let outputs = sessions.run(inputs)?;
    let part = text.encoder.name;
    let penultimate = format!("hidden_states.{}", text.encoder.config.layers - 1);
    let (pooled, pooled_golden) = match text.encoder.config.projection {
        Some(_) => ("text_embeds", "text_embeds"),
        None => ("pooler_output", "pooled"),
    };
    let last = worst(
        &outputs,
        "last_hidden_state",
        golden.get(part, "last_hidden_state")?,
    )?;
    let pooled = worst(&outputs, pooled, golden.get(part, pooled_golden)?)?;
    let mut error = last.max(pooled);
    if hidden_too {
        let hidden = worst(&outputs, &penultimate, golden.get(part, "penultimate")?)?;
        error = error.max(hidden);
    }
    Ok(error)
}

/// How far a UNet is off, over all timesteps.
pub(crate) fn unet_error(sessions: &mut Sessions, golden: &Golden) -> Result<f32, String> {
    let mut error: f32 = 0.0;
    let timesteps = golden.get("unet", "timesteps")?.shape[0];
    for step in 0..timesteps {
        let outputs = sessions.run(&unet_inputs(golden, step)?)?;
        let expected = golden.get("unet", "output")?.item(step);
        error = error.max(worst(&outputs, "out_sample", &expected)?);
    }
    Ok(error)
}

fn unet_inputs(golden: &Golden, step: usize) -> Result<Tensors, String> {
    let mut inputs = Tensors::new();
    let optional = ["timestep_cond", "text_embeds", "time_ids"];
    for name in ["sample", "encoder_hidden_states"] {
        inputs.insert(name.to_owned(), golden.get("unet", name)?.clone());
    }
    for name in optional {
        if let Some(tensor) = golden.find("unet", name) {
            inputs.insert(name.to_owned(), tensor.clone());
        }
    }
    let timestep = golden.get("unet", "timesteps")?.item(step);
    inputs.insert("timestep".to_owned(), timestep);
    Ok(inputs)
}

/// How far a UNet that takes a ControlNet's residuals is off: with those of the golden, and with zeros.
fn control_error(sessions: &mut Sessions, golden: &Golden) -> Result<f32, String> {
    let mut controlled = unet_inputs(golden, 0)?;
    let mut uncontrolled = controlled.clone();
    let mut put = |input: String, residual: &Tensor| {
        uncontrolled.insert(input.clone(), residual.zeros_like());
        controlled.insert(input, residual.clone());
    };
    let mut skip = 0;
    while let Some(residual) = golden.find("unet", &format!("control.{skip}")) {
        put(format!("down_block_additional_residual_{skip}"), residual);
        skip += 1;
    }
    let middle = golden.get("unet", "control.middle")?;
    put("mid_block_additional_residual".to_owned(), middle);

    let with = golden.get("unet", "controlled")?;
    let without = golden.get("unet", "output")?.item(0);
    let with = worst(&sessions.run(&controlled)?, "out_sample", with)?;
    let without = worst(&sessions.run(&uncontrolled)?, "out_sample", &without)?;
    Ok(with.max(without))
}

pub(crate) fn decoder_error(sessions: &mut Sessions, golden: &Golden) -> Result<f32, String> {
    let latent = golden.get("vae", "latent")?.clone();
    let outputs = sessions.run(&Tensors::from([("latent_sample".to_owned(), latent)]))?;
    worst(&outputs, "sample", golden.get("vae", "decoded")?)
}

pub(crate) fn encoder_error(sessions: &mut Sessions, golden: &Golden) -> Result<f32, String> {
    let image = golden.get("vae", "image")?.clone();
    let outputs = sessions.run(&Tensors::from([("sample".to_owned(), image)]))?;
    worst(&outputs, "latent_parameters", golden.get("vae", "moments")?)
}

/// How far the texts are off as the pipeline encodes and joins them.
fn pipeline_error(checkpoint: Checkpoint, golden: &Golden) -> Result<f32, String> {
    let sdxl = checkpoint.is_sdxl();
    let hidden = if sdxl {
        "penultimate"
    } else {
        "last_hidden_state"
    };
    let parts: Vec<_> = checkpoint
        .text
        .iter()
        .map(|text| text.encoder.name)
        .collect();
    let pipeline = Pipeline::new(runtime()?.clone().into(), checkpoint);
    let mut error: f32 = 0.0;
    for (index, prompt) in golden.prompts.iter().enumerate() {
        let texts = pipeline
            .encode(
                &[prompt.as_str()],
                &TextSettings::default(),
                &mut Control::new(&Cancel::new(), &mut |_| {}),
                &mut Timings::default(),
            )
            .map_err(|error| error.to_string())?
            .remove(0);
        // Cut off there, and not here: `wording.rs` has what becomes of it.
        if texts.tokens > golden.get(parts[0], hidden)?.shape[1] {
            continue;
        }
        let mut states = Vec::new();
        for part in &parts {
            states.push(golden.get(part, hidden)?.item(index));
        }
        let mut expected = Vec::new();
        for token in 0..states[0].shape[0] {
            for state in &states {
                expected.extend_from_slice(state.item(token).as_floats());
            }
        }
        error = error.max(largest_difference(&texts.hidden, &expected)?);
        match (sdxl, &texts.pooled) {
            (true, Some(pooled)) => {
                let part = parts[parts.len() - 1];
                let expected = golden.get(part, "text_embeds")?.item(index);
                error = error.max(largest_difference(pooled, expected.as_floats())?);
            }
            (false, None) => {}
            _ => return Err("a pooled text is SDXL's, and only SDXL's".to_owned()),
        }
    }
    Ok(error)
}

pub(crate) fn worst(outputs: &Tensors, name: &str, expected: &Tensor) -> Result<f32, String> {
    let ours = outputs
        .get(name)
        .ok_or_else(|| format!("it does not give {name:?}"))?;
    if ours.shape != expected.shape {
        return Err(format!(
            "{name} is {:?} instead of {:?}",
            ours.shape, expected.shape
        ));
    }
    largest_difference(ours.as_floats(), expected.as_floats())
}

fn largest_difference(ours: &[f32], theirs: &[f32]) -> Result<f32, String> {
    if ours.len() != theirs.len() {
        return Err(format!(
            "{} numbers instead of {}",
            ours.len(),
            theirs.len()
        ));
    }
    if ours.iter().any(|value| !value.is_finite()) {
        return Err("numbers that are not finite".to_owned());
    }
    let differences = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    Ok(differences.fold(0.0, f32::max))
}
