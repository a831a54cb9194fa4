#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::settings::Settings;
use super::{
    AlgorithmType, ConfigError, FinalSigmas, Grid, PredictionType, Schedule, SchedulerClass,
    SchedulerConfig, TimestepSpacing,
};

fn read(json: &Value) -> SchedulerConfig {
    SchedulerConfig::from_json(json).unwrap()
}

fn settings(json: &Value, class: SchedulerClass) -> Settings {
    Settings::new(&read(json), class, None).unwrap()
}

fn refusal(json: &Value) -> String {
    SchedulerConfig::from_json(json).unwrap_err().to_string()
}

#[test]
fn alphas_equal_torch() {
    let sd = json!({"beta_start": 0.000_85, "beta_end": 0.012, "beta_schedule": "scaled_linear"});
    let mut zero = sd.clone();
    zero["rescale_betas_zero_snr"] = json!(true);
    let cases = [
        (SchedulerClass::Euler, json!({}), LINEAR),
        (SchedulerClass::Euler, sd, SCALED),
        (
            SchedulerClass::Euler,
            json!({"beta_schedule": "squaredcos_cap_v2"}),
            COSINE,
        ),
        (
            SchedulerClass::Heun,
            json!({"beta_schedule": "exp"}),
            EXPONENTIAL,
        ),
        (
            SchedulerClass::Ddpm,
            json!({"beta_schedule": "sigmoid"}),
            SIGMOID,
        ),
        (SchedulerClass::Ddim, zero.clone(), ZERO),
        (SchedulerClass::Euler, zero, ZERO_FLOORED),
    ];
    for (class, json, expected) in cases {
        let alphas = settings(&json, class).alphas_cumprod;
        for (at, expected) in [0, 500, 999].into_iter().zip(expected) {
            let off = (f64::from(alphas[at]) - expected).abs() / expected.max(1e-9);
            assert!(off < 2e-6, "{json} at {at}: {}, not {expected}", alphas[at]);
        }
    }
}

/// ᾱ of the timesteps 0, 500 and 999 in diffusers.
const LINEAR: [f64; 3] = [0.999_899_98, 0.077_796_653, 4.035_830_4e-5];
const SCALED: [f64; 3] = [0.999_149_98, 0.276_332_47, 0.004_660_095_1];
const COSINE: [f64; 3] = [0.999_958_69, 0.492_285_04, 2.428_735e-9];
const EXPONENTIAL: [f64; 3] = [0.988_071_74, 0.002_449_218_2, 6.144_378_9e-6];
const SIGMOID: [f64; 3] = [0.999_850_81, 0.298_887_58, 3.968_182_1e-5];
const ZERO: [f64; 3] = [0.999_149_98, 0.241_018_55, 0.0];
const ZERO_FLOORED: [f64; 3] = [0.999_149_98, 0.241_018_55, 5.960_464_5e-8];

#[test]
fn absent_keys_take_the_default_of_the_class() {
    let of = |class| settings(&json!({}), class);
    assert!(!of(SchedulerClass::Euler).starts_below_the_top());
    assert!(of(SchedulerClass::Ddim).starts_below_the_top());
    assert_eq!(of(SchedulerClass::Ddim).final_alpha_cumprod, 1.0);
    assert_ne!(of(SchedulerClass::Pndm).final_alpha_cumprod, 1.0);
    // 0.0001 to 0.02, and 0.00085 to 0.012.
    assert!((of(SchedulerClass::Ddim).alphas_cumprod[0] - 0.9999).abs() < 1e-6);
    assert!((of(SchedulerClass::Lcm).alphas_cumprod[0] - 0.999_15).abs() < 1e-6);
    // Named schedules take those of the class that the config was written for.
    let config = read(&json!({"_class_name": "LCMScheduler"}));
    let model = Settings::of_model(&config, SchedulerClass::Euler).unwrap();
    assert!((model.alphas_cumprod[0] - 0.999_15).abs() < 1e-6);
}

