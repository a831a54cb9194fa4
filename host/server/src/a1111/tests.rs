mod settings;

use serde_json::{Value, json};

use super::fields::{FIELDS, Fate, SETTINGS};
use crate::testing::{Answer, TestServer};

/// What `webuiapi` always sends with `txt2img`.
fn usual() -> Value {
    // As text: a macro of this length is more than the compiler takes.
    let text = r#"{
        "enable_hr": false, "hr_scale": 2, "hr_upscaler": "Latent", "hr_second_pass_steps": 0,
        "hr_resize_x": 0, "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null,
        "hr_scheduler": null, "hr_prompt": "", "hr_negative_prompt": "", "denoising_strength": 0.7,
        "firstphase_width": 0, "firstphase_height": 0, "prompt": "a red apple", "styles": [], "seed": 7,
        "subseed": -1, "subseed_strength": 0.0, "seed_resize_from_h": 0, "seed_resize_from_w": 0,
        "batch_size": 2, "n_iter": 2, "steps": 3, "cfg_scale": 7.0, "width": 64, "height": 64,
        "restore_faces": false, "tiling": false, "do_not_save_samples": false, "do_not_save_grid": false,
        "negative_prompt": "", "eta": 1.0, "s_churn": 0, "s_tmax": 0, "s_tmin": 0, "s_noise": 1,
        "override_settings": {}, "override_settings_restore_afterwards": true, "sampler_name": "Euler a",
        "scheduler": "automatic", "sampler_index": "Euler a", "script_name": null, "script_args": [],
        "send_images": true, "save_images": false, "alwayson_scripts": {}
    }"#;
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn no_field_is_in_the_table_twice() {
    for table in [FIELDS, SETTINGS] {
        let mut names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
    let usual = usual();
    for name in usual.as_object().expect("an object").keys() {
        assert!(FIELDS.iter().any(|(known, _)| known == name), "{name}");
    }
    // What is honoured is not also said to be left aside.
    assert!(FIELDS.iter().any(|(_, fate)| matches!(fate, Fate::Not(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_always_send_draws_with_seeds_that_follow() {
    let server = TestServer::start().await;
    let answer = server.post("/sdapi/v1/txt2img", &usual()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["images"].as_array().expect("images").len(), 4);
    let info: Value = serde_json::from_str(body["info"].as_str().expect("a text")).expect("JSON");
    assert_eq!(info["all_seeds"], json!([7, 8, 9, 10]));
    assert_eq!(info["sampler_name"], "Euler a");
    assert_eq!(info["ignored"], json!([]));
    assert_eq!(info["infotexts"].as_array().expect("texts").len(), 4);
    assert_eq!(body["parameters"]["prompt"], "a red apple");
    // Nobody wanted them kept.
    let found = server.get("/api/v1/pictures").await.json();
    assert_eq!(found["pictures"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_honoured_is_named() {
    let server = TestServer::start().await;
    let mut body = usual();
    body["styles"] = json!(["mine"]);
    body["unheard_of"] = 1.into();
    body["override_settings"] = json!({"hypernetwork": "mine"});
    body["save_images"] = true.into();
    let answer = server.post("/sdapi/v1/txt2img", &body).await.json();
    let info: Value = serde_json::from_str(answer["info"].as_str().expect("a text")).expect("JSON");
    let ignored = info["ignored"].to_string();
    for name in ["styles", "unheard_of", "hypernetwork"] {
        assert!(ignored.contains(name), "{name} in {ignored}");
    }
    assert!(!ignored.contains("steps"), "{ignored}");
    let found = server.get("/api/v1/pictures").await.json();
    assert_eq!(found["pictures"].as_array().expect("pictures").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_as_a1111_has_them() {
    let server = TestServer::start().await;
    let draw = async |change: &dyn Fn(&mut Value)| -> Answer {
        let mut body = usual();
        change(&mut body);
        server.post("/sdapi/v1/txt2img", &body).await
    };
    for (name, value, status) in [
        ("sampler_name", json!("Eulr"), 422),
        ("steps", json!(100_000), 422),
        ("steps", json!("many"), 422),
        ("width", json!(63), 422),
        ("width", json!(1_000_000), 422),
        ("n_iter", json!(0), 422),
        ("script_name", json!("no such script"), 422),
        (
            "alwayson_scripts",
            json!({"ADetailer": {"args": [true]}}),
            422,
        ),
        (
            "override_settings",
            json!({"sd_model_checkpoint": "nothing"}),
            422,
        ),
    ] {
        let answer = draw(&|body: &mut Value| body[name] = value.clone()).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        let body = answer.json();
        assert!(
            body["detail"].as_str().is_some_and(|it| !it.is_empty()),
            "{body}"
        );
        assert!(body["error"].is_string() && body["errors"].is_string());
    }
    let off = json!({"ControlNet": {"args": [{"enabled": false}]}});
    let answer = draw(&|body: &mut Value| body["alwayson_scripts"] = off.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn vaes_are_listed_and_chosen_by_name() {
    let server = TestServer::start().await;
    let folder = server.data().join("vae");
    std::fs::create_dir(&folder).expect("made");
    std::fs::write(folder.join("Clear.safetensors"), "none, in truth").expect("written");
    let listed = server.get("/sdapi/v1/sd-vae").await.json();
    let name = "Clear.safetensors";
    assert_eq!(listed, json!([{"model_name": name, "filename": name}]));
    let set = async |vae: &str| {
        server
            .post("/sdapi/v1/options", &json!({"sd_vae": vae}))
            .await
    };
    let kept = async || server.get("/sdapi/v1/options").await.json()["sd_vae"].clone();
    assert_eq!(kept().await, "Automatic");
    let answer = set("Cleer").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("unknown VAE"), "{}", answer.text());
    assert_eq!(set("clear").await.status, 200);
    assert_eq!(kept().await, name);
    // What it holds is looked at when it is to be drawn with.
    let mut body = usual();
    let answer = server.post("/sdapi/v1/txt2img", &body).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.text().contains("the VAE cannot be used"),
        "{}",
        answer.text()
    );
    body["override_settings"] = json!({"sd_vae": "None"});
    assert_eq!(server.post("/sdapi/v1/txt2img", &body).await.status, 200);
    assert_eq!(set("Automatic").await.status, 200);
    assert_eq!(kept().await, "Automatic");
    body["override_settings"] = json!({});
    body["refiner_checkpoint"] = "None".into();
    body["refiner_switch_at"] = 0.8.into();
    assert_eq!(server.post("/sdapi/v1/txt2img", &body).await.status, 200);
    body["refiner_checkpoint"] = "polish".into();
    let answer = server.post("/sdapi/v1/txt2img", &body).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("unknown model"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_there_and_json() {
    let server = TestServer::start().await;
    for name in [
        "samplers",
        "schedulers",
        "upscalers",
        "latent-upscale-modes",
        "sd-models",
        "sd-vae",
        "hypernetworks",
        "face-restorers",
        "realesrgan-models",
        "prompt-styles",
        "embeddings",
        "loras",
        "scripts",
        "script-info",
        "memory",
        "options",
        "cmd-flags",
        "progress",
        "extensions",
    ] {
        let answer = server.get(&format!("/sdapi/v1/{name}")).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(
            answer.json().is_array() || answer.json().is_object(),
            "{name}"
        );
    }
    for name in [
        "interrupt",
        "skip",
        "refresh-checkpoints",
        "refresh-vae",
        "refresh-loras",
        "refresh-embeddings",
        "unload-checkpoint",
        "reload-checkpoint",
    ] {
        let answer = server
            .post(&format!("/sdapi/v1/{name}"), &Value::Null)
            .await;
        assert_eq!(answer.status, 200, "{name}");
        let body = answer.json();
        assert!(body.is_null() || body.is_object(), "{name}");
    }
    let samplers = server.get("/sdapi/v1/samplers").await.json();
    let names: Vec<_> = samplers
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert!(names.contains(&&json!("Euler a")));
    let pending = server.get("/internal/pending-tasks").await.json();
    assert_eq!(pending, json!({"size": 0, "tasks": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_kept_and_unknown_ones_named() {
    let server = TestServer::start().await;
    let set = |body: Value| {
        let server = &server;
        async move { server.post("/sdapi/v1/options", &body).await }
    };
    assert_eq!(
        set(json!({"sd_model_checkpoint": "starter"})).await.json(),
        Value::Null
    );
    let answer = set(json!({"randn_source": "NV", "nonsense": 1})).await;
    assert_eq!(answer.json(), json!({"ignored": ["nonsense"]}));
    let options = server.get("/sdapi/v1/options").await.json();
    assert_eq!(options["sd_model_checkpoint"], "starter");
    assert_eq!(options["randn_source"], "NV");
    assert_eq!(
        set(json!({"sd_model_checkpoint": "../../etc"}))
            .await
            .status,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_says_how_it_was_made() {
    let server = TestServer::start().await;
    let drawn = server.post("/sdapi/v1/txt2img", &usual()).await.json();
    let image = &drawn["images"][0];
    for prefix in ["", "data:image/png;base64,"] {
        let text = format!("{prefix}{}", image.as_str().expect("base64"));
        let read = server
            .post("/sdapi/v1/png-info", &json!({"image": text}))
            .await
            .json();
        assert!(
            read["info"].as_str().expect("a text").contains("Seed: 7"),
            "{read}"
        );
        assert_eq!(read["parameters"]["Seed"], "7");
    }
    let enlarge = json!({"image": image, "upscaler_1": "Lanczos", "upscaling_resize": 3});
    let large = server
        .post("/sdapi/v1/extra-single-image", &enlarge)
        .await
        .json();
    let again =
        json!({"imageList": [{"data": large["image"], "name": "a"}], "upscaler_1": "Nearest"});
    let more = server.post("/sdapi/v1/extra-batch-images", &again).await;
    assert_eq!(more.json()["images"].as_array().map(Vec::len), Some(1));
    for bad in ["", "!!", "AAAA", "data:image/png;base64,"] {
        let answer = server
            .post("/sdapi/v1/png-info", &json!({"image": bad}))
            .await;
        assert!(
            (400..500).contains(&answer.status),
            "{bad}: {}",
            answer.text()
        );
    }
    assert_eq!(
        server
            .post("/sdapi/v1/interrogate", &json!({"image": image}))
            .await
            .status,
        501
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_begun_from_with_masks_and_in_other_formats() {
    let server = TestServer::start().await;
    let drawn = server.post("/sdapi/v1/txt2img", &usual()).await.json();
    let image = drawn["images"][0].clone();
    let mut body = usual();
    body["init_images"] = json!([image]);
    body["mask"] = image.clone();
    body["denoising_strength"] = 0.5.into();
    body["inpainting_fill"] = 1.into();
    body["inpainting_mask_invert"] = 0.into();
    body["inpaint_full_res"] = false.into();
    body["resize_mode"] = 1.into();
    body["override_settings"] = json!({"samples_format": "jpg"});
    let answer = server.post("/sdapi/v1/img2img", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert!(
        answer["images"][0]
            .as_str()
            .expect("base64")
            .starts_with("/9j/")
    );
    assert_eq!(answer["parameters"]["init_images"], Value::Null);
    let info: Value = serde_json::from_str(answer["info"].as_str().expect("a text")).expect("JSON");
    assert_eq!(info["denoising_strength"], 0.5);
    assert_eq!(info["ignored"], json!([]));
    body["include_init_images"] = true.into();
    let echoed = server.post("/sdapi/v1/img2img", &body).await.json();
    assert_eq!(echoed["parameters"]["init_images"][0], image);
    for (name, value, status) in [
        ("init_images", Value::Null, 404),
        ("init_images", json!([]), 404),
        ("init_images", json!(["!!"]), 422),
        ("init_images", json!(["R0lGODlh"]), 422),
        ("resize_mode", json!(9), 422),
        ("inpainting_fill", json!(-1), 422),
        ("denoising_strength", json!(2), 422),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let answer = server.post("/sdapi/v1/img2img", &body).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn second_drawings_and_variations_are_what_they_are_there() {
    let server = TestServer::start().await;
    let mut body = usual();
    body["enable_hr"] = true.into();
    body["subseed"] = 50.into();
    body["subseed_strength"] = 0.25.into();
    body["save_images"] = true.into();
    let answer = server.post("/sdapi/v1/txt2img", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let info: Value =
        serde_json::from_str(answer.json()["info"].as_str().expect("a text")).expect("JSON");
    assert_eq!(info["all_subseeds"], json!([50, 51, 52, 53]));
    assert_eq!(info["ignored"], json!([]));
    let jobs = server.get("/api/v1/jobs").await.json();
    let requests: Vec<&Value> = jobs["jobs"]
        .as_array()
        .expect("jobs")
        .iter()
        .map(|it| &it["request"])
        .collect();
    assert_eq!(requests[1]["variation_seed"], 50);
    assert_eq!(requests[0]["variation_seed"], 52);
    assert_eq!(requests[0]["hires"]["upscaler"], "latent");
    assert_eq!(requests[0]["hires"]["sampler"], Value::Null);
    assert!((requests[0]["hires"]["strength"].as_f64().expect("a number") - 0.7).abs() < 1e-6);
}
