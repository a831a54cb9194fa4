//! Requests that lead where nobody may go, and answers without measure. The server is a real one, over TLS, and the
//! plugin a real component: all that is not real is where names lead, and whose certificates are believed.

use std::io::Write as _;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use aquatint_sandbox::plugin::{CallError, Job};
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::settings::Value;
use aquatint_tests::component::{Small, le};

use crate::https::{Asked, Server, Stream, Within, World, header, reply};
use crate::support::{PASS_ON, load_granted, the_others_work};

/// A request of a plugin's.
#[derive(Clone, Debug, Default)]
struct Request<'a> {
    /// `get`, or `post` with a body.
    body: Option<&'a str>,
    url: String,
    headers: &'a [(&'a str, &'a str)],
    /// Milliseconds, bytes.
    options: &'a [(&'a str, u32)],
}

/// The memory of a plugin: texts and lists one after the other.
struct Memory {
    next: u32,
    data: String,
}

impl Memory {
    /// Address and length.
    fn put(&mut self, escaped: &str, length: u32) -> (u32, u32) {
        let at = self.next;
        self.data
            .push_str(&format!("(data (i32.const {at}) \"{escaped}\")\n"));
        self.next += length.next_multiple_of(8);
        (at, length)
    }

    fn text(&mut self, text: &str) -> (u32, u32) {
        let escaped: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
        self.put(&escaped, text.len() as u32)
    }
}

