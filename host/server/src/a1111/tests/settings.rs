//! What settings, styles and texts of parameters change of a drawing.

use serde_json::{Value, json};

use super::usual;
use crate::testing::{Answer, TestServer};

fn info(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_str(answer.json()["info"].as_str().expect("a text")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn clip_skip_and_emphasis_are_settings_of_a_request_and_of_the_server() {
    let server = TestServer::start().await;
    let mut body = usual();
    body["override_settings"] = json!({"CLIP_stop_at_last_layers": 2, "emphasis": "No norm"});
    let drawn = info(&server.post("/sdapi/v1/txt2img", &body).await);
    assert_eq!(drawn["ignored"], json!([]));
    assert_eq!(drawn["clip_skip"], 2);
    let text = drawn["infotexts"][0].as_str().expect("a text");
    assert!(
        text.contains("Clip skip: 2") && text.contains("Emphasis: No norm"),
        "{text}"
    );
    // Of that request alone.
    let options = server.get("/sdapi/v1/options").await.json();
    assert_eq!(options["CLIP_stop_at_last_layers"], 1);
    assert_eq!(options["emphasis"], "Original");
    let change =
        json!({"CLIP_stop_at_last_layers": 2, "emphasis": "Ignore", "eta_noise_seed_delta": 31337});
    let changed = server.post("/sdapi/v1/options", &change).await;
    assert_eq!((changed.status, changed.json()), (200, Value::Null));
    let options = server.get("/sdapi/v1/options").await.json();
    for (key, value) in change.as_object().expect("an object") {
        assert_eq!(options[key], *value, "{key}");
    }
    let drawn = info(&server.post("/sdapi/v1/txt2img", &usual()).await);
    assert_eq!(drawn["clip_skip"], 2);
    for wrong in [
        json!({"CLIP_stop_at_last_layers": 13}),
        json!({"emphasis": "Loud"}),
        json!({"sd_vae_decode_method": "Other"}),
    ] {
        let refused = server.post("/sdapi/v1/options", &wrong).await;
        assert_eq!(refused.status, 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn styles_are_listed_and_put_into_prompts() {
    let server = TestServer::start().await;
    assert_eq!(
        server.get("/sdapi/v1/prompt-styles").await.json(),
        json!([])
    );
    let styles = "name,prompt,negative_prompt\nInk,\"{prompt}, ink drawing\",colour\n";
    std::fs::write(server.data().join("styles.csv"), styles).expect("written");
    assert_eq!(
        server.get("/sdapi/v1/prompt-styles").await.json(),
        json!([{"name": "Ink", "prompt": "{prompt}, ink drawing", "negative_prompt": "colour"}])
    );
    let mut body = usual();
    body["styles"] = json!(["Ink", "Oil"]);
    let drawn = info(&server.post("/sdapi/v1/txt2img", &body).await);
    assert_eq!(drawn["prompt"], "a red apple, ink drawing");
    assert_eq!(drawn["negative_prompt"], "colour");
    assert_eq!(drawn["styles"], json!(["Ink"]));
    // One that there is not is left out, as there, and named.
    assert_eq!(
        drawn["ignored"],
        json!(["styles: there is no style \"Oil\""])
    );
    // Ours says so at once.
    let request = json!({"request": {"prompt": "x", "styles": ["Oil"]}});
    let refused = server.post("/api/v1/jobs", &request).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(refused.json()["field"], "styles");
    let path = server.data().display().to_string();
    assert!(!refused.text().contains(&path), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_parameters_says_what_the_body_does_not() {
    let server = TestServer::start().await;
    let text = "a pear\nNegative prompt: blurry\nSteps: 4, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5, \
        Seed: 11, Size: 64x96, Clip skip: 2";
    let body = json!({"infotext": text, "cfg_scale": 6});
    let drawn = info(&server.post("/sdapi/v1/txt2img", &body).await);
    assert_eq!(
        (&drawn["prompt"], &drawn["negative_prompt"]),
        (&json!("a pear"), &json!("blurry"))
    );
    assert_eq!(
        (&drawn["width"], &drawn["height"]),
        (&json!(64), &json!(96))
    );
    assert_eq!((&drawn["steps"], &drawn["seed"]), (&json!(4), &json!(11)));
    assert_eq!(
        (&drawn["cfg_scale"], &drawn["clip_skip"]),
        (&json!(6.0), &json!(2))
    );
    assert_eq!(drawn["sampler_name"], "DPM++ 2M");
}

#[tokio::test(flavor = "multi_thread")]
async fn embeddings_are_listed_and_pickles_are_skipped() {
    let server = TestServer::start().await;
    let folder = server.data().join("embeddings");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("old.pt"), "a pickle").expect("written");
    let found = server.get("/sdapi/v1/embeddings").await.json();
    assert_eq!(found["loaded"], json!({}));
    assert!(found["skipped"]["old"]["vectors"].is_null(), "{found}");
    let ours = server.get("/api/v1/embeddings").await.json();
    assert_eq!(ours[0]["name"], "old");
    assert!(
        ours[0]["problem"]
            .as_str()
            .is_some_and(|it| it.contains("PyTorch")),
        "{ours}"
    );
}
