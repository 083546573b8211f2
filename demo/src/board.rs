//! The waiting rooms of both clinics in one line, from the live streams that a provider's board would listen to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::client::Caller;
use crate::screen::Screen;
use crate::seed::Clinic;

const STREAM: &str = "/v1/waiting-room/stream";
/// Before listening again after a stream broke.
const BREATH: Duration = Duration::from_secs(1);

type Rooms = Arc<Mutex<BTreeMap<usize, Room>>>;

/// A clinic's waiting room as last heard.
struct Room {
    name: &'static str,
    rows: BTreeMap<String, Row>,
}

struct Row {
    state: String,
    patient: String,
    reconnecting: bool,
    scheduled_for: String,
    in_state: Duration,
    heard: Instant,
}

/// Listens to every clinic and keeps the live line up to date until dropped.
pub fn watch(clinics: &[Clinic], screen: &Screen) -> JoinSet<()> {
    let rooms = Rooms::default();
    let mut tasks = JoinSet::new();
    for (index, clinic) in clinics.iter().enumerate() {
        let room = Room { name: clinic.data.short, rows: BTreeMap::new() };
        rooms.lock().unwrap_or_else(PoisonError::into_inner).insert(index, room);
        let (rooms, caller, screen) = (rooms.clone(), clinic.desk.clone(), screen.clone());
        tasks.spawn(async move { listen(index, &caller, &rooms, &screen).await });
    }
    let screen = screen.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            draw(&rooms, &screen);
        }
    });
    tasks
}

/// A stream ends after a while by design; it is resumed where it ended.
async fn listen(index: usize, caller: &Caller, rooms: &Rooms, screen: &Screen) {
    let mut last = None;
    loop {
        if let Ok(mut response) = caller.stream(STREAM, last.as_deref()).await {
            let mut messages = Messages::default();
            while let Ok(Some(bytes)) = response.chunk().await {
                for message in messages.push(&bytes) {
                    last = message.id.or(last);
                    let content = serde_json::from_str(&message.data).unwrap_or_default();
                    hear(index, &message.event, &content, rooms);
                    draw(rooms, screen);
                }
            }
        }
        tokio::time::sleep(BREATH).await;
    }
}

fn hear(index: usize, event: &str, content: &Value, rooms: &Rooms) {
    let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(room) = rooms.get_mut(&index) else { return };
    if event == "snapshot" {
        room.rows.clear();
    }
    let rows = if event == "snapshot" { &content["rows"] } else { &content["changed"] };
    for row in rows.as_array().into_iter().flatten() {
        room.rows.insert(text(&row["visit_id"]), Row::of(row));
    }
    for gone in content["removed"].as_array().into_iter().flatten() {
        room.rows.remove(&text(gone));
    }
}

impl Row {
    fn of(row: &Value) -> Self {
        Self {
            state: text(&row["state"]),
            patient: text(&row["patient"]["given_name"]),
            reconnecting: row["patient_presence"]["state"] == "reconnecting",
            scheduled_for: text(&row["scheduled_for"]),
            in_state: Duration::from_secs(row["in_state_seconds"].as_u64().unwrap_or(0)),
            heard: Instant::now(),
        }
    }

    fn shown(&self, timed: bool) -> String {
        let note = if self.reconnecting { " reconnecting" } else { "" };
        if !timed {
            return format!("{}{note}", self.patient);
        }
        let seconds = (self.in_state + self.heard.elapsed()).as_secs();
        format!("{}{note} {}:{:02}", self.patient, seconds / 60, seconds % 60)
    }
}

fn draw(rooms: &Rooms, screen: &Screen) {
    let rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let line = |timed| rooms.values().map(|room| room.shown(timed)).collect::<Vec<_>>().join("  |  ");
    screen.live(line(true), line(false));
}

/// States in the order of the line, and what it calls them.
const SHOWN: [(&str, &str); 5] = [
    ("checked-in", "waiting"),
    ("held", "on hold"),
    ("arrived", "arriving"),
    ("admitted", "in visit"),
    ("scheduled", "expected"),
];

impl Room {
    fn shown(&self, timed: bool) -> String {
        let mut parts = Vec::new();
        for (state, word) in SHOWN {
            let mut rows: Vec<&Row> = self.rows.values().filter(|row| row.state == state).collect();
            rows.sort_by_key(|row| &row.scheduled_for);
            if rows.is_empty() {
                continue;
            }
            if state == "scheduled" {
                parts.push(format!("{} {word}", rows.len()));
            } else {
                let people: Vec<String> = rows.iter().map(|row| row.shown(timed)).collect();
                parts.push(format!("{word}: {}", people.join(", ")));
            }
        }
        let parts = if parts.is_empty() { "nobody".to_owned() } else { parts.join(" · ") };
        format!("{}: {parts}", self.name)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Server-sent events out of the bytes as they come.
#[derive(Default)]
struct Messages {
    rest: Vec<u8>,
}

#[derive(Debug, Default, PartialEq)]
struct Message {
    id: Option<String>,
    event: String,
    data: String,
}

impl Messages {
    fn push(&mut self, bytes: &[u8]) -> Vec<Message> {
        self.rest.extend_from_slice(bytes);
        let mut messages = Vec::new();
        while let Some(end) = self.rest.windows(2).position(|pair| pair == b"\n\n") {
            let block: Vec<u8> = self.rest.drain(..end + 2).collect();
            let message = Message::of(&String::from_utf8_lossy(&block));
            if !message.data.is_empty() {
                messages.push(message);
            }
        }
        messages
    }
}

impl Message {
    fn of(block: &str) -> Self {
        let mut message = Self::default();
        for (name, value) in block.lines().filter_map(|line| line.split_once(": ")) {
            match name {
                "id" => message.id = Some(value.to_owned()),
                "event" => message.event = value.to_owned(),
                "data" => message.data.push_str(value),
                _ => {}
            }
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_whole_however_they_are_cut() {
        let mut messages = Messages::default();
        assert!(messages.push(b": still here\n\nid: 7\nevent: chan").is_empty());
        let whole = messages.push(b"ges\ndata: {\"a\": 1}\n\nid: 8");
        let expected = Message { id: Some("7".into()), event: "changes".into(), data: "{\"a\": 1}".into() };
        assert_eq!(whole, [expected]);
    }
}
