//! The words a scheduler config may use, as types.

/// Declares an enum together with the word each variant has in the config.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every variant.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word in a scheduler config.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl Word for $name {
            const ALL: &[Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.word()
            }
        }
    };
}

/// A value that is one of a few words.
pub(super) trait Word: Copy + 'static {
    /// Every value.
    const ALL: &[Self];
    /// The word in a scheduler config.
    fn word(self) -> &'static str;
}

words! {
    /// How the noise added a training step, beta, grows with the timestep.
    BetaSchedule {
        /// From `beta_start` to `beta_end` in equal steps.
        Linear = "linear",
        /// Its square root grows in equal steps. All Stable Diffusion models.
        ScaledLinear = "scaled_linear",
        /// Such that ᾱ is a squared cosine (Nichol and Dhariwal, 2021).
        SquaredCosine = "squaredcos_cap_v2",
        /// Such that ᾱ is `exp(-12 t)`. Heun only.
        Exponential = "exp",
        /// An S-curve from `beta_start` to `beta_end`. DDPM only.
        Sigmoid = "sigmoid",
    }
}

words! {
    /// What the model's output is.
    PredictionType {
        /// The noise in the sample.
        Epsilon = "epsilon",
        /// `sqrt(ᾱ) · noise - sqrt(1 - ᾱ) · picture` (Salimans and Ho, 2022).
        Velocity = "v_prediction",
        /// The picture itself.
        Sample = "sample",
        /// The picture itself, by its old name. Euler only.
        OriginalSample = "original_sample",
        /// The velocity of a rectified flow: SD3, Flux. Not one of these schedulers' models.
        Flow = "flow_prediction",
    }
}

words! {
    /// Which of the training timesteps are visited (Lin and others, 2023, table 2).
    TimestepSpacing {
        /// From the last to the first, both included.
        Linspace = "linspace",
        /// Multiples of a whole stride from 0 up, so that the noisiest may be left out.
        Leading = "leading",
        /// From the last down, so that the cleanest are left out.
        Trailing = "trailing",
    }
}

words! {
    /// The noise level after the last step.
    FinalSigmas {
        /// None: the last step arrives at the picture.
        Zero = "zero",
        /// The smallest of training.
        SigmaMin = "sigma_min",
    }
}

words! {
    /// How Euler reads sigmas between the training timesteps.
    Interpolation {
        /// Linearly in sigma.
        Linear = "linear",
        /// It does not: equal steps in log sigma over the model's range instead.
        LogLinear = "log_linear",
    }
}

words! {
    /// What Euler tells a v-predicting model as its timestep.
    TimestepType {
        /// The training timestep.
        Discrete = "discrete",
        /// A quarter of log sigma, as in EDM (Karras and others, 2022).
        Continuous = "continuous",
    }
}

words! {
    /// Which equation a DPM-Solver integrates.
    AlgorithmType {
        /// The ODE, in terms of the noise.
        Dpm = "dpmsolver",
        /// The ODE, in terms of the picture.
        DpmPlusPlus = "dpmsolver++",
        /// The SDE, in terms of the noise.
        SdeDpm = "sde-dpmsolver",
        /// The SDE, in terms of the picture.
        SdeDpmPlusPlus = "sde-dpmsolver++",
        /// What a DEIS config says; read by DPM-Solver as `dpmsolver++`.
        Deis = "deis",
    }
}

words! {
    /// The form of a multistep solver. Each class reads the others' words as its own default.
    SolverType {
        /// DPM-Solver's default.
        Midpoint = "midpoint",
        /// DPM-Solver's other.
        Heun = "heun",
        /// DEIS's.
        LogRho = "logrho",
        /// UniPC with `B(h) = h`.
        Bh1 = "bh1",
        /// UniPC with `B(h) = exp(h) - 1`: its default.
        Bh2 = "bh2",
    }
}

words! {
    /// The variance of the noise that DDPM adds a step.
    VarianceType {
        /// That of the exact posterior.
        FixedSmall = "fixed_small",
        /// The same, by way of its logarithm.
        FixedSmallLog = "fixed_small_log",
        /// Beta.
        FixedLarge = "fixed_large",
        /// Beta, by way of its logarithm.
        FixedLargeLog = "fixed_large_log",
        /// Predicted by the model.
        Learned = "learned",
        /// Predicted by the model, as a place between the small and the large.
        LearnedRange = "learned_range",
    }
}
