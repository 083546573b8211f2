//! Somebody who sends commands and does not give up: whoever gets no answer sends the same again, to either server, until
//! there is one. What was answered is kept, and has to be answered again in the same words whenever it is asked.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::chance::Chance;
use crate::installation::{Doors, SERVERS};

/// How long a command may go without an answer. Crashes are over sooner.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(40));
/// One command in so many is sent to both servers at once.
const SENT_TWICE: usize = 8;
/// One command in so many is followed by the repetition of an earlier one.
const REPEATED: usize = 4;

/// A command, so that the same can be sent again: the same bytes under the same key.
#[derive(Clone, Debug)]
pub struct Command {
    pub clinic: Uuid,
    pub path: String,
    pub key: String,
    token: String,
    body: String,
}

/// What a command is answered, whenever it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub etag: String,
    pub location: String,
    /// Without `repeated`, the one thing that may differ.
    pub body: Value,
}

/// A command and its answer.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub command: Command,
    pub answer: Answer,
    /// How often it was sent in vain.
    pub interruptions: usize,
    /// Whether it had been written by then, and only the answer was lost.
    pub had_been_written: bool,
}

/// One caller, with everything that was ever answered to it.
pub struct Caller {
    name: String,
    doors: Doors,
    chance: Chance,
    sent: Mutex<usize>,
    book: Mutex<Vec<Acknowledged>>,
}

impl Caller {
    pub fn new(name: String, doors: Doors, chance: Chance) -> Self {
        Self { name, doors, chance, sent: Mutex::default(), book: Mutex::default() }
    }

    pub fn chance(&self) -> &Chance {
        &self.chance
    }

    /// Everything that was answered.
    pub fn book(self) -> Vec<Acknowledged> {
        self.book.into_inner().expect("nobody panics while writing")
    }

    /// Sends a new command until it is answered, and now and then an earlier one again.
    pub async fn command(&self, who: (Uuid, &str), path: &str, body: &Value) -> Answer {
        let (clinic, token) = (who.0, who.1.to_owned());
        let command = Command { clinic, path: path.into(), key: self.key(), token, body: body.to_string() };
        let ((answer, had_been_written), interruptions) = self.carry_out(&command).await;
        let acknowledged = Acknowledged { command, answer: answer.clone(), interruptions, had_been_written };
        self.book.lock().expect("nobody panics while writing").push(acknowledged);
        if self.chance.one_in(REPEATED) {
            self.repeat(&self.earlier()).await;
        }
        answer
    }

    /// Sends an answered command again: the same answer, said to be a repetition.
    pub async fn repeat(&self, earlier: &Acknowledged) {
        let ((answer, repeated), _) = self.carry_out(&earlier.command).await;
        assert_eq!(answer, earlier.answer, "another answer to the repeated {:?}", earlier.command);
        assert!(repeated, "carried out twice: {:?}", earlier.command);
    }

    /// Asks a question until it is answered.
    pub async fn ask(&self, token: &str, path: &str) -> Value {
        let ask = async |server| {
            let request = self.doors.http.get(format!("{}{path}", self.doors.of(server)));
            read(request.bearer_auth(token), path).await
        };
        self.insist(path, async || ask(self.chance.below(SERVERS)).await).await.0.1
    }

    fn key(&self) -> String {
        let mut sent = self.sent.lock().expect("nobody panics while counting");
        *sent += 1;
        format!("{}-{sent}", self.name)
    }

    fn earlier(&self) -> Acknowledged {
        let book = self.book.lock().expect("nobody panics while writing");
        book[self.chance.below(book.len())].clone()
    }

    async fn carry_out(&self, command: &Command) -> ((Answer, bool), usize) {
        self.insist(&command.key, async || {
            let server = self.chance.below(SERVERS);
            if self.chance.one_in(SENT_TWICE) {
                self.send_to_both(command).await
            } else {
                self.send(command, server).await
            }
        })
        .await
    }

    /// One of them carries it out, the other repeats the answer.
    async fn send_to_both(&self, command: &Command) -> Result<(Answer, bool), String> {
        match futures::join!(self.send(command, 0), self.send(command, 1)) {
            (Ok((one, once)), Ok((other, again))) => {
                assert_eq!(one, other, "two answers to {command:?}");
                assert!(once || again, "carried out twice at once: {command:?}");
                Ok((one, once && again))
            }
            (one, other) => one.or(other),
        }
    }

    /// The answer, and whether it is one to a repetition.
    async fn send(&self, command: &Command, server: usize) -> Result<(Answer, bool), String> {
        let request = self.doors.http.post(format!("{}{}", self.doors.of(server), command.path));
        let request = request
            .bearer_auth(&command.token)
            .header("Idempotency-Key", &command.key)
            .header("Content-Type", "application/json")
            .body(command.body.clone());
        let (mut answer, mut body) = read(request, &format!("{command:?}")).await?;
        let repeated = body.as_object_mut().and_then(|body| body.remove("repeated"));
        answer.body = body;
        Ok((answer, repeated == Some(Value::Bool(true))))
    }

    /// The answer, and how often there was none before.
    async fn insist<T>(&self, what: &str, ask: impl AsyncFn() -> Result<T, String>) -> (T, usize) {
        let deadline = Instant::now() + PATIENCE;
        let mut interruptions = 0;
        loop {
            match ask().await {
                Ok(answer) => return (answer, interruptions),
                Err(silence) if Instant::now() > deadline => panic!("{what} was never answered; at last: {silence}"),
                Err(_) => tokio::time::sleep(self.chance.between(PAUSE.0, PAUSE.1)).await,
            }
            interruptions += 1;
        }
    }
}

/// An answer read to its end. A broken connection is none, nor is 503, which says so; anything but success besides them
/// is wrong, since every command of these tests is possible when it is first sent.
async fn read(request: reqwest::RequestBuilder, what: &str) -> Result<(Answer, Value), String> {
    let response = request.send().await.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let header = |name: &str| {
        let value = response.headers().get(name).map(|value| value.to_str().expect("text"));
        value.unwrap_or_default().to_owned()
    };
    let (etag, location) = (header("etag"), header("location"));
    let text = response.text().await.map_err(|error| error.to_string())?;
    if status == 503 {
        return Err(text);
    }
    assert!((200..300).contains(&status), "{status} {text} to {what}");
    let body = serde_json::from_str(&text).expect("an answer in JSON");
    Ok((Answer { status, etag, location, body: Value::Null }, body))
}

impl Answer {
    pub fn number(&self, name: &str) -> u64 {
        self.body[name].as_u64().unwrap_or_else(|| panic!("no {name}: {}", self.body))
    }

    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.body))
    }

    pub fn id(&self, name: &str) -> Uuid {
        self.text(name).parse().expect("an id")
    }
}