#[test]
fn unknown_keys_are_left_alone_and_unknown_values_are_not() {
    assert_eq!(
        read(&json!({"shift": 3.0, "_diffusers_version": "0.36"})),
        read(&json!({}))
    );
    let text = refusal(&json!({"beta_schedule": "cubic"}));
    assert!(
        text.contains("beta_schedule") && text.contains("cubic") && text.contains("scaled_linear"),
        "{text}"
    );
    for bad in [
        json!({"prediction_type": "noise"}),
        json!({"timestep_spacing": 3}),
        json!({"algorithm_type": "dpm"}),
        json!({"solver_type": "euler"}),
        json!({"final_sigmas_type": "none"}),
        json!({"use_karras_sigmas": "yes"}),
        json!({"beta_start": -0.1}),
        json!({"num_train_timesteps": 0}),
        json!({"num_train_timesteps": 1000.5}),
        json!({"solver_order": 4}),
        json!({"steps_offset": -1}),
        json!({"trained_betas": [0.1, "x"]}),
        json!({"solver_p": {}}),
    ] {
        assert!(SchedulerConfig::from_json(&bad).is_err(), "{bad}");
    }
    for odd in [json!([]), json!("x"), Value::Null] {
        let error = SchedulerConfig::from_json(&odd).unwrap_err();
        assert!(matches!(error, ConfigError::NotAnObject));
    }
}

#[test]
fn python_writes_null_and_infinity() {
    let text = r#"{"lambda_min_clipped": -Infinity, "sigma_max": null, "clip_sample": null,
        "_name_or_path": "a \"NaN\" b", "x": [NaN, Infinity], "solver_order": 3}"#;
    let config = SchedulerConfig::from_text(text).unwrap();
    assert_eq!(config.lambda_min_clipped, None);
    assert_eq!(config.sigma_max, None);
    // Falsy in Python, whatever the class's default.
    assert_eq!(config.clip_sample, Some(false));
    assert_eq!(config.solver_order, Some(3));
    for broken in ["", "{", "{\"a\": \"", "{\"a\": Infinite}", "\"\\"] {
        assert!(SchedulerConfig::from_text(broken).is_err(), "{broken}");
    }
}

#[test]
fn what_a_class_cannot_do_is_an_error() {
    let refused = |json: Value, class| {
        let error = Settings::new(&read(&json), class, None).unwrap_err();
        error.to_string()
    };
    let text = refused(json!({"beta_schedule": "sigmoid"}), SchedulerClass::Euler);
    assert!(
        text.contains("EulerDiscreteScheduler") && text.contains("sigmoid"),
        "{text}"
    );
    let text = refused(
        json!({"prediction_type": "flow_prediction"}),
        SchedulerClass::Ddim,
    );
    assert!(
        text.contains("flow_prediction") && text.contains("v_prediction"),
        "{text}"
    );
    let both = json!({"use_karras_sigmas": true, "use_beta_sigmas": true});
    let text = refused(both.clone(), SchedulerClass::UniPc);
    assert!(
        text.contains("use_karras_sigmas") && text.contains("use_beta_sigmas"),
        "{text}"
    );
    // Which DDIM does not know.
    assert!(Settings::new(&read(&both), SchedulerClass::Ddim, None).is_ok());
    let text = refused(json!({"trained_betas": [0.1]}), SchedulerClass::Ddim);
    assert!(text.contains("1000"), "{text}");
}

#[test]
fn a_sigma_and_its_timestep_go_both_ways() {
    let table = settings(&json!({}), SchedulerClass::Euler).table;
    for timestep in [0.0, 0.5, 17.25, 500.0, 998.75, 999.0] {
        let back = table.timestep_of(table.at(timestep));
        assert!(
            (back - timestep).abs() < 1e-3,
            "{timestep} came back as {back}"
        );
    }
    assert_eq!(table.timestep_of(0.0), 0.0);
    assert_eq!(table.timestep_of(1e6), 999.0);
    assert_eq!(table.linear_at(-1.0), table.min());
    assert_eq!(table.linear_at(5000.0), table.max());
}

