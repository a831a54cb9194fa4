use std::sync::Arc;

use aquatint_diffusion::checkpoint::{Checkpoint, CheckpointError, Fingerprints, PartFingerprint};
use aquatint_diffusion::pipeline::Pipeline;
use aquatint_diffusion::runtime::Runtime;

/// A checkpoint on a runtime, and what identifies it.
#[derive(Debug)]
pub struct Model {
    /// What draws.
    pub pipeline: Pipeline,
    /// What its parts are called in recipes and keys.
    pub parts: Vec<PartFingerprint>,
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
        })
    }
}
