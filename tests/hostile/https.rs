//! A server with a certificate of its own, and a world in which names lead to it.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aquatint_sandbox::net::{Forbidden, HostName, Network, Roots, check_address};
use aquatint_sandbox::services::Services;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server writes to.
pub(crate) type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A request as it came: head and body.
pub(crate) type Asked = String;

/// Whatever a test wants it to be, over TLS.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// What it shows, as DER.
    pub(crate) certificate: Vec<u8>,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    /// One that shows a certificate for these names.
    pub(crate) fn start(
        names: &[&str],
        answer: impl Fn(&Asked, &mut Stream) + Send + Sync + 'static,
    ) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let certificate = made.cert.der().to_vec();
        let config = config(&certificate, made.signing_key.serialize_der());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let (log, ended, answer) = (asked.clone(), over.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (config, log, answer) = (config.clone(), log.clone(), answer.clone());
                thread::spawn(move || {
                    let timeout = Some(Duration::from_secs(30));
                    stream.set_read_timeout(timeout).expect("a socket");
                    let connection = ServerConnection::new(config).expect("a connection");
                    let mut stream = StreamOwned::new(connection, stream);
                    // A client that does not believe the certificate goes away here.
                    let Ok(request) = read(&mut stream) else {
                        return;
                    };
                    log.lock().expect("a log").push(request.clone());
                    answer(&request, &mut stream);
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                });
            }
        });
        Self {
            address,
            certificate,
            asked,
            over,
        }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a log").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        let _ = TcpStream::connect(self.address);
    }
}

fn config(certificate: &[u8], key: Vec<u8>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate.to_vec())],
            PrivatePkcs8KeyDer::from(key).into(),
        );
    Arc::new(config.expect("a certificate and its key"))
}

fn read(stream: &mut Stream) -> io::Result<Asked> {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        text.push(char::from(byte[0]));
    }
    let length = header(&text, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    text.push_str(&String::from_utf8_lossy(&body));
    Ok(text)
}

/// A header of a request.
pub(crate) fn header<'a>(asked: &'a str, name: &str) -> Option<&'a str> {
    let head = asked.split("\r\n\r\n").next().unwrap_or("");
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A well-behaved answer. The client may be gone by then.
pub(crate) fn reply(stream: &mut Stream, status: u16, headers: &[(&str, &str)], body: &str) {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
}

/// Where names lead, and what is believed: the server's certificate. One address beside the public ones may be reached:
/// the server's.
pub(crate) struct World {
    server: SocketAddr,
    roots: Roots,
    /// The answers of DNS, one a look-up, the last for good. Other names lead to the server.
    names: Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>,
    looked_up: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn around(server: &Server) -> Self {
        Self {
            server: server.address,
            roots: Roots::Only(vec![server.certificate.clone()]),
            names: Mutex::default(),
            looked_up: Mutex::default(),
        }
    }

    /// With another certificate believed.
    pub(crate) fn believing(mut self, certificate: &[u8]) -> Self {
        self.roots = Roots::Only(vec![certificate.to_vec()]);
        self
    }

    /// With a name that leads elsewhere. `local` is the server's address.
    pub(crate) fn name(self, name: &str, answers: &[&[&str]]) -> Self {
        let address = |text: &&str| match *text {
            "local" => IpAddr::V4(Ipv4Addr::LOCALHOST),
            text => text.parse().expect(text),
        };
        let answers = answers
            .iter()
            .map(|answer| answer.iter().map(address).collect())
            .collect();
        let mut names = self.names.lock().expect("names");
        names.insert(name.to_owned(), answers);
        drop(names);
        self
    }

    /// The names that were looked up, in order.
    pub(crate) fn looked_up(&self) -> Vec<String> {
        self.looked_up.lock().expect("a log").clone()
    }
}

impl Network for World {
    fn resolve(&self, host: &HostName, port: u16) -> io::Result<Vec<SocketAddr>> {
        let mut looked_up = self.looked_up.lock().expect("a log");
        looked_up.push(host.to_string());
        let mut names = self.names.lock().expect("names");
        let addresses = match names.get_mut(host.as_str()) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => vec![self.server.ip()],
        };
        Ok(addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect())
    }

    fn may_reach(&self, address: SocketAddr) -> Result<(), Forbidden> {
        if address == self.server {
            return Ok(());
        }
        check_address(address.ip())
    }

    fn roots(&self) -> Roots {
        self.roots.clone()
    }
}

/// A host whose plugins are in this world.
pub(crate) struct Within(pub(crate) Arc<World>);

impl Services for Within {
    fn network(&self) -> Arc<dyn Network> {
        self.0.clone()
    }
}
