//! One connection of a client that costs next to nothing, so that what is measured on a shared machine is the server.

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An open connection, kept from request to request.
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    /// Connects to `host:port`.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(4096) })
    }

    /// Posts JSON and reads the whole answer, which must be 200.
    pub async fn post(&mut self, path: &str, token: &str, body: &str) -> anyhow::Result<()> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        while self.missing()? {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "{path}: the server hung up");
        }
        ensure!(self.answer.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&self.answer));
        Ok(())
    }

    /// Whether more of the answer is to come.
    fn missing(&self) -> anyhow::Result<bool> {
        let Some(head) = self.answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(true) };
        let lines = std::str::from_utf8(&self.answer[..head])?.lines();
        let length = lines
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.context("an answer without its length")?.1.parse()?;
        Ok(self.answer.len() < head + 4 + length)
    }
}
