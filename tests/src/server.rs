//! `aquatint serve`, started and asked by tests as others would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io};

use serde_json::Value;
use tempfile::TempDir;

/// A server with a data folder of its own. The runtimes are those of `AQUATINT_DATA`.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    data: TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// All headers, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A new data folder with the runtimes in it.
///
/// # Panics
/// It cannot be made.
#[must_use]
pub fn data_folder() -> TempDir {
    let data = tempfile::tempdir().expect("a folder");
    if let Some(shared) = env::var_os("AQUATINT_DATA").map(PathBuf::from) {
        let runtimes = shared.join("runtimes");
        if runtimes.is_dir() {
            link(&runtimes, &data.path().join("runtimes")).expect("linked");
        }
    }
    data
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    crate::copy_folder(from, to)
}

impl Server {
    /// Starts one, with these flags.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(flags: &[&str]) -> Self {
        Self::in_folder(data_folder(), flags)
    }

    /// Starts one in this data folder.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn in_folder(data: TempDir, flags: &[&str]) -> Self {
        let (child, address) = spawn(data.path(), flags);
        Self {
            child,
            address,
            data,
        }
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, and starts another one in its data folder.
    ///
    /// # Panics
    /// It cannot be killed or started.
    pub fn kill_and_start(&mut self, flags: &[&str]) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        let (child, address) = spawn(self.data.path(), flags);
        self.child = child;
        self.address = address;
    }

    /// Sends SIGTERM and waits; gives the exit code, `None` if it was killed by a signal or takes longer than `most`.
    #[cfg(unix)]
    pub fn terminate(&mut self, most: Duration) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").arg(&id).status().ok()?;
        let until = Instant::now() + most;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Whether it still runs and answers.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None)) && self.get("/healthz").status == 200
    }

    /// Connects to it.
    ///
    /// # Panics
    /// It cannot be reached.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("connected");
        let most = Some(Duration::from_secs(60));
        stream.set_read_timeout(most).expect("set");
        stream.set_write_timeout(most).expect("set");
        stream
    }

    /// Sends these bytes and reads the answer to its end.
    ///
    /// # Panics
    /// No answer comes.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A server that has refused what was sent so far reads no more of it.
        let _ = stream.write_all(bytes);
        read(&mut stream)
    }

    /// Asks it.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let has = |name: &str| {
            headers
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(name))
        };
        if !has("host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        if !has("content-length") && (!body.is_empty() || method != "GET") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes)
    }

    /// Gets a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], &[])
    }

    /// Posts JSON.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string().into_bytes();
        self.ask("POST", path, &[("Content-Type", "application/json")], &body)
    }

    /// Waits until a job has ended, and gives it.
    ///
    /// # Panics
    /// It does not end within two minutes.
    #[must_use]
    pub fn ended(&self, id: i64) -> Value {
        let until = Instant::now() + Duration::from_secs(120);
        while Instant::now() < until {
            let job = self.get(&format!("/api/v1/jobs/{id}")).json();
            if job["state"] != "queued" && job["state"] != "running" {
                return job;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("job {id} does not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(data: &Path, flags: &[&str]) -> (Child, SocketAddr) {
    let mut command = Command::new(crate::binary());
    command
        .args(["serve", "--port", "0", "--quiet", "--log-level", "warn"])
        .args(flags)
        .env("AQUATINT_DATA", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("started");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("its address");
    let address = line.trim().trim_end_matches('/');
    let address = address.rsplit_once("//").map_or(address, |(_, rest)| rest);
    let address = address
        .parse()
        .unwrap_or_else(|_| panic!("no address: {line:?}"));
    (child, address)
}

/// Reads an answer to the end of the connection.
///
/// # Panics
/// There is none.
pub fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // A connection that is cut off after the answer is an end too.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&bytes)));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let body = bytes[end + 4..].to_vec();
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Answer {
        status: status.unwrap_or_default(),
        head,
        body: if chunked { unchunked(&body) } else { body },
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = String::from_utf8_lossy(&rest[..end]);
        let Ok(length) = usize::from_str_radix(length.trim(), 16) else {
            break;
        };
        let chunk = rest.get(end + 2..end + 2 + length).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        body.extend_from_slice(chunk);
        rest = rest.get(end + 2 + length + 2..).unwrap_or_default();
    }
    body
}
