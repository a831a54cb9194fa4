use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aquatint_tests::server::Server;
use serde_json::{Value, json};

/// What happens to a job, as it is told.
struct Heard {
    steps: Arc<AtomicUsize>,
    names: Arc<Mutex<Vec<String>>>,
    thread: JoinHandle<()>,
}

impl Heard {
    fn of(server: &Server, job: i64) -> Self {
        let (steps, names) = (
            Arc::<AtomicUsize>::default(),
            Arc::<Mutex<Vec<_>>>::default(),
        );
        let mut stream = server.connect();
        let head = format!(
            "GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            server.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let (of_thread, counted) = (names.clone(), steps.clone());
        let thread = std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let Some(name) = line.strip_prefix("event:") else {
                    continue;
                };
                let name = name.trim().to_owned();
                if name == "step" {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                let is_last = ["finished", "failed", "cancelled"].contains(&name.as_str());
                of_thread.lock().unwrap().push(name);
                if is_last {
                    break;
                }
            }
        });
        Self {
            steps,
            names,
            thread,
        }
    }

    fn wait_for_steps(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(120);
        while self.steps.load(Ordering::SeqCst) < count {
            assert!(
                Instant::now() < until,
                "no steps are told: {:?}",
                self.names
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn queue(server: &Server, seed: u64, steps: u32, side: u32) -> i64 {
    let request = json!({"prompt": "a red apple", "seed": seed, "steps": steps, "width": side, "height": side});
    let answer = server.post("/api/v1/jobs", &json!({"request": request}));
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_i64().unwrap()
}

#[test]
fn a_call_stops_a_job_within_one_step_and_no_other() {
    let server = Server::start(&[]);
    let job = queue(&server, 1, 200, 512);
    let (next, last) = (queue(&server, 2, 2, 64), queue(&server, 3, 2, 64));
    let heard = Heard::of(&server, job);
    heard.wait_for_steps(3);
    let answer = server.post(&format!("/api/v1/jobs/{job}/cancel"), &Value::Null);
    let at = heard.steps.load(Ordering::SeqCst);
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(server.ended(job)["state"], "cancelled");
    heard.thread.join().unwrap();
    // One that was done while the call was on its way may still have been told.
    let after = heard.steps.load(Ordering::SeqCst);
    assert!(after <= at + 1, "{} steps after the call", after - at);
    assert_eq!(heard.names.lock().unwrap().last().unwrap(), "cancelled");
    for other in [next, last] {
        assert_eq!(server.ended(other)["state"], "done");
    }
}

#[test]
fn what_stops_a_drawing_of_a1111_stops_no_job_of_others() {
    let server = Server::start(&[]);
    let running = queue(&server, 1, 12, 512);
    let heard = Heard::of(&server, running);
    heard.wait_for_steps(1);
    let waiting = queue(&server, 2, 2, 64);
    for path in ["/sdapi/v1/interrupt", "/sdapi/v1/skip"] {
        assert_eq!(server.post(path, &json!({})).status, 200, "{path}");
    }
    for job in [running, waiting] {
        assert_eq!(server.ended(job)["state"], "done");
    }
    heard.thread.join().unwrap();
}
