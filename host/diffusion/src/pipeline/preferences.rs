use crate::graph::AttentionForm;
use crate::runtime::ProviderKind;

/// How a provider is best used. To tune one is to change its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Preferences {
    /// How attention is written.
    pub(super) attention: AttentionForm,
    /// Whether sessions are made for one size: compilers of whole graphs want to know every dimension.
    pub(super) fixed_shapes: bool,
    /// Whether the pictures of a batch are denoised together. One at a time needs less memory, and gives each the
    /// very bits that it has alone.
    pub(super) images_together: bool,
    /// Whether guidance is one run of twice as many rows rather than two runs.
    pub(super) guidance_in_one_run: bool,
    /// Whether weights of 16 bits are widened while the session loads, so that loading in sections saves memory.
    pub(super) sections: bool,
    /// Whether 16-bit weights are computed with as they are. On a CPU that is slower than 32 bits.
    pub(super) half_precision: bool,
}

impl Preferences {
    pub(super) fn of(provider: ProviderKind) -> Self {
        let compiled = Self {
            attention: AttentionForm::Operators,
            fixed_shapes: true,
            images_together: false,
            guidance_in_one_run: true,
            sections: false,
            half_precision: true,
        };
        match provider {
            ProviderKind::Cpu => Self {
                attention: AttentionForm::Fused,
                fixed_shapes: false,
                images_together: false,
                // 10 % faster than two runs at 256×256, 6 % at 512×512 (SD 1.5's size on two cores).
                guidance_in_one_run: true,
                sections: true,
                half_precision: false,
            },
            ProviderKind::Cuda | ProviderKind::DirectMl => Self {
                attention: AttentionForm::Fused,
                fixed_shapes: false,
                images_together: true,
                guidance_in_one_run: true,
                sections: false,
                half_precision: true,
            },
            // On a CPU one run of both halves is 9 % faster at 256×256, no different at 512×512.
            ProviderKind::OpenVino => Self {
                // It chooses the precision that its device is best at by itself.
                half_precision: false,
                ..compiled
            },
            _ => compiled,
        }
    }
}