/// A plugin that may reach `hosts`, sends a request, and makes the body of the answer the prompt and its status the
/// steps; or passes on what the host says instead.
fn sending(hosts: &[String], request: &Request<'_>) -> Small {
    let mut memory = Memory {
        next: 8192,
        data: String::new(),
    };
    let url = memory.text(&request.url);
    let body = memory.text(request.body.unwrap_or(""));
    let headers: String = request
        .headers
        .iter()
        .map(|(name, value)| {
            let (name, value) = (memory.text(name), memory.text(value));
            [name.0, name.1, value.0, value.1].map(le).concat()
        })
        .collect();
    let headers = memory.put(&headers, 16 * request.headers.len() as u32);
    // A key, and the case `int` (2) of a value.
    let options: String = request
        .options
        .iter()
        .map(|(key, value)| {
            let key = memory.text(key);
            [key.0, key.1, 2, 0, *value, 0].map(le).concat()
        })
        .collect();
    let options = memory.put(&options, 24 * request.options.len() as u32);
    let method = if request.body.is_some() { 2 } else { 0 };
    let numbers: String = [
        method,
        url.0,
        url.1,
        headers.0,
        headers.1 / 16,
        body.0,
        body.1,
        options.0,
        options.1 / 24,
        2048,
    ]
    .map(|number| format!("(i32.const {number}) "))
    .concat();
    let text = format!(
        "(import \"aquatint:plugin/fetch@0.1.0\" \"send\" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
         (func (export \"aquatint:plugin/pre-process@0.1.0#run\") (param i32 i32) (result i32)
           (call $send {numbers})
           (if (i32.load8_u (i32.const 2048))
             (then {PASS_ON})
             (else
               (i32.store (i32.const 1028) (i32.const 3072))
               (i32.store (i32.const 1032) (i32.const 2))
               (i32.store (i32.const 3072) (i32.const 3200))
               (i32.store (i32.const 3076) (i32.const 6))
               (i32.store (i32.const 3080) (i32.const 4))
               (i32.store (i32.const 3088) (i32.load (i32.const 2064)))
               (i32.store (i32.const 3092) (i32.load (i32.const 2068)))
               (i32.store (i32.const 3096) (i32.const 3208))
               (i32.store (i32.const 3100) (i32.const 5))
               (i32.store (i32.const 3104) (i32.const 2))
               (i64.store (i32.const 3112) (i64.load16_u (i32.const 2052)))))
           (i32.const 1024))
         (data (i32.const 3200) \"prompt\")
         (data (i32.const 3208) \"steps\")
         {}",
        memory.data
    );
    let hosts: Vec<String> = hosts
        .iter()
        .map(|host| format!("{{ host = '{host}', reason = 'to ask' }}"))
        .collect();
    Small::new("hostile", "pre-process", &text)
        .import("fetch")
        .manifest("limits = { time = '10s', transfer = '1MiB' }")
        .manifest(&format!("permissions = {{ net = [{}] }}", hosts.join(", ")))
}

/// Status and body, or why not.
fn send(small: &Small, world: &Arc<World>) -> Result<(i64, String), CallError> {
    let plugin = load_granted(small, None);
    let job = Job {
        services: Arc::new(Within(world.clone())),
        ..Job::default()
    };
    let result = plugin.pre_process(&job);
    the_others_work();
    match result {
        Err(failed) => Err(failed.error),
        Ok(done) => match &done.value[..] {
            [(_, Value::Text(body)), (_, Value::Int(status))] => Ok((*status, body.clone())),
            other => panic!("{other:?}"),
        },
    }
}

const GOOD: &str = "good.example.org";

/// `good.example.org` at the server's port.
fn authority(server: &Server) -> String {
    format!("{GOOD}:{}", server.address.port())
}

/// Gets a path of the good host.
fn get(server: &Server, world: &Arc<World>, path: &str) -> Result<(i64, String), CallError> {
    let authority = authority(server);
    let request = Request {
        url: format!("https://{authority}{path}"),
        ..Request::default()
    };
    send(&sending(&[authority], &request), world)
}

#[track_caller]
fn denied(result: Result<(i64, String), CallError>) -> String {
    match result {
        Err(CallError::Problem(Problem::Denied(why))) => why,
        other => panic!("expected denied: {other:?}"),
    }
}

#[track_caller]
fn failed(result: Result<(i64, String), CallError>) -> String {
    match result {
        Err(CallError::Problem(Problem::Failed(why))) => why,
        other => panic!("expected failed: {other:?}"),
    }
}

fn polite(asked: &Asked, stream: &mut Stream) {
    let line = asked.lines().next().unwrap_or("").to_owned();
    reply(stream, 200, &[], &line);
}

#[test]
fn case_22_a_host_that_was_granted_answers() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let told = header(asked, "x-told").unwrap_or("nothing");
        let body = asked.split("\r\n\r\n").nth(1).unwrap_or("");
        reply(stream, 201, &[], &format!("{told}, {body}"));
    });
    let world = Arc::new(World::around(&server));
    let authority = authority(&server);
    let request = Request {
        url: format!("https://{authority}/a?b=c"),
        body: Some("a body"),
        headers: &[("X-Told", "a header")],
        options: &[("timeout", 9_000), ("max-bytes", 100)],
    };
    let answer = send(&sending(std::slice::from_ref(&authority), &request), &world);
    assert_eq!(answer, Ok((201, "a header, a body".to_owned())));
    let asked = server.asked();
    assert!(
        asked[0].starts_with("POST /a?b=c HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert_eq!(header(&asked[0], "host"), Some(authority.as_str()));
    assert!(header(&asked[0], "user-agent").is_some_and(|it| it.starts_with("aquatint-plugin/")));
    assert_eq!(world.looked_up(), [GOOD]);
}

#[test]
fn case_22_hosts_that_were_not_granted() {
    let server = Server::start(&[GOOD], polite);
    let world = Arc::new(World::around(&server));
    let port = server.address.port();
    let to = |url: &str| {
        let request = Request {
            url: url.to_owned(),
            ..Request::default()
        };
        send(&sending(&[authority(&server)], &request), &world)
    };
    for url in [
        format!("https://bad.example.org:{port}/"),
        format!("https://{GOOD}/"),
        format!("https://{GOOD}.evil.net:{port}/"),
        format!("https://x.{GOOD}:{port}/"),
    ] {
        let why = denied(to(&url));
        assert!(
            why.contains("not among the hosts that were granted"),
            "{why}"
        );
    }
    // Addresses in all their disguises, and whatever two readers could understand differently.
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f000001:{port}/"),
        format!("https://0177.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://localhost:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        format!("http://{GOOD}:{port}/"),
        format!("https://{GOOD}:{port}@127.0.0.1/"),
        format!("https://127.0.0.1\\@{GOOD}:{port}/"),
        format!("https://{GOOD}:{port}/\r\nHost: localhost"),
        "file:///etc/passwd".to_owned(),
    ] {
        let error = to(&url).expect_err("refused");
        assert!(
            matches!(error, CallError::Problem(Problem::InvalidInput(_))),
            "{url}: {error:?}"
        );
    }
    assert!(server.asked().is_empty() && world.looked_up().is_empty());
}

/// Addresses that no plugin may reach, and what they are.
const INSIDE: [(&str, &str); 13] = [
    ("127.0.0.1", "loopback"),
    ("10.0.0.5", "private"),
    ("172.16.3.4", "private"),
    ("192.168.1.1", "private"),
    ("100.64.0.1", "shared by a carrier"),
    ("169.254.169.254", "link-local"),
    ("0.0.0.0", "this network"),
    ("::1", "loopback"),
    ("fe80::1", "link-local"),
    ("fd00::1", "private"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:192.168.1.1", "private"),
    ("64:ff9b::a9fe:a9fe", "link-local"),
];

#[test]
fn case_22_names_that_lead_inside() {
    let server = Server::start(&[GOOD], polite);
    for (address, kind) in INSIDE {
        // Alone, and hidden behind a public one.
        for answer in [&[address][..], &["93.184.216.34", address][..]] {
            let world = Arc::new(World::around(&server).name("inside.example.org", &[answer]));
            let host = "inside.example.org:9".to_owned();
            let request = Request {
                url: format!("https://{host}/"),
                ..Request::default()
            };
            let why = denied(send(&sending(&[host], &request), &world));
            assert!(why.contains(kind), "{address}: {why}");
            assert!(why.starts_with("inside.example.org: "), "{why}");
        }
    }
    assert!(server.asked().is_empty());
}

#[test]
fn case_22_redirects_that_lead_inside() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let path = asked.split(' ').nth(1).unwrap_or("");
        let location = path.trim_start_matches("/to?");
        reply(stream, 302, &[("Location", location)], "");
    });
    let port = server.address.port();
    for location in [
        "https://bad.example.org/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:7f00:1]:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("http://{GOOD}:{port}/"),
        format!("https://user@{GOOD}:{port}/"),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:6379/_FLUSHALL".to_owned(),
    ] {
        let world = Arc::new(World::around(&server));
        let before = server.asked().len();
        let why = denied(get(&server, &world, &format!("/to?{location}")));
        assert!(!why.is_empty());
        assert_eq!(server.asked().len(), before + 1, "{location} was followed");
    }
    // A host that was granted, whose name leads inside.
    for (address, kind) in INSIDE {
        let world = Arc::new(World::around(&server).name("also.example.org", &[&[address]]));
        let hosts = [authority(&server), "also.example.org".to_owned()];
        let request = Request {
            url: format!("https://{}/to?https://also.example.org/", hosts[0]),
            ..Request::default()
        };
        let why = denied(send(&sending(&hosts, &request), &world));
        assert!(why.contains(kind), "{address}: {why}");
        assert_eq!(world.looked_up(), [GOOD, "also.example.org"]);
    }
}

