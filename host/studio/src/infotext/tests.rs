mod programs;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;

use super::work::looked_at;
use super::*;
use crate::recipe::tests::sample;
use crate::{Hires, Recipe, Request, Upscaler};

fn fields(text: &str) -> Vec<(String, String)> {
    Infotext::parse(text).fields
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn a_recipe_is_written_in_a1111s_order() {
    let mut recipe = Recipe {
        negative: "blurry".into(),
        ..sample()
    };
    recipe.model.sha256 =
        Some("6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa".into());
    assert_eq!(
        Infotext::from(&recipe).to_string(),
        "a red apple\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, \
         Seed: 1, Size: 4x2, Model hash: 6ce0161689, Model: starter, RNG: CPU, Version: aquatint 0.1.0"
    );
}

#[test]
fn without_a_negative_prompt_there_is_no_line_for_it() {
    let recipe = Recipe {
        schedule: "model".into(),
        noise: NoiseKind::Philox,
        cfg: 7.0,
        cfg_rescale: 0.7,
        ..sample()
    };
    assert_eq!(
        Infotext::from(&recipe).to_string(),
        "a red apple\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 4x2, \
         Model: starter, RNG: NV, CFG rescale: 0.7, Version: aquatint 0.1.0"
    );
}

#[test]
fn what_was_done_with_the_texts_is_written_as_a1111_does() {
    let recipe = Recipe {
        prompt: "[a:(b:1.2):.5] AND c :0.5 BREAK \\(d\\)".into(),
        clip_skip: 2,
        emphasis: Emphasis::NoNorm,
        embeddings: ["easy, negative", "ink"]
            .map(|name| crate::recipe::Embedding {
                name: name.into(),
                sha256: "0123456789abcdef".into(),
                ..Default::default()
            })
            .into(),
        ..sample()
    };
    let text = Infotext::from(&recipe).to_string();
    assert_eq!(
        text,
        "[a:(b:1.2):.5] AND c :0.5 BREAK \\(d\\)\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, \
         Seed: 1, Size: 4x2, Model: starter, Clip skip: 2, RNG: CPU, \
         TI hashes: \"easy negative: 0123456789ab, ink: 0123456789ab\", Emphasis: No norm, Version: aquatint 0.1.0"
    );
    let request = Infotext::parse(&text).to_request();
    assert_eq!(request.prompt, recipe.prompt);
    assert_eq!((request.clip_skip, request.emphasis), (2, Emphasis::NoNorm));
}

#[test]
fn an_own_text_gives_the_request_back() {
    for schedule in ["model", "karras", "sgm_uniform", "kl_optimal"] {
        for noise in NoiseKind::ALL {
            let recipe = Recipe {
                seed: u64::MAX,
                cfg: 7.1,
                cfg_rescale: 0.25,
                negative: "x: y, \"z\"\nw".into(),
                schedule: schedule.into(),
                noise,
                ..sample()
            };
            let text = Infotext::from(&recipe).to_string();
            let expected = Request {
                provider: "auto".into(),
                ..recipe.to_request()
            };
            assert_eq!(Infotext::parse(&text).to_request(), expected, "{text}");
        }
    }
}

#[test]
fn plugins_are_one_field_that_other_programs_can_skip() {
    let mut recipe = sample();
    let grain = crate::recipe::Plugin {
        id: "film-grain".into(),
        version: "1.2.0".into(),
        ..Default::default()
    };
    recipe.plugins = vec![grain.clone(), grain];
    recipe.plugins[0].settings = serde_json::from_value(
        serde_json::json!({"amount": 0.3, "note": "Steps: 9, \"x\"", "mask": null, "sizes": [1, 2]}),
    )
    .expect("settings");
    recipe.plugins[1].skipped = Some("it failed".into());
    let text = Infotext::from(&recipe).to_string();
    // Nothing that asks for quotes, or that a reader which knows of none would take for a field.
    let plugins = r#"film-grain 1.2.0 (amount=0.3 note="Steps\u003a 9\u002c \"x\"" sizes=[1 2]) + film-grain 1.2.0 (skipped)"#;
    let expected = format!("RNG: CPU, Plugins: {plugins}, Version: aquatint 0.1.0");
    assert!(text.ends_with(&expected), "{text}");

    let read = Infotext::parse(&text);
    assert_eq!(read.get(&["Plugins"]), Some(plugins));
    assert_eq!(read.get(&["Version"]), Some("aquatint 0.1.0"));
    assert_eq!(read.to_string(), text);
    let request = read.to_request();
    assert_eq!((request.steps, request.plugins), (Some(20), Vec::new()));
}

#[test]
fn values_are_quoted_as_python_does() {
    for (value, written) in [
        (
            "plain \"quotes\" \\ and = signs",
            "plain \"quotes\" \\ and = signs",
        ),
        ("a, b", r#""a, b""#),
        ("C:\\models", r#""C:\\models""#),
        ("say \"a, b\"", r#""say \"a, b\"""#),
        (
            "tab\t, bell\u{7}, nul\0, del\u{7f}, é, 猫",
            "\"tab\\t, bell\\u0007, nul\\u0000, del\u{7f}, é, 猫\"",
        ),
        ("two\nlines\r", r#""two\nlines\r""#),
        ("", ""),
    ] {
        let mut text = Infotext {
            prompt: "p".into(),
            ..Infotext::default()
        };
        text.fields = vec![
            pair("Key one", value),
            pair("Steps", "1"),
            pair("Seed", "2"),
        ];
        assert_eq!(
            text.to_string(),
            format!("p\nKey one: {written}, Steps: 1, Seed: 2")
        );
        assert_eq!(Infotext::parse(&text.to_string()), text);
    }
}

#[test]
fn a_key_that_is_its_own_value_stands_alone() {
    let text = Infotext {
        fields: vec![pair("Steps", "20"), pair("Tiling", "Tiling")],
        ..Infotext::default()
    };
    assert_eq!(text.to_string(), "Steps: 20, Tiling");
}

#[test]
fn a_last_line_with_few_pairs_is_prompt() {
    for prompt in [
        "a red apple",
        "ratio: 3, weight: 4",
        "",
        "one line\nSteps: 20, Seed: 3",
    ] {
        let read = Infotext::parse(prompt);
        assert_eq!((read.prompt.as_str(), read.fields.len()), (prompt, 0));
        assert_eq!(
            read.to_request(),
            Request {
                prompt: prompt.into(),
                ..Request::default()
            }
        );
    }
    assert_eq!(fields("Steps: 20, Seed: 3, Size: 8x8").len(), 3);
}

#[test]
fn windows_line_ends_are_fine() {
    let read = Infotext::parse("a\r\nb\r\nNegative prompt: c\r\nSteps: 1, Seed: 2, Size: 8x8\r\n");
    assert_eq!(
        (read.prompt.as_str(), read.negative.as_str()),
        ("a\nb", "c")
    );
    assert_eq!(read.to_request().height, Some(8));
}

/// Each was checked against Python's `re.findall` with A1111's expression.
#[test]
fn odd_parameter_lines_are_read_as_a1111_reads_them() {
    let read = fields(
        r#"x: 1, a b-c/d: 2,  Zoë 猫: 3, .k: v, k9:"q, r" , s t: "open, u_: "ok", "": 5, empty:, e2: "", last:  end "#,
    );
    let expected = [
        pair("a b-c/d", "2"),
        pair("Zoë 猫", "3"),
        pair("k9", "\"q"),
        pair("s t", "\"open"),
        pair("u_", "ok"),
        pair("empty", ""),
        pair("e2", ""),
        pair("last", "  end ".trim()),
    ];
    assert_eq!(read, expected);
}

#[test]
fn a_value_of_json_goes_to_its_end() {
    let read = fields(
        r#"Steps: 1, Hashes: {"model": "6ce0", "lora:ink": "0a1b, Steps: 9"}, Civitai resources: [{"a b:": [1, 2]}, {}] , Seed: 5, ab: {x, cd: [1, 2"#,
    );
    let expected = [
        pair("Steps", "1"),
        pair(
            "Hashes",
            r#"{"model": "6ce0", "lora:ink": "0a1b, Steps: 9"}"#,
        ),
        pair("Civitai resources", r#"[{"a b:": [1, 2]}, {}]"#),
        pair("Seed", "5"),
        pair("ab", "{x"),
        pair("cd", "[1"),
    ];
    assert_eq!(read, expected);
}

#[test]
fn the_last_of_two_fields_counts_as_in_a1111() {
    let read = Infotext::parse("p\nSteps: 1, Seed: 2, Size: 8x8, Steps: 3");
    assert_eq!(read.to_request().steps, Some(3));
}

#[test]
fn templates_may_follow_the_parameters() {
    let text = "a cat\nby a lake\nNegative prompt: bad\nSteps: 1, Seed: 2, Size: 8x8\nTemplate: a {cat|dog}\n\
        Steps: 3 of many\nNegative Template: b_a_d";
    // The line behind the parameters begins with a template's name; other lines may follow that.
    let read = Infotext::parse(text);
    assert_eq!(
        (read.prompt.as_str(), read.negative.as_str()),
        ("a cat\nby a lake", "bad")
    );
    assert_eq!(read.get(&["Seed"]), Some("2"));
    assert_eq!(
        read.get(&["Template"]),
        Some("a {cat|dog}\nSteps: 3 of many")
    );
    assert_eq!(read.get(&["Negative template"]), Some("b_a_d"));
    let prompt = "a cat\nSteps: 1, Seed: 2, Size: 8x8\nand a dog";
    assert_eq!(Infotext::parse(prompt).prompt, prompt);
}

#[test]
fn values_that_make_no_sense_are_left_to_the_defaults() {
    let read = Infotext::parse(
        "p\nSteps: many, Seed: -1, Size: 512, CFG scale: , Sampler: , Schedule type: , RNG: CPU",
    );
    assert_eq!(
        read.to_request(),
        Request {
            prompt: "p".into(),
            ..Request::default()
        }
    );
}

#[test]
fn a_prompt_that_looks_like_parameters_comes_back() {
    let prompt = "Steps: 1, Sampler: X, Seed: 9, Size: 64x64";
    let text = Infotext::from(&Recipe {
        prompt: prompt.into(),
        ..sample()
    })
    .to_string();
    let read = Infotext::parse(&text);
    assert_eq!(read.prompt, prompt);
    assert_eq!(read.to_request().seed, Some(1));
}

/// Any prompt comes back, except for what the format itself takes away.
#[test]
fn prompts_and_values_round_trip() {
    const PIECES: [&str; 24] = [
        "a",
        "red apple",
        ",",
        ":",
        " ",
        "\n",
        "\"",
        "\\",
        "\\\"",
        "é",
        "猫",
        "🍎",
        "(x:1.2)",
        "Steps: 20",
        "Seed",
        "-",
        "/",
        "_",
        "\n\n",
        "<lora:a:1>",
        "Template:",
        "{",
        "\t",
        "Size: 8x8, ",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    for _ in 0..5000 {
        let mut any = |most: usize| {
            (0..random(most))
                .map(|_| PIECES[random(PIECES.len())])
                .collect::<String>()
        };
        let (prompt, negative, model) = (stripped(&any(12)), stripped(&any(6)), any(6));
        // A template counts as one only behind a negative prompt, where SD.Next writes it.
        let negative = negative.replace("Template:", "template:");
        let mut recipe = Recipe {
            prompt,
            negative,
            ..sample()
        };
        // A bare value loses spaces at its start, and quotes that stand around the whole of it.
        recipe.model.name = format!("m{model}.");
        let text = Infotext::from(&recipe);
        assert_eq!(Infotext::parse(&text.to_string()), text, "{text}");
    }
}

/// As the format leaves a prompt: no spaces at the ends of lines, no empty lines at the ends of the text.
fn stripped(text: &str) -> String {
    text.trim()
        .split('\n')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn nothing_of_a_long_text_is_looked_at_again_and_again() {
    for piece in [
        "a",
        "a ",
        "a:",
        "\"",
        "\\",
        "a: \"",
        ",",
        "ab:\"\\",
        "ab:[",
        "ab:[\"",
        "ab:[\"\",",
        "ab:{\"a\":",
        "ab: [0,",
        "\nSteps: ab:",
        "\nTemplate:",
        "Steps: 1,ab:2,cd:3\nTemplate:\n",
        "<lora:",
        "(",
        "[a",
        "Negative prompt:\n",
        "<lora:a>",
        "AND ",
    ] {
        for long in [
            piece.repeat(1 << 18),
            format!("{}\nSteps: 1, Seed: 2, Size: 8x8", piece.repeat(1 << 18)),
        ] {
            let looked = looked_at(|| drop(Infotext::parse(&long).import()));
            // Lists that are none, tried until there are too many, are most of it.
            let most = 20 * long.len();
            assert!(
                looked <= most,
                "{piece:?}: {looked} bytes, of {}",
                long.len()
            );
        }
    }
}

#[test]
fn a_second_drawing_goes_there_and_back() {
    let hires = Hires {
        scale: 1.5,
        upscaler: Upscaler::LatentBicubicAntialiased,
        steps: Some(12),
        strength: 0.45,
        sampler: Some("dpmpp_2m".to_owned()),
        schedule: Some("karras".to_owned()),
        prompt: Some("larger, \"finer\": all".to_owned()),
        negative: Some("small".to_owned()),
        cfg: Some(4.5),
        ..Hires::default()
    };
    let recipe = Recipe {
        hires: Some(hires.clone()),
        ..sample()
    };
    let text = Infotext::from(&recipe).to_string();
    let import = Infotext::parse(&text).import();
    assert_eq!(import.notes, []);
    let read = import.request.hires.expect("a second drawing");
    assert_eq!(read.schedule.as_deref(), Some("Karras"));
    assert_eq!(
        Hires {
            schedule: hires.schedule.clone(),
            ..read
        },
        hires
    );
}

/// As A1111 writes it, whose 4x-UltraSharp is a file.
#[test]
fn what_makes_a_picture_larger_is_told_where_it_is_not_here() {
    let text = "p\nSteps: 20, Sampler: Euler a, Denoising strength: 0.5, Hires upscale: 2, Hires upscaler: 4x-UltraSharp";
    let import = Infotext::parse(text).import();
    let hires = import.request.hires.expect("a second drawing");
    assert_eq!((hires.scale, hires.strength, hires.steps), (2.0, 0.5, None));
    let notes: Vec<_> = import.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains("4x-UltraSharp")),
        "{notes:?}"
    );
    assert!(
        !notes.iter().any(|note| note.contains("Denoising")),
        "{notes:?}"
    );
}
