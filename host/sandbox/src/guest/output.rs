//! Standard output and error of a plugin: lines of its log.

use std::pin::Pin;
use std::task::{Context, Poll};

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::SharedLog;
use crate::logs::LineSplitter;

const LONGEST_LINE: usize = 4 << 10;
/// Bytes that a plugin may write at once.
const CHUNK: usize = 64 << 10;

/// One of the two. Clones write to the same line.
#[derive(Clone)]
pub(crate) struct Output {
    level: tracing::Level,
    log: SharedLog,
    lines: Arc<Mutex<LineSplitter>>,
}

impl Output {
    pub(crate) fn new(level: tracing::Level, log: SharedLog) -> Self {
        Self {
            level,
            log,
            lines: Arc::new(Mutex::new(LineSplitter::new(LONGEST_LINE))),
        }
    }

    fn take(&self, bytes: &[u8]) {
        let lines = self
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(bytes);
        for line in lines {
            self.log.write(self.level, &line, Vec::new());
        }
    }

    /// Writes what came after the last line break.
    pub(crate) fn finish(&self) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = std::mem::replace(&mut *lines, LineSplitter::new(LONGEST_LINE)).finish();
        if let Some(line) = rest {
            self.log.write(self.level, &line, Vec::new());
        }
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Output {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(CHUNK)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