#[test]
fn case_22_redirects_without_an_end() {
    let server = Server::start(&[GOOD], |_, stream| {
        reply(stream, 307, &[("Location", "/again")], "");
    });
    let world = Arc::new(World::around(&server));
    let why = failed(get(&server, &world, "/"));
    assert_eq!(why, "more than 5 redirects");
    assert_eq!(server.asked().len(), 6);
}

#[test]
fn case_22_secrets_stay_with_the_host_that_they_are_for() {
    let server = Server::start(&[GOOD, "also.example.org"], |asked, stream| {
        let host = header(asked, "host").unwrap_or("");
        match host.strip_prefix(GOOD) {
            Some(port) => {
                let location = format!("https://also.example.org{port}/");
                reply(stream, 302, &[("Location", &location)], "");
            }
            None => reply(stream, 200, &[], "here"),
        }
    });
    let world = Arc::new(World::around(&server));
    let also = format!("also.example.org:{}", server.address.port());
    let hosts = [authority(&server), also];
    let request = Request {
        url: format!("https://{}/", hosts[0]),
        headers: &[
            ("Authorization", "Bearer x"),
            ("Cookie", "x"),
            ("X-Other", "x"),
        ],
        ..Request::default()
    };
    let answer = send(&sending(&hosts, &request), &world);
    assert_eq!(answer, Ok((200, "here".to_owned())));
    let asked = server.asked();
    let has = |at: usize| {
        ["authorization", "cookie", "x-other"].map(|name| header(&asked[at], name).is_some())
    };
    assert_eq!((has(0), has(1)), ([true; 3], [false, false, true]));
}

