use std::sync::Arc;

use aquatint_diffusion::checkpoint::{
    Checkpoint, CheckpointError, ExternalVae, Fingerprints, PartFingerprint, TinyVae,
};
use aquatint_diffusion::pipeline::Pipeline;
use aquatint_diffusion::runtime::Runtime;

use crate::vaes::FoundVae;

/// A checkpoint on a runtime, and what identifies it.
#[derive(Debug)]
pub struct Model {
    /// What draws.
    pub pipeline: Pipeline,
    /// What its parts are called in recipes and keys.
    pub parts: Vec<PartFingerprint>,
    /// What its tiny VAE is called there, if it has one.
    pub tiny: Option<PartFingerprint>,
    /// What is in the place of its own VAE, if anything is.
    pub vae: Option<ModelVae>,
}

/// A VAE in the place of a model's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVae {
    /// What it is called, and where it is.
    pub found: FoundVae,
    /// What it is called in recipes and keys.
    pub part: PartFingerprint,
    /// SHA-256 of its file, where it is one: A1111 knows it by that.
    pub sha256: Option<String>,
}

impl Model {
    /// Puts a checkpoint on a runtime. Its fingerprints are taken now: weights are mapped, so what is drawn with is what is
    /// there now.
    ///
    /// # Errors
    /// If its files cannot be read.
    pub fn new(
        runtime: Arc<Runtime>,
        checkpoint: Checkpoint,
        fingerprints: &mut Fingerprints,
    ) -> Result<Self, CheckpointError> {
        let parts = fingerprints.of(&checkpoint)?;
        Ok(Self {
            pipeline: Pipeline::new(runtime, checkpoint),
            parts,
            tiny: None,
            vae: None,
        })
    }

    /// With another VAE in the place of its own, or with its own again.
    ///
    /// # Errors
    /// It is made for other latents, or cannot be read.
    pub fn use_vae(
        &mut self,
        vae: Option<(FoundVae, ExternalVae)>,
        fingerprints: &mut Fingerprints,
    ) -> Result<(), CheckpointError> {
        let Some((found, vae)) = vae else {
            self.vae = None;
            return self.pipeline.use_vae(None);
        };
        let part = fingerprints.of_vae(&vae)?;
        let sha256 = fingerprints.sha256_of(&vae.part.weights)?;
        self.pipeline.use_vae(Some((&part.fingerprint, vae)))?;
        self.vae = Some(ModelVae {
            found,
            part,
            sha256,
        });
        Ok(())
    }

    /// With a tiny VAE, or without one.
    ///
    /// # Errors
    /// It is made for other latents, or cannot be read.
    pub fn use_tiny(
        &mut self,
        tiny: Option<TinyVae>,
        fingerprints: &mut Fingerprints,
    ) -> Result<(), CheckpointError> {
        let fingerprint = tiny.as_ref().map(|tiny| fingerprints.of_tiny(tiny));
        self.tiny = fingerprint.transpose()?;
        self.pipeline.use_tiny(tiny)
    }
}
