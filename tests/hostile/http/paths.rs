use serde_json::{Value, json};

use crate::{refused, server};

const PATHS: [&str; 9] = [
    "/etc/passwd",
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..\\..\\windows\\win.ini",
    "C:\\windows\\win.ini",
    "file:///etc/passwd",
    "/proc/self/environ",
    "./starter",
];

fn has_secrets(text: &str) -> bool {
    text.contains("root:") || text.contains("PATH=")
}

#[test]
fn no_part_of_a_path_names_a_file() {
    let mut server = server();
    for given in PATHS {
        let encoded: String = given.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for text in [given, &encoded] {
            for place in [
                "/{}",
                "/assets/{}",
                "/api/v1/uploads/{}",
                "/api/v1/models/{}",
                "/api/v1/plugins/{}",
                "/api/v1/plugins/{}/log",
                "/api/v1/embeddings?model={}",
                "/api/v1/jobs/{}",
                "/api/v1/pictures/{}/file",
                "/api/v1/pictures/{}/thumbnail",
                "/api/v1/sweeps/{}/cells",
                "/api/v1/sweeps/1/cells/{}/file",
                "/api/v1/sweeps/1/grids/{}",
                "/v1/models/{}",
                "/sdapi/v1/{}",
                "/api/v1/proposals/{}",
            ] {
                let path = place.replace("{}", text);
                if path.contains('\\') || path.contains(' ') {
                    continue;
                }
                let answer = server.get(&path);
                assert!(!has_secrets(&answer.text()), "{path}");
                assert!(answer.status < 500, "{path}: {}", answer.status);
            }
        }
    }
    assert!(server.is_alive());
}

#[test]
fn no_field_names_a_file() {
    let mut server = server();
    let request = |field: &str, value: Value| {
        let mut request = json!({"prompt": "x", "steps": 1, "width": 64, "height": 64});
        request[field] = value;
        request
    };
    for path in PATHS {
        let bodies = [
            (
                "/api/v1/jobs",
                json!({"request": request("model", path.into())}),
            ),
            (
                "/api/v1/jobs",
                json!({"request": request("plugins", json!([{"id": path}]))}),
            ),
            (
                "/api/v1/jobs",
                json!({"request": request("provider", path.into())}),
            ),
            (
                "/api/v1/jobs",
                json!({"request": request("init", json!({"picture": path, "strength": 0.5}))}),
            ),
            (
                "/api/v1/jobs",
                json!({"request": request("styles", json!([path]))}),
            ),
            ("/sdapi/v1/img2img", json!({"init_images": [path]})),
            ("/api/v1/pictures/1/replay", json!({"model": path})),
            ("/api/v1/parameters", json!({"upload": path})),
            ("/api/v1/proposals", json!({"source": path})),
            ("/api/v1/tokens", json!({"text": "x", "model": path})),
            (
                "/api/v1/sweeps",
                json!({"sweep": {"request": request("model", path.into()),
                "axes": [{"field": "seed", "values": "1,2"}]}}),
            ),
            (
                "/api/v1/sweeps/plan",
                json!({"request": request("steps", 1.into()),
                "axes": [{"field": "model", "values": [path]}]}),
            ),
            (
                "/sdapi/v1/txt2img",
                json!({"prompt": "x", "override_settings": {"sd_model_checkpoint": path}}),
            ),
            (
                "/sdapi/v1/txt2img",
                json!({"prompt": "x", "script_name": path}),
            ),
            ("/sdapi/v1/options", json!({"sd_model_checkpoint": path})),
            ("/sdapi/v1/png-info", json!({"image": path})),
            (
                "/v1/images/generations",
                json!({"prompt": "x", "model": path}),
            ),
        ];
        for (to, body) in bodies {
            let answer = server.post(to, &body);
            refused(&answer, &format!("{to} {body}"));
            assert!(!has_secrets(&answer.text()));
        }
    }
    assert!(server.is_alive());
}

#[test]
fn names_of_files_are_made_from_prompts_and_stay_inside() {
    let server = server();
    let request =
        json!({"prompt": "../../../evil /etc/passwd", "steps": 1, "width": 64, "height": 64});
    let body = json!({"request": request, "name": "[prompt_words]"});
    let job = server.post("/api/v1/jobs", &body).json();
    let job = server.ended(job["id"].as_i64().unwrap());
    assert_eq!(job["state"], "done", "{job}");
    assert!(!server.data().parent().unwrap().join("evil").exists());
    for pattern in ["../../[seed]", "/tmp/[seed]", "[seed]/../../x"] {
        let answer = server.post(
            "/api/v1/jobs",
            &json!({"request": request, "name": pattern}),
        );
        if answer.status == 202 {
            let job = server.ended(answer.json()["id"].as_i64().unwrap());
            let outside = server.data().join("outputs");
            let found = server
                .get(&format!("/api/v1/pictures/{}", job["pictures"][0]))
                .json();
            let name = found["name"].as_str().unwrap();
            assert!(!name.contains('/') && outside.exists(), "{pattern}: {name}");
        } else {
            refused(&answer, pattern);
        }
    }
}
