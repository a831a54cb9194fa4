//! What `wit/` becomes in Rust. Generated; the implementations are in [`imports`](crate::imports).

#![allow(missing_docs, unreachable_pub, reason = "generated")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "everything",
    imports: {
        "aquatint:plugin/fetch.send": async | trappable,
        "aquatint:plugin/generate.[method]ticket.wait": async | trappable,
        "aquatint:plugin/inference.load": async | trappable,
        "aquatint:plugin/inference.[method]graph.compute": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    trappable_error_type: {
        "aquatint:plugin/types.problem" => crate::guest::Refused,
    },
    with: {
        "aquatint:plugin/image.image": crate::guest::HeldPicture,
        "aquatint:plugin/latents.latents": crate::guest::HeldTensor,
        "aquatint:plugin/latents.moment": crate::guest::HeldMoment,
        "aquatint:plugin/generate.ticket": crate::guest::Ticket,
        "aquatint:plugin/inference.tensor": crate::guest::RawTensor,
        "aquatint:plugin/inference.graph": crate::guest::HeldGraph,
    },
});

pub(crate) use aquatint::plugin as interfaces;
