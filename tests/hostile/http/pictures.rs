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
    bytes.extend_from_slice(&crc(&header).to_be_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

/// The checksum of PNG's chunks.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
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

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            text.push(char::from(LETTERS[(word >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
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
        let answers: [(&str, Answer); 4] = [
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
