use std::sync::atomic::Ordering;

use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::testing::{TestServer, with_json};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_come_as_base64_or_as_a_place() {
    let server = TestServer::start().await;
    let body = json!({"prompt": "a red apple", "model": "gpt-image-1", "n": 2, "size": "64x64",
        "quality": "high", "user": "me", "aquatint": {"steps": 2, "seed": 5}});
    let answer = server.post("/v1/images/generations", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let data = answer.json()["data"].clone();
    assert_eq!(data.as_array().map(Vec::len), Some(2));
    assert!(
        data[0]["b64_json"]
            .as_str()
            .expect("base64")
            .starts_with("iVBORw0KGgo")
    );
    let mut place = body.clone();
    place["response_format"] = "url".into();
    let answer = server.post("/v1/images/generations", &place).await.json();
    let url = answer["data"][1]["url"].as_str().expect("a place");
    let path = url
        .strip_prefix("http://localhost:7860")
        .expect("this server");
    assert_eq!(server.get(path).await.header("content-type"), "image/png");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_as_openai_has_them() {
    let server = TestServer::start().await;
    for (name, value, status) in [
        ("prompt", json!(""), 422),
        ("output_compression", json!(1000), 422),
        ("size", json!("large"), 422),
        ("n", json!(1000), 422),
        ("model", json!("nothing"), 404),
        ("response_format", json!("jpeg"), 422),
        ("output_format", json!("gif"), 422),
        ("background", json!("transparent"), 422),
        ("aquatint", json!({"stepz": 1}), 422),
    ] {
        let mut body = json!({"prompt": "x", "size": "64x64"});
        body[name] = value;
        let answer = server.post("/v1/images/generations", &body).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        let error = &answer.json()["error"];
        assert!(
            error["message"].is_string() && error["type"] == "invalid_request_error",
            "{error}"
        );
    }
    for path in ["/v1/images/edits", "/v1/images/variations"] {
        assert_eq!(server.post(path, &json!({})).await.status, 415);
    }
    let models = server.get("/v1/models").await.json();
    assert!(
        models["data"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|it| it["id"] == "starter")
    );
    assert_eq!(
        server.get("/v1/models/starter").await.json()["object"],
        "model"
    );
    assert_eq!(server.get("/v1/models/nothing").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_partial_pictures_and_then_the_whole_one() {
    let server = TestServer::start().await;
    server.pace.store(120, Ordering::Relaxed);
    let body = json!({"prompt": "x", "size": "64x64", "stream": true, "partial_images": 2,
        "aquatint": {"steps": 12}});
    let request = with_json("POST", "/v1/images/generations", &body);
    let mut body = server.send(request).await.into_body();
    let mut text = String::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.expect("a frame");
        text += &String::from_utf8_lossy(frame.data_ref().expect("data"));
    }
    let data: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).expect("JSON"))
        .collect();
    let types: Vec<_> = data
        .iter()
        .map(|it| it["type"].as_str().expect("a type"))
        .collect();
    let partial = "image_generation.partial_image";
    assert_eq!(types, [partial, partial, "image_generation.completed"]);
    assert_eq!(data[1]["partial_image_index"], 1);
    assert_eq!(data[2]["size"], "64x64");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_begin_from_a_picture() {
    let server = TestServer::start().await;
    let drawn = server
        .post(
            "/v1/images/generations",
            &json!({"prompt": "x", "size": "64x64", "aquatint": {"steps": 1}}),
        )
        .await
        .json();
    let text = drawn["data"][0]["b64_json"].as_str().expect("base64");
    let png =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).expect("base64");
    let send = async |path: &str, fields: &[(&str, &str)], image: Option<&[u8]>| {
        let mut form = Vec::new();
        for (name, value) in fields {
            form.extend_from_slice(
                format!(
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        if let Some(image) = image {
            form.extend_from_slice(
                b"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n",
            );
            form.extend_from_slice(image);
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(b"--b--\r\n");
        let request = axum::http::Request::post(path)
            .header("content-type", "multipart/form-data; boundary=b")
            .body(form.into())
            .expect("a request");
        server.ask(request).await
    };
    let fields = [
        ("prompt", "a pear"),
        ("n", "2"),
        ("size", "64x64"),
        ("aquatint", "{\"steps\": 2}"),
    ];
    let edited = send("/v1/images/edits", &fields, Some(&png)).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    assert_eq!(edited.json()["data"].as_array().map(Vec::len), Some(2));
    let varied = send("/v1/images/variations", &[("size", "64x64")], Some(&png)).await;
    assert_eq!(varied.status, 200, "{}", varied.text());
    assert_eq!(send("/v1/images/edits", &fields, None).await.status, 422);
    assert_eq!(
        send("/v1/images/edits", &fields, Some(b"nothing"))
            .await
            .status,
        415
    );
    assert_eq!(
        send("/v1/images/edits", &fields[1..], Some(&png))
            .await
            .status,
        422
    );
}
