use aquatint_tests::base64;
use aquatint_tests::server::Answer;
use serde_json::json;

use crate::{refused, server};

/// A PNG whose header claims a size, with whatever behind it.
fn png(width: u32, height: u32, rest: &[u8]) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend_from_slice(&13_u32.to_be_bytes());
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&crc32fast::hash(&header).to_be_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

/// Real pixels, all of them zero: hundreds of megabytes from some hundred kilobytes.
fn bomb(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().unwrap();
    let row = vec![0; side as usize * 3];
    let mut stream = writer.stream_writer().unwrap();
    for _ in 0..side {
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn pictures_that_lie_are_refused_before_they_are_read() {
    let mut server = server();
    let gif = b"GIF89a\xff\xff\xff\xff\xf7\0\0".to_vec();
    let jpeg = b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
        .to_vec();
    let webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0".to_vec();
    let cases = [
        ("a huge claim", png(u32::MAX >> 1, u32::MAX >> 1, &[])),
        ("a large claim", png(60_000, 60_000, &[])),
        ("no size", png(0, 0, &[])),
        ("no pixels", png(64, 64, &[])),
        ("garbage", png(64, 64, &[0xff; 4096])),
        ("a bomb", bomb(9000)),
        ("a GIF", gif),
        ("a JPEG", jpeg),
        ("a WebP", webp),
        ("nothing", Vec::new()),
        ("a text", b"<svg onload=alert(1)>".to_vec()),
    ];
    for (what, bytes) in cases {
        let text = base64(&bytes);
        let form = |name: &str| {
            let head = format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\r\n"
            );
            let prompt =
                "\r\n--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b--\r\n";
            [head.as_bytes(), &bytes, prompt.as_bytes()].concat()
        };
        let kind = [("Content-Type", "multipart/form-data; boundary=b")];
        let answers: [(&str, Answer); 7] = [
            (
                "png-info",
                server.post("/sdapi/v1/png-info", &json!({"image": text})),
            ),
            (
                "extras",
                server.post(
                    "/sdapi/v1/extra-single-image",
                    &json!({"image": text, "upscaler_1": "Lanczos"}),
                ),
            ),
            (
                "parameters",
                server.ask(
                    "POST",
                    "/api/v1/parameters",
                    &[("Content-Type", "image/png")],
                    &bytes,
                ),
            ),
            (
                "img2img",
                server.post("/sdapi/v1/img2img", &json!({"init_images": [text]})),
            ),
            (
                "edits",
                server.ask("POST", "/v1/images/edits", &kind, &form("image")),
            ),
            (
                "a form",
                server.ask("POST", "/api/v1/uploads", &kind, &form("file")),
            ),
            (
                "uploads",
                server.ask(
                    "POST",
                    "/api/v1/uploads",
                    &[("Content-Type", "image/png")],
                    &bytes,
                ),
            ),
        ];
        for (to, answer) in answers {
            refused(&answer, &format!("{what} to {to}"));
        }
    }
    assert!(server.is_alive());
}

#[test]
fn what_is_no_plugin_is_not_installed() {
    let mut server = server();
    for bytes in [
        &b""[..],
        b"\0asm\x01\0\0\0",
        b"\0asm\x0d\0\x01\0",
        &[0xff; 100_000],
    ] {
        let answer = server.ask(
            "POST",
            "/api/v1/proposals",
            &[("Content-Type", "application/wasm")],
            bytes,
        );
        refused(&answer, "a plugin");
    }
    assert_eq!(server.get("/api/v1/plugins").json(), json!([]));
    assert!(server.is_alive());
}

/// A text of many megabytes in a picture of a few kilobytes.
#[test]
fn texts_that_grow_when_they_are_read_take_no_memory() {
    let mut server = server();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 8);
    encoder.set_color(png::ColorType::Rgb);
    let long = "0".repeat(96 << 20);
    encoder
        .add_ztxt_chunk("parameters".to_owned(), long)
        .unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 192]).unwrap();
    drop(writer);
    assert!(bytes.len() < 1 << 20);
    let kind = [("Content-Type", "image/png")];
    let before = peak(server.id());
    for answer in [
        server.ask("POST", "/api/v1/parameters", &kind, &bytes),
        server.ask("POST", "/api/v1/uploads", &kind, &bytes),
        server.post("/sdapi/v1/png-info", &json!({"image": base64(&bytes)})),
    ] {
        assert!(answer.status < 500, "{}", answer.text());
        assert!(answer.body.len() < 1 << 20, "{} bytes", answer.body.len());
    }
    if let (Some(before), Some(after)) = (before, peak(server.id())) {
        assert!(after < before + (64 << 20), "{before} to {after} bytes");
    }
    assert!(server.is_alive());
}

/// The most memory that a process had, in bytes, where the system says so.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