#[test]
fn named_schedules_fall_from_the_models_top() {
    let settings = settings(
        &json!({"beta_start": 0.000_85, "beta_end": 0.012, "beta_schedule": "scaled_linear"}),
        SchedulerClass::Euler,
    );
    for schedule in Schedule::ALL {
        for steps in [1, 2, 7, 1000] {
            let Some(sigmas) = schedule.sigmas(steps, &settings.table, false) else {
                assert!(schedule.follows_config());
                continue;
            };
            let grid = Grid::named(sigmas, &settings, steps, false);
            let (count, name) = (grid.sigmas.len() - 1, format!("{schedule}, {steps} steps"));
            assert_eq!(grid.timesteps.len(), count);
            let (first, last) = (grid.sigmas[0], grid.sigmas[count]);
            match schedule {
                // Strides of 1000, 500, 142 and 1 timesteps, from 1 on.
                Schedule::DdimUniform => {
                    let expected = [(1, 1), (2, 2), (7, 8), (1000, 999)];
                    assert!(expected.contains(&(steps, count)), "{name}: {count}");
                }
                _ => {
                    assert_eq!(count, steps, "{name}");
                    assert!((first - 14.614_647).abs() < 1e-3, "{name}: {first}");
                }
            }
            match schedule {
                Schedule::KlOptimal => assert!((last - 0.029_167_5).abs() < 1e-6, "{name}: {last}"),
                _ => assert_eq!(last, 0.0, "{name}"),
            }
            assert!(grid.sigmas.is_sorted_by(|a, b| a > b), "{name}");
        }
    }
}

#[test]
fn the_next_to_last_sigma_is_left_out() {
    let settings = settings(&json!({}), SchedulerClass::Euler);
    let sigmas = |count| {
        let sigmas = Schedule::Karras.sigmas(count, &settings.table, false);
        sigmas.unwrap()
    };
    let grid = |steps, discards| {
        let count = steps + usize::from(discards);
        Grid::named(sigmas(count), &settings, steps, discards)
    };
    for steps in [1, 2, 9] {
        let (whole, short) = (grid(steps + 1, false), grid(steps, true));
        assert_eq!(short.sigmas[..steps], whole.sigmas[..steps]);
        assert_eq!(short.sigmas[steps..], [0.0]);
        assert_eq!(short.timesteps.len(), steps);
    }
}

#[test]
fn align_your_steps_has_its_tables() {
    let settings = settings(&json!({}), SchedulerClass::Euler);
    let sigmas = |count, is_sdxl| {
        let sigmas = Schedule::AlignYourSteps.sigmas(count, &settings.table, is_sdxl);
        sigmas.unwrap()
    };
    for (is_sdxl, fourth) in [(false, 2.697), (true, 2.181)] {
        let table = sigmas(11, is_sdxl);
        assert_eq!(table.len(), 12);
        assert!((table[3] - fourth).abs() < 1e-9);
        // Every other one of 21 is one of the table.
        let finer = sigmas(21, is_sdxl);
        for (i, sigma) in table[..11].iter().enumerate() {
            assert!((finer[2 * i] - sigma).abs() < 1e-9);
        }
        assert!((finer[1] - (table[0] * table[1]).sqrt()).abs() < 1e-9);
    }
}

#[test]
fn every_schedule_has_a_row() {
    for schedule in Schedule::ALL {
        let names = [schedule.id(), schedule.label()];
        for name in names.iter().chain(schedule.aliases()) {
            assert_eq!(name.parse(), Ok(schedule), "{name}");
        }
        assert_eq!(
            serde_json::to_value(schedule).unwrap(),
            json!(schedule.id())
        );
    }
    assert_eq!("SGM Uniform".parse(), Ok(Schedule::SgmUniform));
    assert_eq!("Automatic".parse(), Ok(Schedule::Model));
    assert_eq!("SGMUniform".parse(), Ok(Schedule::SgmUniform));
    assert_eq!("Uniform".parse(), Ok(Schedule::Normal));
    assert_eq!(Schedule::default(), Schedule::Model);

    let error = "karas".parse::<Schedule>().unwrap_err();
    assert_eq!(error.nearest[0], "karras");
    assert!(error.to_string().contains("karas"), "{error}");
    assert!(serde_json::from_value::<Schedule>(json!("karas")).is_err());
}

#[test]
fn words_are_those_of_diffusers() {
    let config = read(&json!({
        "_class_name": "DPMSolverMultistepScheduler",
        "algorithm_type": "sde-dpmsolver++",
        "final_sigmas_type": "sigma_min",
        "prediction_type": "v_prediction",
        "timestep_spacing": "trailing"
    }));
    assert_eq!(config.algorithm_type, Some(AlgorithmType::SdeDpmPlusPlus));
    assert_eq!(config.final_sigmas_type, Some(FinalSigmas::SigmaMin));
    assert_eq!(config.prediction_type, Some(PredictionType::Velocity));
    assert_eq!(config.timestep_spacing, Some(TimestepSpacing::Trailing));
    assert_eq!(PredictionType::Velocity.word(), "v_prediction");
}
