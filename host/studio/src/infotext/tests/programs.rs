//! Texts as other programs write them, made by their rules.

use super::*;

/// What becomes of a text, in short: sampler, schedule, noise.
fn taken(text: &str) -> (Option<String>, Option<String>, NoiseKind) {
    let request = Infotext::parse(text).to_request();
    (request.sampler, request.schedule, request.noise)
}

fn said(text: &str) -> Vec<String> {
    Note::lines(&Infotext::parse(text).import().notes)
}

#[test]
fn a1111_1_5() {
    let text = "masterpiece, (oil painting:1.2), [cat|dog]\nby a lake, <lora:ink:0.8>\nNegative prompt: ugly, (text:1.3)\n\
        Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, Model hash: 6ce0161689, \
        Model: v1-5-pruned-emaonly, VAE hash: 735e4c3a44, VAE: vae-ft-mse.safetensors, Denoising strength: 0.7, \
        Clip skip: 2, ENSD: 31337, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent, Lora hashes: \"ink: 0a1b, \
        b: 2c\", TI hashes: \"easy: c74b4e810b03\", Token merging ratio: 0.5, Version: v1.5.2";
    let read = Infotext::parse(text);
    assert_eq!(
        read.prompt,
        "masterpiece, (oil painting:1.2), [cat|dog]\nby a lake, <lora:ink:0.8>"
    );
    assert_eq!(read.negative, "ugly, (text:1.3)");
    assert_eq!(read.get(&["Lora hashes"]), Some("ink: 0a1b, b: 2c"));
    assert_eq!(read.get(&["CLiP-skip", "Clip skip"]), Some("2"));
    assert_eq!(read.to_string(), text);

    let import = read.import();
    assert_eq!(
        import.request,
        Request {
            prompt: read.prompt.clone(),
            negative: read.negative.clone(),
            model: Some("v1-5-pruned-emaonly".into()),
            vae: Some("vae-ft-mse.safetensors".into()),
            seed: Some(965_400_086),
            steps: Some(20),
            cfg: Some(7.0),
            sampler: Some("dpmpp_2m".into()),
            schedule: Some("karras".into()),
            width: Some(512),
            height: Some(768),
            eta_noise_seed_delta: 31337,
            hires: Some(crate::Hires {
                steps: Some(10),
                ..crate::Hires::default()
            }),
            noise: NoiseKind::Philox,
            clip_skip: 2,
            ..Request::default()
        }
    );
    assert_eq!(import.model_hash.as_deref(), Some("6ce0161689"));
    assert_eq!(import.vae_hash.as_deref(), Some("735e4c3a44"));
    assert_eq!(import.origin, Origin::A1111);
    assert_eq!(
        Note::lines(&import.notes),
        [
            "drawn as words: <lora:ink:0.8>, which loads a LoRA elsewhere",
            "embeddings took part, and do where files of their names are here: easy: c74b4e810b03",
            "ignored, so the picture will differ: Lora hashes ink: 0a1b, b: 2c, \
             Token merging ratio 0.5",
        ]
    );
}

#[test]
fn a1111_before_schedules_were_a_choice() {
    for (sampler, id, schedule) in [
        ("Euler a", "euler_a", Some("normal")),
        ("Euler", "euler", Some("normal")),
        ("DPM++ 2M", "dpmpp_2m", Some("normal")),
        (
            "DPM++ 2M SDE Exponential",
            "dpmpp_2m_sde",
            Some("exponential"),
        ),
        ("DDIM", "ddim", Some("leading")),
        ("PLMS", "pndm", Some("leading")),
        ("UniPC", "unipc", None),
    ] {
        let text = format!(
            "p\nSteps: 20, Sampler: {sampler}, CFG scale: 7, Seed: 1, Size: 8x8, Version: v1.8.0"
        );
        let expected = (
            Some(id.to_owned()),
            schedule.map(str::to_owned),
            NoiseKind::Philox,
        );
        assert_eq!(taken(&text), expected, "{sampler}");
    }
}

