//! What a request may not ask for: exit code 2, and nothing is read or drawn.

use aquatint_tests::checkpoint;

use crate::place::{Place, drawing};

#[track_caller]
fn refused(args: &[&str], says: &[&str]) {
    Place::new().refused(drawing(&checkpoint("sd1"), args), 2, says);
}

#[test]
fn size_that_is_no_multiple_of_8() {
    refused(
        &["--size", "100x64"],
        &["width is 100", "multiple of 8", "96"],
    );
    refused(
        &["--size", "64x65"],
        &["height is 65", "multiple of 8", "64"],
    );
}

#[test]
fn size_of_nothing() {
    refused(&["--size", "0x0"], &["width is 0", "expected 8 to 8192"]);
}

#[test]
fn size_of_one_number() {
    refused(
        &["--size", "512"],
        &["'512'", "--size", "expected WIDTHxHEIGHT"],
    );
    refused(&["--size", "x"], &["'x'", "expected WIDTHxHEIGHT"]);
    refused(&["--size=-8x64"], &["expected WIDTHxHEIGHT"]);
}

#[test]
fn size_beyond_measure() {
    refused(
        &["--size", "100000x64"],
        &["width is 100000", "expected 8 to 8192"],
    );
    refused(&["--size", "64x99999999999999"], &["expected WIDTHxHEIGHT"]);
}

#[test]
fn no_steps() {
    refused(&["--steps", "0"], &["steps is 0", "expected 1 to 1000"]);
}

#[test]
fn too_many_steps() {
    refused(
        &["--steps", "1001"],
        &["steps is 1001", "expected 1 to 1000"],
    );
    refused(&["--steps", "ten"], &["'ten'", "--steps"]);
    refused(&["--steps=-1"], &["'-1'", "--steps"]);
}

/// The model's default sampler counts from timestep 1, so the last of 1000 steps would lie beyond its training.
#[test]
fn more_steps_than_the_sampler_can_make() {
    refused(&["--steps", "1000"], &["PNDMScheduler", "1000 steps"]);
}

#[test]
fn guidance_that_is_no_number() {
    refused(&["--cfg", "nan"], &["cfg is NaN", "expected 0 to 100"]);
    refused(&["--cfg", "inf"], &["cfg is inf", "expected 0 to 100"]);
    refused(&["--cfg=-inf"], &["cfg is -inf", "expected 0 to 100"]);
    refused(&["--cfg", "-1"], &["cfg is -1", "expected 0 to 100"]);
    refused(&["--cfg", "1e40"], &["cfg is inf", "expected 0 to 100"]);
}

#[test]
fn rescale_beyond_one() {
    refused(
        &["--cfg-rescale", "2"],
        &["cfg_rescale is 2", "expected 0 to 1"],
    );
    refused(
        &["--cfg-rescale", "nan"],
        &["cfg_rescale is NaN", "expected 0 to 1"],
    );
}

#[test]
fn batch_of_none_or_too_many() {
    refused(&["--batch", "0"], &["batch is 0", "expected 1 to 64"]);
    refused(&["--batch", "1000"], &["batch is 1000", "expected 1 to 64"]);
}

#[test]
fn seeds_that_run_out() {
    refused(
        &["--seed", "18446744073709551615", "--batch", "2"],
        &[
            "seed is 18446744073709551615",
            "at most 18446744073709551614 for 2",
        ],
    );
    refused(&["--seed", "18446744073709551616"], &["--seed"]);
    refused(&["--seed=-1"], &["'-1'", "--seed"]);
}

#[cfg(unix)] // Windows takes no command line of this length.
#[test]
fn prompt_of_100_kilobytes() {
    let long = "a".repeat(100 * 1024);
    let model = checkpoint("sd1");
    let says = ["prompt has 102400 bytes", "expected at most 65536"];
    let args = ["generate", &long, "--model", model.to_str().unwrap()];
    let ran = Place::new().refused(args, 2, &says);
    assert!(ran.stderr.len() < 200, "the prompt is repeated");
    refused(&["--negative", &long], &["negative has 102400 bytes"]);
}

#[test]
fn unknown_model() {
    let place = Place::new();
    let says = [
        "unknown model \"nonesuch\"",
        "starter",
        "models are looked for in",
    ];
    place.refused(drawing("nonesuch".as_ref(), &[]), 2, &says);
    place.refused(["model", "inspect", "nonesuch"], 2, &says);
    place.refused(drawing("".as_ref(), &[]), 2, &["model is empty"]);
    place.refused(["model", "inspect", ""], 2, &["name is empty"]);
}

#[test]
fn unknown_sampler() {
    refused(
        &["--sampler", "dpm2mm"],
        &["unknown sampler `dpm2mm`", "did you mean DPM2, DPM++ 2M"],
    );
    refused(&["--sampler", " "], &["sampler is empty"]);
}

#[test]
fn unknown_schedule() {
    refused(
        &["--schedule", "karas"],
        &["unknown schedule `karas`", "did you mean karras"],
    );
}

#[test]
fn unknown_noise() {
    refused(
        &["--noise", "gpu"],
        &["unknown noise `gpu`", "`cpu`", "`philox`"],
    );
}

#[test]
fn unknown_provider() {
    refused(
        &["--provider", "cdua"],
        &["unknown provider `cdua`", "did you mean `cuda`", "openvino"],
    );
}

#[test]
fn nonsense_for_a_provider() {
    refused(
        &["--provider", "cpu:3"],
        &["`cpu` cannot take `3`", "no settings"],
    );
    refused(
        &["--provider", "cuda:first"],
        &["`cuda` cannot take `first`"],
    );
    refused(
        &["--provider", "openvino:a b"],
        &["`openvino` cannot take `a b`"],
    );
}

#[test]
fn plugins_that_make_no_sense() {
    refused(
        &["--plugin", "Film Grain"],
        &["'Film Grain'", "--plugin", "plugin id is `Film Grain`"],
    );
    refused(
        &["--plugin", "film-grain:amount=1,amount=2"],
        &["setting `amount` is given twice"],
    );
    refused(
        &["--plugin", "film-grain:"],
        &["settings, character 1: expected the key of a setting"],
    );
    let many = ["--plugin", "film-grain"].repeat(65);
    refused(&many, &["plugins has 65 entries, expected at most 64"]);
    refused(
        &["--plugins", "nowhere"],
        &["--plugins is nowhere, expected a folder"],
    );
}

/// Until they run, a picture without them must not pass for one with them.
#[test]
fn plugins_are_not_ignored() {
    refused(
        &["--plugin", "film-grain:amount=0.3,on", "--plugin", "glow"],
        &["no plugin `film-grain` is installed"],
    );
}

#[test]
fn what_the_parser_refuses_is_one_line_too() {
    refused(&["--wat"], &["unexpected argument '--wat'"]);
    refused(&["--samplr", "euler"], &["'--samplr'", "'--sampler'"]);
    refused(
        &["another prompt"],
        &["unexpected argument 'another prompt'"],
    );
    let place = Place::new();
    place.refused(["generate"], 2, &["name a prompt", "--from FILE"]);
    place.refused(["frob"], 2, &["unrecognized subcommand 'frob'"]);
    place.refused(["inspect"], 2, &["required", "<FILE>"]);
    place.refused(
        ["runtime", "install", "cdua"],
        2,
        &["unknown runtime `cdua`", "cuda"],
    );
}
