use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use aquatint_tests::server::Server;
use serde_json::{Value, json};

fn request(seed: u64) -> serde_json::Value {
    json!({"request": {"prompt": "a red apple", "seed": seed, "steps": 4, "width": 64, "height": 64}})
}

#[test]
fn what_was_accepted_is_drawn_after_the_process_was_killed() {
    let mut server = Server::start(&[]);
    let ids: Vec<i64> = (0..8)
        .map(|seed| {
            let answer = server.post("/api/v1/jobs", &request(seed));
            assert_eq!(answer.status, 202, "{}", answer.text());
            answer.json()["id"].as_i64().unwrap()
        })
        .collect();
    // In the middle of it all.
    drop(server.ended(ids[1]));
    server.kill_and_start(&[]);
    for (seed, id) in (0_u64..).zip(&ids) {
        let job = server.ended(*id);
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(job["report"]["seeds"], json!([seed]));
    }
    let found = server.get("/api/v1/pictures?limit=100").json();
    assert_eq!(
        found["pictures"].as_array().unwrap().len(),
        8,
        "none lost, none doubled"
    );
}

/// Clients that queue drawings as fast as they are answered, until the server is gone.
struct Load {
    accepted: Arc<Mutex<Vec<i64>>>,
    over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn on(address: SocketAddr) -> Self {
        let (accepted, over) = (
            Arc::<Mutex<Vec<i64>>>::default(),
            Arc::<AtomicBool>::default(),
        );
        let clients = (0..4_u64).map(|client| {
            let (accepted, over) = (accepted.clone(), over.clone());
            std::thread::spawn(move || {
                for number in 0.. {
                    let answer = post(address, &small(client * 1_000_000 + number));
                    match answer {
                        Some(id) => accepted.lock().unwrap().push(id),
                        None if over.load(Ordering::SeqCst) => break,
                        // Refused: it stops, or has had enough for now.
                        None => std::thread::sleep(Duration::from_millis(20)),
                    }
                }
            })
        });
        Self {
            clients: clients.collect(),
            accepted,
            over,
        }
    }

    fn wait_for(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.accepted.lock().unwrap().len() < count {
            assert!(Instant::now() < until, "nothing is accepted");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// What the server said that it would draw.
    fn ended(self) -> Vec<i64> {
        self.over.store(true, Ordering::SeqCst);
        for client in self.clients {
            client.join().unwrap();
        }
        std::mem::take(&mut *self.accepted.lock().unwrap())
    }
}

fn small(seed: u64) -> Value {
    json!({"request": {"prompt": "x", "seed": seed, "steps": 1, "width": 64, "height": 64}})
}

/// Queues a drawing; `None` if there is no answer that says so.
fn post(address: SocketAddr, body: &Value) -> Option<i64> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let head = format!(
        "POST /api/v1/jobs HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if !head.starts_with("HTTP/1.1 202") {
        return None;
    }
    serde_json::from_str::<Value>(body).ok()?["id"].as_i64()
}

/// Every job is done, and has its own picture, once.
fn nothing_is_lost(server: &Server, accepted: &[i64]) {
    for id in accepted {
        let job = server.ended(*id);
        assert_eq!(job["state"], "done", "{job}");
    }
    let mut seeds: Vec<u64> = Vec::new();
    let mut after = String::new();
    loop {
        let page = server
            .get(&format!("/api/v1/pictures?limit=1000{after}"))
            .json();
        let pictures = page["pictures"].as_array().unwrap().iter();
        seeds.extend(pictures.map(|it| it["seed"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let count = seeds.len();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), count, "a picture was drawn twice");
    assert!(
        count >= accepted.len(),
        "{count} of {} pictures",
        accepted.len()
    );
}

/// No file of the outputs is cut off.
fn all_is_whole(server: &Server) {
    let mut stack = vec![server.data().join("outputs")];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let file = std::fs::read(&path).unwrap();
            assert!(
                file.ends_with(b"IEND\xae\x42\x60\x82"),
                "{}",
                path.display()
            );
        }
    }
}

/// A server whose model is loaded and that writes pictures, with what asks it for more.
fn under_load() -> (Server, Load) {
    let server = Server::start(&[]);
    let first = server
        .post("/api/v1/jobs", &small(u64::from(u32::MAX)))
        .json();
    drop(server.ended(first["id"].as_i64().unwrap()));
    let load = Load::on(server.address);
    load.wait_for(40);
    (server, load)
}

#[test]
fn what_was_accepted_under_load_is_drawn_after_the_process_was_killed() {
    let (mut server, load) = under_load();
    server.kill_and_start(&[]);
    let accepted = load.ended();
    assert!(accepted.len() >= 40);
    nothing_is_lost(&server, &accepted);
}

#[cfg(unix)]
#[test]
fn sigterm_under_load_leaves_nothing_half_written_and_loses_nothing() {
    let (mut server, load) = under_load();
    assert_eq!(server.terminate(Duration::from_secs(30)), Some(0));
    let accepted = load.ended();
    all_is_whole(&server);
    server.kill_and_start(&[]);
    nothing_is_lost(&server, &accepted);
}

#[cfg(unix)]
#[test]
fn sigterm_leaves_nothing_half_written() {
    let mut server = Server::start(&[]);
    let ids: Vec<i64> = (0..6)
        .map(|seed| {
            server.post("/api/v1/jobs", &request(seed)).json()["id"]
                .as_i64()
                .unwrap()
        })
        .collect();
    drop(server.ended(ids[0]));
    assert_eq!(server.terminate(Duration::from_secs(30)), Some(0));
    all_is_whole(&server);
    server.kill_and_start(&[]);
    for id in ids {
        assert_eq!(server.ended(id)["state"], "done");
    }
}