#[test]
fn a1111_since_schedules_are_a_choice() {
    for (sampler, asked, schedule) in [
        ("DPM++ 2M", "Karras", Some("karras")),
        ("DPM++ 2M", "Automatic", Some("karras")),
        ("DPM++ 2M SDE", "Automatic", Some("exponential")),
        ("Euler a", "Automatic", Some("normal")),
        ("Euler", "Uniform", Some("normal")),
        ("Euler", "SGM Uniform", Some("sgm_uniform")),
        ("UniPC", "Automatic", None),
        // What nobody knows here stays, so that drawing says so.
        ("Euler", "Align Your Steps", Some("align_your_steps")),
        ("Euler", "GITS", Some("GITS")),
        ("Restart", "Automatic", Some("karras")),
    ] {
        let text = format!(
            "p\nSteps: 20, Sampler: {sampler}, Schedule type: {asked}, CFG scale: 7, Seed: 1, Size: 8x8, RNG: NV, \
             Version: v1.10.1"
        );
        assert_eq!(taken(&text).1.as_deref(), schedule, "{sampler} {asked}");
        assert_eq!(said(&text), [""; 0]);
    }
    let unknown = "p\nSteps: 20, Sampler: DPM wild, Schedule type: Automatic, Seed: 1";
    assert_eq!(taken(unknown).0.as_deref(), Some("DPM wild"));
}

/// Its site writes JSON without quotes around it, and no version.
#[test]
fn civitai() {
    let text = "a cat\nNegative prompt: bad\nSteps: 25, Sampler: Euler a, CFG scale: 7, Seed: 3, Size: 832x1216, Clip skip: 1, \
        Created Date: 2024-05-10T0532:24.123Z, Civitai resources: [{\"type\":\"checkpoint\",\"modelVersionId\":691639,\
        \"modelName\":\"Steps: 9, b\"}], Civitai metadata: {}";
    let read = Infotext::parse(text);
    assert_eq!(read.fields.len(), 9);
    assert_eq!(read.to_request().steps, Some(25));
    assert_eq!(said(text), [""; 0]);
}

#[test]
fn forge() {
    let text = "cat\nSteps: 8, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 3, \
         Size: 896x1152, Model hash: c161224931, Model: flux1-dev, RNG: CPU, Module 1: ae, Beta schedule alpha: 0.6, \
         Version: f2.0.1v1.10.1-previous-636-gb835f24a";
    let read = Infotext::parse(text);
    let import = read.import();
    assert_eq!(import.origin, Origin::Forge);
    let request = import.request;
    assert_eq!(request.schedule.as_deref(), Some("simple"));
    assert_eq!(request.cfg, Some(1.0));
    assert_eq!(request.noise, NoiseKind::Cpu);
    assert_eq!(
        said(text),
        [
            "ignored, so the picture will differ: Distilled CFG Scale 3.5, Module 1 ae",
            "ignored, as nothing is known of it: Beta schedule alpha 0.6",
        ]
    );
}

#[test]
fn sdnext() {
    let text = "a cat in spring\nNegative prompt: \nTemplate: a cat in __season__\nand more\nNegative template: \n\
         Steps: 20, Size: 1024x1024, Sampler: UniPC, Scheduler: UniPCMultistepScheduler, Seed: 42, CFG scale: 6, \
         CFG rescale: 0.7, CFG end: 0.8, CLiP-skip: 1, Batch: 1x1, App: SD.Next, Version: 1a2b3c4, Parser: native, \
         Pipeline: StableDiffusionXLPipeline, Operations: \"txt2img; hires\", Model: sdxl, Model hash: 31e35c80fc, \
         Sampler sigma: karras, Sampler order: 2, LoRA networks: \"ink:0.8\"";
    let read = Infotext::parse(text);
    assert_eq!(
        (read.prompt.as_str(), read.negative.as_str()),
        ("a cat in spring", "")
    );
    assert_eq!(
        read.get(&["Template"]),
        Some("a cat in __season__\nand more")
    );
    assert_eq!(read.get(&["Operations"]), Some("txt2img; hires"));
    let import = read.import();
    assert_eq!(import.origin, Origin::SdNext);
    let request = import.request;
    assert_eq!((request.width, request.cfg_rescale), (Some(1024), 0.7));
    assert_eq!(
        (request.sampler.as_deref(), request.schedule.as_deref()),
        (Some("unipc"), Some("karras"))
    );
    assert_eq!(
        said(text),
        [
            "ignored, so the picture will differ: Operations txt2img; hires, Sampler order 2, LoRA networks ink:0.8"
        ]
    );
}

