//! Files with entity tags and ranges.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::Problem;

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// What a file is sent as.
pub(crate) struct Sent<'a> {
    /// Its type, such as `image/png`.
    pub(crate) kind: &'a str,
    /// What names its content, without quotes.
    pub(crate) tag: String,
    /// What it is called where it is kept, if it is to be kept rather than shown.
    pub(crate) name: Option<String>,
}

/// Answers with a file, or what of it was asked for.
pub(crate) async fn send(
    path: &Path,
    sent: &Sent<'_>,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    let mut file = tokio::fs::File::open(path)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Problem::not_found("the file is no longer there"),
            _ => Problem::internal(error),
        })?;
    let length = file.metadata().await.map_err(Problem::internal)?.len();
    let tag = format!("\"{}\"", sent.tag);
    if is_known(asked, &tag) {
        return Ok(with_headers(
            StatusCode::NOT_MODIFIED.into_response(),
            sent,
            &tag,
        ));
    }
    let wanted = range(asked, &tag, length);
    let (start, end, status) = match wanted {
        Wanted::All => (0, length, StatusCode::OK),
        Wanted::Part(start, end) => (start, end, StatusCode::PARTIAL_CONTENT),
        Wanted::Impossible => {
            let mut response = Problem::invalid(format_args!(
                "the range is beyond the {length} bytes that there are"
            ))
            .into_response();
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(
                response.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{length}"),
            );
            return Ok(response);
        }
    };
    file.seek(SeekFrom::Start(start))
        .await
        .map_err(Problem::internal)?;
    let chunks = stream::unfold((file, end - start), |(mut file, left)| async move {
        if left == 0 {
            return None;
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        match file.read(&mut chunk).await {
            Ok(0) => None,
            Ok(read) => {
                chunk.truncate(read);
                Some((Ok(Bytes::from(chunk)), (file, left - read as u64)))
            }
            Err(error) => Some((Err(error), (file, 0))),
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (end - start).into());
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {start}-{}/{length}", end - 1);
        set(headers, header::CONTENT_RANGE, &text);
    }
    Ok(with_headers(response, sent, &tag))
}

/// Answers with bytes that are there already.
pub(crate) fn send_bytes(bytes: Vec<u8>, sent: &Sent<'_>, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", sent.tag);
    if is_known(asked, &tag) {
        return with_headers(StatusCode::NOT_MODIFIED.into_response(), sent, &tag);
    }
    with_headers(bytes.into_response(), sent, &tag)
}

fn with_headers(mut response: Response, sent: &Sent<'_>, tag: &str) -> Response {
    let headers = response.headers_mut();
    set(headers, header::ETAG, tag);
    set(headers, header::ACCEPT_RANGES, "bytes");
    // A number never means another picture, but a picture may be deleted: asked for again, and cheaply.
    set(headers, header::CACHE_CONTROL, "private, no-cache");
    if response.status() != StatusCode::NOT_MODIFIED {
        set(response.headers_mut(), header::CONTENT_TYPE, sent.kind);
        if let Some(name) = &sent.name {
            let safe: String = name
                .chars()
                .map(|c| match c {
                    c if c.is_ascii_alphanumeric() => c,
                    '-' | '_' | '.' => c,
                    _ => '_',
                })
                .collect();
            let text = format!("attachment; filename=\"{safe}\"");
            set(response.headers_mut(), header::CONTENT_DISPOSITION, &text);
        }
    }
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether the client has it already.
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let Some(known) = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|it| it.to_str().ok())
    else {
        return false;
    };
    known
        .split(',')
        .map(|it| it.trim().trim_start_matches("W/"))
        .any(|it| it == tag || it == "*")
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    /// From here, up to here and without it.
    Part(u64, u64),
    Impossible,
}

/// One range is answered; of several, and of what is none, everything.
fn range(asked: &HeaderMap, tag: &str, length: u64) -> Wanted {
    let text = |name| asked.get(name).and_then(|it| it.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Wanted::All;
    }
    let Some(given) = text(header::RANGE).and_then(|it| it.strip_prefix("bytes=")) else {
        return Wanted::All;
    };
    let Some((first, last)) = given.split_once('-').filter(|_| !given.contains(',')) else {
        return Wanted::All;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(start), _) if start >= length => Wanted::Impossible,
        (Ok(start), Ok(last)) if last >= start => Wanted::Part(start, (last + 1).min(length)),
        (Ok(start), Err(_)) if last.trim().is_empty() => Wanted::Part(start, length),
        (Err(_), Ok(count)) if first.trim().is_empty() => match count {
            0 => Wanted::Impossible,
            count => Wanted::Part(length.saturating_sub(count), length),
        },
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_answered_and_nonsense_is_not() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(text));
            range(&headers, "\"t\"", 100)
        };
        assert_eq!(of("bytes=0-9"), Wanted::Part(0, 10));
        assert_eq!(of("bytes=90-"), Wanted::Part(90, 100));
        assert_eq!(of("bytes=90-1000"), Wanted::Part(90, 100));
        assert_eq!(of("bytes=-10"), Wanted::Part(90, 100));
        assert_eq!(of("bytes=-1000"), Wanted::Part(0, 100));
        assert_eq!(of("bytes=100-"), Wanted::Impossible);
        assert_eq!(of("bytes=-0"), Wanted::Impossible);
        for all in [
            "bytes=9-0",
            "bytes=a-b",
            "bytes=0-1,5-6",
            "lines=1-2",
            "bytes=-",
        ] {
            assert_eq!(of(all), Wanted::All, "{all}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-9"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"other\""));
        assert_eq!(range(&headers, "\"t\"", 100), Wanted::All);
    }
}
