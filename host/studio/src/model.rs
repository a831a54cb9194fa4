use std::sync::Arc;

use aquatint_diffusion::checkpoint::{
    Checkpoint, CheckpointError, Fingerprints, PartFingerprint, TinyVae,
};
use aquatint_diffusion::pipeline::Pipeline;
use aquatint_diffusion::runtime::Runtime;

/// A checkpoint on a runtime, and what identifies it.
#[derive(Debug)]
pub struct Model {
    /// What draws.
    pub pipeline: Pipeline,
    /// What its parts are called in recipes and keys.
    pub parts: Vec<PartFingerprint>,
    /// What its tiny VAE is called there, if it has one.
    pub tiny: Option<PartFingerprint>,
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
        })
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
