//! Every network computing in 16 bits, as GPUs do it. Here the CPU computes it, which keeps the graphs sound on a
//! machine without a GPU; it rounds to 16 bits between operators, so the bar is that of the format.

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::graph::{
    self, AttentionForm, GraphOptions, SectionPolicy, TextInput, TextOutputs, UNetOptions,
};
use aquatint_diffusion::onnx::ElementType;

use crate::folders::Folders;
use crate::golden::Golden;
use crate::parts::{self, Subject};
use crate::sessions::{Sessions, Tensors};

/// Values reach about 4, where neighbours are 1/256 apart, and dozens of operators round one after the other.
const BAR: f32 = 0.06;

const HALF: GraphOptions = GraphOptions {
    compute: ElementType::F16,
    // The fused operator has no 16-bit kernel on CPUs.
    attention: AttentionForm::Operators,
    sections: SectionPolicy::Whole,
};

#[test]
fn half_precision_is_near() {
    let folders = Folders::new();
    for subject in Subject::all(&folders) {
        if let Err(error) = compare(&subject) {
            panic!("{}: {error}", subject.name);
        }
    }
}

fn compare(subject: &Subject) -> Result<(), String> {
    let checkpoint = Checkpoint::open(&subject.folder).map_err(|error| error.to_string())?;
    let golden = Golden::read(&subject.golden)?;
    let near = |what: &str, error: f32| {
        if error > BAR {
            return Err(format!(
                "{what} is off by {error}, at most {BAR} is expected"
            ));
        }
        Ok(())
    };
    for text in &checkpoint.text {
        let wanted = TextOutputs {
            last: true,
            skipped: 0,
            hidden: Vec::new(),
            pooled: true,
        };
        let ids = golden.get(text.encoder.name, "input_ids")?.clone();
        let ids = Tensors::from([("input_ids".to_owned(), ids)]);
        let sections = graph::text_encoder(&text.encoder, TextInput::Ids, &wanted, HALF);
        let mut sessions = parts::load(sections)?;
        let error = parts::text_error(&mut sessions, &ids, text, &golden, false)?;
        near(text.encoder.name, error)?;
    }
    let unet_options = UNetOptions {
        odd_sizes: true,
        ..UNetOptions::default()
    };
    let mut unet: Sessions = parts::load(graph::unet(&checkpoint.unet, unet_options, HALF))?;
    near("unet", parts::unet_error(&mut unet, &golden)?)?;
    let mut decoder = parts::load(graph::vae_decoder(&checkpoint.vae, HALF))?;
    near("vae decoder", parts::decoder_error(&mut decoder, &golden)?)
}
