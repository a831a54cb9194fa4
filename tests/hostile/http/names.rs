use crate::{refused, server};

#[test]
fn a_page_of_another_site_cannot_use_a_local_server() {
    let mut server = server();
    // A name of the attacker's that was made to point here.
    for host in [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "0x7f000001.example",
        "",
    ] {
        let answer = server.ask("GET", "/api/v1/jobs", &[("Host", host)], &[]);
        refused(&answer, host);
        let page = server.ask("GET", "/", &[("Host", host)], &[]);
        refused(&page, host);
    }
    // Without any host.
    refused(
        &server.raw(b"GET /api/v1/jobs HTTP/1.1\r\nConnection: close\r\n\r\n"),
        "no host",
    );
    // A page elsewhere, whose scripts ask this server.
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:1",
        "http://127.0.0.1",
        "file://",
    ] {
        for (method, path) in [
            ("GET", "/api/v1/jobs"),
            ("POST", "/api/v1/jobs"),
            ("POST", "/sdapi/v1/txt2img"),
            ("POST", "/api/v1/proposals"),
            ("DELETE", "/api/v1/plugins/x"),
            ("POST", "/v1/images/generations"),
            ("GET", "/api/v1/socket"),
            ("POST", "/sdapi/v1/interrupt"),
        ] {
            let headers = [("Origin", origin), ("Content-Type", "application/json")];
            let answer = server.ask(method, path, &headers, b"{}");
            assert_eq!(answer.status, 403, "{origin} {method} {path}");
            assert!(
                !answer
                    .head
                    .to_lowercase()
                    .contains("access-control-allow-origin")
            );
        }
        // What a browser asks first gets no leave.
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
        ];
        let answer = server.ask("OPTIONS", "/api/v1/jobs", &headers, &[]);
        assert!(
            !answer
                .head
                .to_lowercase()
                .contains("access-control-allow-origin"),
            "{}",
            answer.head
        );
    }
    // Pictures and forms send no origin, but browsers say where they come from.
    for site in ["cross-site", "same-site"] {
        let answer = server.ask("GET", "/api/v1/pictures", &[("Sec-Fetch-Site", site)], &[]);
        assert_eq!(answer.status, 403, "{site}");
    }
    assert!(server.is_alive());
}

#[test]
fn a_form_is_no_json() {
    let server = server();
    let body = br#"{"request": {"prompt": "x"}}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let answer = server.ask("POST", "/api/v1/jobs", &[("Content-Type", kind)], body);
        assert_eq!(answer.status, 415, "{kind}");
    }
}