#[test]
fn sdnext_leaves_schedules_to_the_model() {
    let text = |sampler: &str, more: &str| {
        format!(
            "p\nNegative prompt: \nSteps: 20, Size: 8x8, Sampler: {sampler}, Seed: 4, App: SD.Next{more}"
        )
    };
    let model = (Some("euler_a".to_owned()), None, NoiseKind::Philox);
    assert_eq!(taken(&text("Euler a", "")), model);
    assert_eq!(taken(&text("Euler a", ", Sampler sigma: default")), model);
    assert_eq!(taken(&text("Default", "")), (None, None, NoiseKind::Philox));
    let beta = taken(&text("Euler a", ", Sampler sigma: betas"));
    assert_eq!(beta.1.as_deref(), Some("beta"));
    let spaced = taken(&text("Euler a", ", Sampler spacing: trailing"));
    assert_eq!(spaced.1.as_deref(), Some("trailing"));
    let flow = text("Euler a", ", Sampler sigma: flowmatch");
    assert_eq!(taken(&flow), model);
    assert_eq!(
        said(&flow),
        ["ignored, so the picture will differ: Sampler sigma flowmatch"]
    );
}

#[test]
fn a_node_of_comfyui() {
    let text = "p\nSteps: 20, Sampler: dpmpp_2m_karras, CFG scale: 7.0, Seed: 1, Size: 8x8, Model hash: 6ce0161689, \
        Model: ink, Version: ComfyUI";
    let expected = (
        Some("dpmpp_2m".to_owned()),
        Some("karras".to_owned()),
        NoiseKind::Cpu,
    );
    assert_eq!(taken(text), expected);
    let plain = text.replace("dpmpp_2m_karras", "euler_ancestral");
    assert_eq!(
        taken(&plain),
        (Some("euler_a".into()), None, NoiseKind::Cpu)
    );
}

#[test]
fn values_without_sense_are_told() {
    let text = "p\nSteps: many, Seed: 1.5, Size: 512, CFG scale: high, RNG: dice, Sampler: Euler, Schedule type: Simple, \
        My key: a\u{1b}[31m, Wide: 1";
    assert_eq!(
        said(text),
        [
            "left to the default: Size 512, expected a size such as 512x768",
            "left to the default: Seed 1.5, expected a whole number",
            "left to the default: Steps many, expected a whole number",
            "left to the default: CFG scale high, expected a number",
            "left to the default: RNG dice, expected CPU, GPU or NV",
            "ignored, as nothing is known of it: My key a\\u{1b}[31m, Wide 1",
        ]
    );
    let floats = "p\nSteps: 20.0, Seed: 12.00, CFG scale: 7.50, Size: 512 x 768";
    let request = Infotext::parse(floats).to_request();
    assert_eq!(
        (request.steps, request.seed, request.cfg, request.height),
        (Some(20), Some(12), Some(7.5), Some(768))
    );
}

/// Whatever the text, what is read of it is told or taken.
#[test]
fn no_field_is_lost() {
    const KEYS: [&str; 12] = [
        "Steps",
        "Seed",
        "Size",
        "CFG scale",
        "RNG",
        "Clip skip",
        "Hires upscale",
        "Odd key",
        "Sampler",
        "Version",
        "App",
        "Model",
    ];
    const VALUES: [&str; 10] = [
        "1",
        "8x8",
        "-1",
        "\"a, b\"",
        "猫",
        "",
        "Euler a",
        "SD.Next",
        "nan",
        "99999999999999999999",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    for _ in 0..3000 {
        let line: Vec<String> = (0..3 + random(6))
            .map(|_| {
                format!(
                    "{}: {}",
                    KEYS[random(KEYS.len())],
                    VALUES[random(VALUES.len())]
                )
            })
            .collect();
        let read = Infotext::parse(&format!("p\n{}", line.join(", ")));
        let import = read.import();
        let told = import
            .notes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        for (key, value) in &read.fields {
            let is_told = told.contains(key.as_str());
            let is_plain =
                matches!(key.as_str(), "Version" | "App") || value.is_empty() || *value == "-1";
            let is_last = read.get(&[key.as_str()]) == Some(value.as_str());
            let is_taken = match key.as_str() {
                "Steps" => import.request.steps.is_some(),
                "Seed" => import.request.seed.is_some(),
                "Size" => import.request.width.is_some(),
                "CFG scale" => import.request.cfg.is_some(),
                "Sampler" => import.request.sampler.is_some() || value == "Default",
                "Model" => import.request.model.is_some(),
                "Hires upscale" => import.request.hires.is_some(),
                "Clip skip" => import.request.clip_skip.to_string() == *value,
                _ => false,
            };
            assert!(
                is_told || is_plain || is_taken || !is_last,
                "{line:?}: {key}"
            );
        }
    }
}
