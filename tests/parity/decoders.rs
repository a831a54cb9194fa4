//! Networks other than a checkpoint's own VAE that make pixels of latents, against torch.

use aquatint_diffusion::checkpoint::TinyVae;
use aquatint_diffusion::graph::{GraphOptions, tiny_decoder};

use crate::golden::Golden;
use crate::here;
use crate::parts::{load, worst};
use crate::report::{Errors, Title};
use crate::sessions::Tensors;

#[test]
fn tiny_vaes() {
    let golden = Golden::open(&here().join("golden/tiny.safetensors")).expect("the golden");
    let latent = golden.get("tiny", "latent").expect("latents").clone();
    let expected = golden.get("tiny", "decoded").expect("pictures");
    let inputs = Tensors::from([("latent_sample".to_owned(), latent)]);
    let mut errors = Errors::default();
    for name in ["tiny-vae", "taesd_decoder.safetensors"] {
        let found = TinyVae::open(&here().join("golden/given").join(name))
            .map_err(|error| error.to_string())
            .and_then(|tiny| load(tiny_decoder(&tiny, GraphOptions::CPU)))
            .and_then(|mut sessions| sessions.run(&inputs))
            .and_then(|outputs| worst(&outputs, "sample", expected));
        errors.add(name, "tiny vae decoder", found);
    }
    Errors::judge(Title::TinyVaes, vec![Ok(errors)]);
}
