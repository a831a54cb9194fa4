//! What `wit/` becomes in Rust. Imports once, and one world for each hook, so that a plugin exports what it has and
//! imports what it uses.

#![allow(missing_docs, clippy::all)]

wit_bindgen::generate!({
    path: "wit",
    inline: "
        package aquatint:sdk;
        world host {
            import aquatint:plugin/types@0.1.0;
            import aquatint:plugin/log@0.1.0;
            import aquatint:plugin/job@0.1.0;
            import aquatint:plugin/image@0.1.0;
            import aquatint:plugin/latents@0.1.0;
            import aquatint:plugin/assets@0.1.0;
            import aquatint:plugin/store@0.1.0;
            import aquatint:plugin/fetch@0.1.0;
            import aquatint:plugin/generate@0.1.0;
            import aquatint:plugin/inference@0.1.0;
        }
    ",
    world: "aquatint:sdk/host",
    generate_all,
});

pub mod info {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-info;
            world info-hook {
                export aquatint:plugin/info@0.1.0;
            }
        ",
        world: "aquatint:sdk-info/info-hook",
        pub_export_macro: true,
        export_macro_name: "export_info",
        default_bindings_module: "aquatint_plugin::bindings::info",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
        },
    });

    pub use exports::aquatint::plugin::info::Guest;
}

pub mod pre_process {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-pre-process;
            world pre-process-hook {
                export aquatint:plugin/pre-process@0.1.0;
            }
        ",
        world: "aquatint:sdk-pre-process/pre-process-hook",
        pub_export_macro: true,
        export_macro_name: "export_pre_process",
        default_bindings_module: "aquatint_plugin::bindings::pre_process",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
        },
    });

    pub use exports::aquatint::plugin::pre_process::Guest;
}

pub mod denoise {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-denoise;
            world denoise-hook {
                export aquatint:plugin/denoise@0.1.0;
            }
        ",
        world: "aquatint:sdk-denoise/denoise-hook",
        pub_export_macro: true,
        export_macro_name: "export_denoise",
        default_bindings_module: "aquatint_plugin::bindings::denoise",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
            "aquatint:plugin/latents@0.1.0": crate::bindings::aquatint::plugin::latents,
        },
    });

    pub use exports::aquatint::plugin::denoise::Guest;
}

pub mod post_process {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-post-process;
            world post-process-hook {
                export aquatint:plugin/post-process@0.1.0;
            }
        ",
        world: "aquatint:sdk-post-process/post-process-hook",
        pub_export_macro: true,
        export_macro_name: "export_post_process",
        default_bindings_module: "aquatint_plugin::bindings::post_process",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
            "aquatint:plugin/image@0.1.0": crate::bindings::aquatint::plugin::image,
        },
    });

    pub use exports::aquatint::plugin::post_process::Guest;
}

pub mod script {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-script;
            world script-hook {
                export aquatint:plugin/script@0.1.0;
            }
        ",
        world: "aquatint:sdk-script/script-hook",
        pub_export_macro: true,
        export_macro_name: "export_script",
        default_bindings_module: "aquatint_plugin::bindings::script",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
            "aquatint:plugin/image@0.1.0": crate::bindings::aquatint::plugin::image,
        },
    });

    pub use exports::aquatint::plugin::script::Guest;
}

pub mod sweep {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package aquatint:sdk-sweep;
            world sweep-hook {
                export aquatint:plugin/sweep@0.1.0;
            }
        ",
        world: "aquatint:sdk-sweep/sweep-hook",
        pub_export_macro: true,
        export_macro_name: "export_sweep",
        default_bindings_module: "aquatint_plugin::bindings::sweep",
        with: {
            "aquatint:plugin/types@0.1.0": crate::bindings::aquatint::plugin::types,
        },
    });

    pub use exports::aquatint::plugin::sweep::Guest;
}
