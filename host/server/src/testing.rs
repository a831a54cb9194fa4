//! A server for tests: everything but what computes pictures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aquatint_studio::jobs::{Context, Failure, Job, Outcome, Preview, Task, Work};
use aquatint_studio::{Picture, Recipe};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::http::listener::{Peer, Secure};
use crate::router::router;
use crate::work::{Hand, Saver};
use crate::{App, Config};

/// A server in this process, without a socket.
pub(crate) struct TestServer {
    pub(crate) app: App,
    router: Router,
    hand: Option<Hand>,
    /// Milliseconds that a step takes.
    pub(crate) pace: Arc<AtomicU64>,
    data: TempDir,
}

/// An answer with its whole body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_default()
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let app = App::open(config, data.path()).expect("opened");
        let pace = Arc::new(AtomicU64::new(0));
        let work = Painter {
            app: app.clone(),
            saver: Saver::new(data.path(), app.history().clone()),
            pace: pace.clone(),
        };
        let hand = Hand::start(app.queue(), Box::new(work)).expect("a worker");
        tokio::spawn(app.live().clone().follow(|_| {}));
        app.set_ready(true);
        Self {
            router: router(&app),
            app,
            hand: Some(hand),
            pace,
            data,
        }
    }

    pub(crate) fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Response<Body> {
        let peer = SocketAddr::from(([127, 0, 0, 1], 5));
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(Secure(false));
        let headers = request.headers_mut();
        headers
            .entry("host")
            .or_insert("localhost:7860".parse().expect("a value"));
        let router = self.router.clone();
        router.oneshot(request).await.expect("an answer")
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.send(request).await.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path, &[])).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(request("DELETE", path, &[])).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(with_json("POST", path, body)).await
    }

    /// Queues a drawing and waits for its end.
    pub(crate) async fn draw(&self, request: Value) -> Value {
        let answer = self
            .post("/api/v1/jobs", &json!({"request": request}))
            .await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        self.ended(answer.json()["id"].as_i64().expect("a number"))
            .await
    }

    /// Waits for the end of a job.
    pub(crate) async fn ended(&self, id: i64) -> Value {
        for _ in 0..2000 {
            let job = self.get(&format!("/api/v1/jobs/{id}")).await.json();
            if !["queued", "running"].contains(&job["state"].as_str().expect("a state")) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("job {id} does not end");
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.app.stop();
        if let Some(hand) = self.hand.take() {
            hand.end(Duration::ZERO);
        }
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::empty()).expect("a request")
}

pub(crate) fn with_json(method: &str, path: &str, body: &Value) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(body.to_string().into())
        .expect("a request")
}

/// Draws one colour: the seed's.
struct Painter {
    app: App,
    saver: Saver,
    pace: Arc<AtomicU64>,
}

impl Work for Painter {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        let Task::Generate(request) = &job.task else {
            return Err(Failure::other("expected a drawing"));
        };
        let drawn = self
            .app
            .checks()
            .request(request, self.app.config())
            .map_err(|problem| Failure::other(problem.detail()))?;
        context.stage("denoise");
        let steps = drawn.steps as u64;
        for step in 1..=steps {
            let until = std::time::Instant::now()
                + Duration::from_millis(self.pace.load(Ordering::Relaxed));
            while std::time::Instant::now() < until && !context.cancel().is_cancelled() {
                std::thread::sleep(Duration::from_millis(1));
            }
            if context.cancel().is_cancelled() {
                return Err(Failure::cancelled());
            }
            let preview = context.wants_preview().then(|| Preview {
                picture: 0,
                width: 8,
                height: 8,
                png: vec![1, 2, 3].into(),
            });
            context.step(step, steps, None, preview);
        }
        let (mut files, mut pictures, mut seeds) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..request.batch {
            let seed = request.seed.unwrap_or(42) + u64::from(index);
            let recipe = Recipe::from_value(json!({
                "recipe": 1, "prompt": drawn.prompt, "negative": drawn.negative, "seed": seed, "steps": steps,
                "cfg": drawn.cfg, "cfg_rescale": 0.0, "sampler": drawn.sampler.id(), "schedule": drawn.schedule.id(),
                "width": drawn.width, "height": drawn.height, "noise": drawn.noise,
                "clip_skip": request.clip_skip, "emphasis": request.emphasis,
                "model": {"name": "starter", "family": "sd1", "fingerprint": "b3:00", "parts": []},
                "runtime": {"version": "0", "provider": "none"}, "app_version": "0",
            }));
            let picture = Picture {
                width: drawn.width as u32,
                height: drawn.height as u32,
                pixels: vec![seed as u8; drawn.width * drawn.height * 3],
                texts: Vec::new(),
                recipe: recipe.map_err(Failure::other)?,
                timings: Vec::new(),
            };
            let (file, id) = self.saver.save(job, index, &picture)?;
            let size = (picture.width, picture.height);
            context.picture(file.clone(), id, seed, size);
            files.push(file);
            pictures.push(id);
            seeds.push(seed);
        }
        Ok(Outcome {
            files,
            report: json!({"seeds": seeds, "pictures": pictures}),
        })
    }
}
