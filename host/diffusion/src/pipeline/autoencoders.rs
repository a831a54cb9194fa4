//! The VAEs that stay loaded: a checkpoint's own, and those that took its place.

use super::Loaded;
use crate::checkpoint::{Part, Tensor, VaeConfig};

/// How large those beside the checkpoint's own may be together, in 32 bits: six of the size that SD and SDXL have.
const MOST_BYTES: usize = 2 << 30;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Autoencoders {
    own: Networks,
    /// Those that were used last stand last.
    others: Vec<Other>,
    /// Whether the last of them is in the place of the checkpoint's own.
    is_replaced: bool,
}

/// The two networks of one.
#[derive(Debug, Default)]
pub(super) struct Networks {
    pub(super) decoder: Option<Loaded>,
    pub(super) encoder: Option<Loaded>,
}

#[derive(Debug)]
struct Other {
    id: String,
    part: Part<VaeConfig>,
    networks: Networks,
}

impl Other {
    fn bytes(&self) -> usize {
        let tensors = self.part.weights.tensors().values();
        tensors.map(Tensor::elements).sum::<usize>() * size_of::<f32>()
    }
}

impl Autoencoders {
    /// The checkpoint's own from now on.
    pub(super) fn use_own(&mut self) {
        self.is_replaced = false;
    }

    /// This one from now on. What was used longest ago goes, if all are too large.
    pub(super) fn put(&mut self, id: &str, part: Part<VaeConfig>) {
        let known = self.others.iter().position(|other| other.id == id);
        let other = match known {
            Some(index) => self.others.remove(index),
            None => Other {
                id: id.to_owned(),
                part,
                networks: Networks::default(),
            },
        };
        self.others.push(other);
        self.is_replaced = true;
        while self.others.len() > 1
            && self.others.iter().map(Other::bytes).sum::<usize>() > MOST_BYTES
        {
            self.others.remove(0);
        }
    }

    /// The one that is used; `own` is the checkpoint's.
    pub(super) fn part<'a>(&'a self, own: &'a Part<VaeConfig>) -> &'a Part<VaeConfig> {
        match self.others.last().filter(|_| self.is_replaced) {
            Some(other) => &other.part,
            None => own,
        }
    }

    /// The same with its networks.
    pub(super) fn current<'a>(
        &'a mut self,
        own: &'a Part<VaeConfig>,
    ) -> (&'a Part<VaeConfig>, &'a mut Networks) {
        match self.others.last_mut().filter(|_| self.is_replaced) {
            Some(other) => (&other.part, &mut other.networks),
            None => (own, &mut self.own),
        }
    }
}
