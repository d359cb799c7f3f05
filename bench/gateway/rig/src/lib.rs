//! What the benchmark's engine and its load share: arguments, a clock, messages of HTTP/1.1.
//!
//! Both are written by hand on sockets, so that the core which they share is spent on little else
//! than the sockets themselves: with a library on both sides it would be the limit of what can be
//! measured.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest head of a message that is read, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// The value of `--name` on the command line, or `default`.
pub fn argument<T: std::str::FromStr>(name: &str, default: T) -> T {
    let mut all = std::env::args();
    let wanted = format!("--{name}");
    if !all.any(|given| given == wanted) {
        return default;
    }
    let given = all.next().unwrap_or_default();
    given.parse().unwrap_or_else(|_| {
        eprintln!("{wanted} cannot be {given:?}");
        std::process::exit(2);
    })
}

/// Nanoseconds since 1970, by the clock that both processes share.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as u64
}

/// A runtime of one thread.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// One end of a connection, and what was read from it and not yet used.
pub struct Wire {
    pub stream: TcpStream,
    pub buffer: Vec<u8>,
}

/// The head of a message.
#[derive(Debug, Default)]
pub struct Head {
    /// Its first line.
    pub first: String,
    /// Bytes of its body, where it says so.
    pub length: Option<usize>,
    /// Whether its body comes in chunks.
    pub chunked: bool,
}

impl Wire {
    pub fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Wire { stream, buffer: Vec::with_capacity(16 << 10) }
    }

    /// Reads more. False where the other end closed.
    pub async fn more(&mut self) -> std::io::Result<bool> {
        Ok(self.stream.read_buf(&mut self.buffer).await? > 0)
    }

    pub async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads the head of the next message; none where there is no next one.
    pub async fn head(&mut self) -> std::io::Result<Option<Head>> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = Head::read(&self.buffer[..end]);
                self.buffer.drain(..end + 4);
                return Ok(Some(head));
            }
            if self.buffer.len() > HEAD_BYTES_MAX || !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// Takes `length` bytes.
    pub async fn take(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if !self.more().await? {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// Takes the next chunk; none at the end of the body.
    pub async fn chunk(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                break end;
            }
            if !self.more().await? {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        let size = String::from_utf8_lossy(&self.buffer[..end]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(std::io::Error::other)?;
        self.take(end + 2).await?;
        let mut chunk = self.take(size + 2).await?;
        chunk.truncate(size);
        Ok(Some(chunk).filter(|_| size > 0))
    }
}

impl Head {
    fn read(text: &[u8]) -> Head {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.split("\r\n");
        let mut head =
            Head { first: lines.next().unwrap_or_default().to_owned(), ..Head::default() };
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = value.parse().ok();
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.chunked = value.eq_ignore_ascii_case("chunked");
            }
        }
        head
    }
}

/// Where `what` begins in `text`.
pub fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|byte| *byte == first) {
        if text[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// The whole number that follows `what` in `text`, past blanks.
pub fn number_after(text: &[u8], what: &[u8]) -> Option<u64> {
    let rest = &text[find(text, what)? + what.len()..];
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |sum: Option<u64>, digit| {
        Some(sum.unwrap_or(0).wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
    })
}
