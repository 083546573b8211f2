//! A listener at a live stream of server-sent events.

use serde_json::Value;
use tokio::time::timeout;

use super::{Client, PATIENCE};

/// An open stream.
pub struct Live {
    response: reqwest::Response,
    unread: Vec<u8>,
}

/// One event of a stream.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: u64,
    pub event: String,
    pub data: Value,
}

impl Live {
    /// Watches the waiting room, from the beginning or after what was seen before.
    pub async fn waiting_room(client: &Client, last_event_id: Option<u64>) -> Self {
        Self::of(client, "/v1/waiting-room/stream", last_event_id).await
    }

    /// Watches any stream.
    pub async fn of(client: &Client, path: &str, last_event_id: Option<u64>) -> Self {
        let mut request = client.request(reqwest::Method::GET, path);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id.to_string());
        }
        let response = request.send().await.expect("a stream");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, unread: Vec::new() }
    }

    /// The next event; `None` once the server has ended the stream.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|bytes| bytes == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                match read(std::str::from_utf8(&block).expect("UTF-8")) {
                    Some(message) => return Some(message),
                    None => continue,
                }
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await.expect("the stream fell silent");
            self.unread.extend_from_slice(&chunk.expect("a stream without fault")?);
        }
    }

    /// Reads on until a row of this visit is in this state; answers with every event on the way.
    pub async fn until(&mut self, visit: uuid::Uuid, state: &str) -> Vec<Message> {
        let mut seen = Vec::new();
        loop {
            let message = self.next().await.expect("the stream ended early");
            let found = message.row(visit).is_some_and(|row| row["state"] == state);
            seen.push(message);
            if found {
                return seen;
            }
        }
    }
}

impl Message {
    /// A visit's row in a snapshot or among changes.
    pub fn row(&self, visit: uuid::Uuid) -> Option<&Value> {
        let rows = ["rows", "changed"].into_iter().find_map(|name| self.data[name].as_array());
        rows?.iter().find(|row| row["visit_id"] == visit.to_string())
    }
}

/// `None` for a comment.
fn read(block: &str) -> Option<Message> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Some(Message {
        event: field("event")?.to_owned(),
        id: field("id")?.parse().expect("an id"),
        data: serde_json::from_str(field("data")?).expect("JSON"),
    })
}
