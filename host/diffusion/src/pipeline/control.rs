use super::{Cancel, Event, LatentHook};

/// What a caller has in hand while a drawing runs: hearing of it, stopping it, and changing what it draws.
pub struct Control<'a> {
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Is told what happens.
    pub events: &'a mut dyn FnMut(Event<'_>),
    /// Sees and changes the latents. Without one, nothing is spent on it.
    pub hook: Option<&'a mut dyn LatentHook>,
}

impl<'a> Control<'a> {
    /// Without a hook.
    pub fn new(cancel: &'a Cancel, events: &'a mut dyn FnMut(Event<'_>)) -> Self {
        Self {
            cancel,
            events,
            hook: None,
        }
    }

    /// With this hook.
    #[must_use]
    pub fn with_hook(self, hook: &'a mut dyn LatentHook) -> Self {
        Self {
            hook: Some(hook),
            ..self
        }
    }
}

impl std::fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("cancel", self.cancel)
            .field("hook", &self.hook.is_some())
            .finish_non_exhaustive()
    }
}