#[test]
fn case_22_a_name_that_changes_its_mind() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let path = asked.split(' ').nth(1).unwrap_or("");
        match path {
            "/first" => reply(stream, 302, &[("Location", "/second")], ""),
            _ => reply(stream, 200, &[], "reached"),
        }
    });
    // The address that was judged is the one that is connected to: the name is looked up once a request.
    let world = World::around(&server).name(GOOD, &[&["local"], &["169.254.169.254"]]);
    let world = Arc::new(world);
    let answer = get(&server, &world, "/");
    assert_eq!(answer, Ok((200, "reached".to_owned())));
    assert_eq!(world.looked_up(), [GOOD]);
    let why = denied(get(&server, &world, "/"));
    assert!(why.contains("link-local"), "{why}");
    // And once for each redirect, to the same host too.
    let world = World::around(&server).name(GOOD, &[&["local"], &["10.0.0.1"]]);
    let why = denied(get(&server, &Arc::new(world), "/first"));
    assert!(why.contains("private"), "{why}");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn case_22_bodies_without_an_end() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let head = if asked.contains("/long") {
            "Content-Length: 10737418240\r\n\r\n"
        } else if asked.contains("/chunks") {
            "Transfer-Encoding: chunked\r\n\r\n"
        } else {
            "Connection: close\r\n\r\n"
        };
        let chunk = match asked.contains("/chunks") {
            true => format!("4000\r\n{}\r\n", "x".repeat(0x4000)),
            false => "x".repeat(0x4000),
        };
        let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}");
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let world = Arc::new(World::around(&server));
    for path in ["/long", "/chunks", "/close"] {
        let error = get(&server, &world, path).expect_err("too much");
        assert!(
            matches!(&error, CallError::Problem(Problem::Exhausted(why)) if why.contains("1048576 bytes")),
            "{path}: {error:?}"
        );
    }
}

#[test]
fn case_22_servers_that_dawdle() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let begin = if asked.contains("/head") {
            "HTTP/1.1 200 OK\r\nX: "
        } else {
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        };
        let _ = stream.write_all(begin.as_bytes());
        // A byte now and then.
        for _ in 0..300 {
            if stream
                .write_all(b"x")
                .and_then(|()| stream.flush())
                .is_err()
            {
                return;
            }
            sleep(Duration::from_millis(50));
        }
    });
    let world = Arc::new(World::around(&server));
    let authority = authority(&server);
    for path in ["head", "body"] {
        let request = Request {
            url: format!("https://{authority}/{path}"),
            options: &[("timeout", 300)],
            ..Request::default()
        };
        let started = Instant::now();
        let small = sending(std::slice::from_ref(&authority), &request);
        let why = failed(send(&small, &world));
        assert!(why.contains("time"), "{why}");
        assert!(started.elapsed() < Duration::from_secs(8));
        // The call's own time holds as well.
        let request = Request {
            options: &[],
            ..request
        };
        let mut small = sending(std::slice::from_ref(&authority), &request);
        small.manifest = small.manifest.replace("time = '10s'", "time = '300ms'");
        let started = Instant::now();
        send(&small, &world).expect_err("too slow");
        assert!(started.elapsed() < Duration::from_secs(8));
    }
}

#[test]
fn case_22_heads_without_measure() {
    let server = Server::start(&[GOOD], |asked, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        let line = match asked.contains("/lines") {
            true => "x: y\r\n".repeat(1_000),
            false => "x".repeat(10_000),
        };
        while stream.write_all(line.as_bytes()).is_ok() {}
    });
    let world = Arc::new(World::around(&server));
    for path in ["/lines", "/line"] {
        let started = Instant::now();
        failed(get(&server, &world, path));
        assert!(started.elapsed() < Duration::from_secs(9), "it went on");
    }
}

#[test]
fn case_22_certificates_of_somebody_else() {
    let server = Server::start(&["other.example.org"], polite);
    let other = Server::start(&[GOOD], polite);
    let world = Arc::new(World::around(&server));
    let why = failed(get(&server, &world, "/"));
    assert!(why.contains("certificate"), "another name: {why}");
    let world = Arc::new(World::around(&other).believing(&server.certificate));
    let why = failed(get(&other, &world, "/"));
    assert!(why.contains("certificate"), "nobody to vouch for it: {why}");
    assert!(server.asked().is_empty() && other.asked().is_empty());
    let world = Arc::new(World::around(&other));
    get(&other, &world, "/").expect("the right one is believed");
}

#[test]
fn case_22_headers_that_would_split_a_request() {
    let server = Server::start(&[GOOD], polite);
    let world = Arc::new(World::around(&server));
    let authority = authority(&server);
    for header in [
        ("Host", "localhost"),
        ("host", "localhost"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("X", "a\r\nHost: localhost"),
        ("X\r\nHost", "localhost"),
        ("X: Y\r\n", ""),
        ("", "x"),
    ] {
        let request = Request {
            url: format!("https://{authority}/"),
            headers: &[header],
            ..Request::default()
        };
        let small = sending(std::slice::from_ref(&authority), &request);
        let error = send(&small, &world).expect_err("refused");
        assert!(
            matches!(error, CallError::Problem(Problem::InvalidInput(_))),
            "{header:?}: {error:?}"
        );
    }
    assert!(server.asked().is_empty());
}
