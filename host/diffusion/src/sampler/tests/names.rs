//! Names people have for samplers and schedules.

use serde_json::json;

use super::config;
use crate::sampler::{SamplerError, SamplerKind};
use crate::sigmas::{ConfigError, Schedule, SchedulerClass};

#[test]
fn every_sampler_has_a_row() {
    for kind in SamplerKind::ALL {
        for name in [kind.id(), kind.label()].iter().chain(kind.aliases()) {
            assert_eq!(name.parse::<SamplerKind>().unwrap(), kind, "{name}");
            assert_eq!(SamplerKind::parse(name).unwrap(), (kind, None), "{name}");
        }
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.id()));
        assert_eq!(
            serde_json::from_value::<SamplerKind>(json!(kind.label())).unwrap(),
            kind
        );
    }
    let ids: std::collections::BTreeSet<_> = SamplerKind::ALL.iter().map(|k| k.id()).collect();
    assert_eq!(ids.len(), SamplerKind::ALL.len());
}

#[test]
fn a1111_names_carry_a_schedule() {
    let cases = [
        (
            "DPM++ 2M Karras",
            SamplerKind::Dpmpp2m,
            Some(Schedule::Karras),
        ),
        (
            "dpm++ 2m sde KARRAS",
            SamplerKind::Dpmpp2mSde,
            Some(Schedule::Karras),
        ),
        (
            "DPM++ 2M SDE Exponential",
            SamplerKind::Dpmpp2mSde,
            Some(Schedule::Exponential),
        ),
        ("Euler a", SamplerKind::EulerAncestral, None),
        ("euler_a", SamplerKind::EulerAncestral, None),
        (
            "Euler SGM Uniform",
            SamplerKind::Euler,
            Some(Schedule::SgmUniform),
        ),
        (
            "Euler a Automatic",
            SamplerKind::EulerAncestral,
            Some(Schedule::Model),
        ),
        (
            "k_dpmpp_2m_ka",
            SamplerKind::Dpmpp2m,
            Some(Schedule::Karras),
        ),
        ("uni-pc simple", SamplerKind::UniPc, Some(Schedule::Simple)),
        ("DDIM trailing", SamplerKind::Ddim, Some(Schedule::Trailing)),
        ("PLMS", SamplerKind::Pndm, None),
        ("DPMSolverMultistepScheduler", SamplerKind::Dpmpp2m, None),
        (
            "EulerAncestralDiscreteScheduler",
            SamplerKind::EulerAncestral,
            None,
        ),
    ];
    for (name, kind, schedule) in cases {
        assert_eq!(
            SamplerKind::parse(name).unwrap(),
            (kind, schedule),
            "{name}"
        );
    }
}

#[test]
fn unknown_samplers_get_the_nearest_names() {
    let error = SamplerKind::parse("DPM+ 2M SED").unwrap_err();
    assert!(error.to_string().contains("DPM+ 2M SED"), "{error}");
    let SamplerError::Unknown { nearest, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(nearest[0], "DPM++ 2M SDE");
    for name in ["", " ", "Karras", "Euler Karras Karras", "DPM2 adaptive"] {
        assert!(SamplerKind::parse(name).is_err(), "{name:?}");
    }
}

#[test]
fn a_config_names_its_sampler() {
    for class in SchedulerClass::ALL {
        let kind = config(&json!({"_class_name": class.name()})).default_sampler();
        assert_eq!(kind.unwrap().class(), class);
    }
    let stochastic = json!({
        "_class_name": "DPMSolverMultistepScheduler",
        "algorithm_type": "sde-dpmsolver++"
    });
    let kind = config(&stochastic).default_sampler().unwrap();
    assert_eq!(kind, SamplerKind::Dpmpp2mSde);

    let unknown = config(&json!({"_class_name": "FlowMatchEulerDiscreteScheduler"}));
    let error = unknown.default_sampler().unwrap_err();
    assert!(matches!(error, ConfigError::UnknownClass { .. }));
    let text = error.to_string();
    assert!(text.contains("FlowMatchEulerDiscreteScheduler") && text.contains("LCMScheduler"));
    assert!(config(&json!({})).default_sampler().is_err());
}
