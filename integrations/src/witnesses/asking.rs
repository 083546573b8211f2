//! One question to one witness, and what its answer is. What comes back is hostile until its signature is verified.

use std::time::Duration;

use daybook_ledger::add_checkpoint;
use daybook_ledger::cosignature::Cosignature;
use daybook_ledger::note;
use reqwest::{Client, StatusCode};

use super::Asked;

/// How long it may take to connect, and the whole question. A witness that is slower is asked again in the next round.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// A longer answer is none.
const LONGEST: usize = 64 * 1024;

/// What a witness said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It signed, and its signature is right: when it says it saw the head, in seconds since 1970, and the signature.
    Cosigned(u64, Cosignature),
    /// It has seen the log at another size than it was taken to have.
    SeenAt(u64),
    /// It is not shown that the log has grown from what it has seen.
    NotGrown,
    /// It does not do it, and says so with this status.
    Refused(u16),
    /// It answered something that is no answer, or signed something else.
    Wrong(&'static str),
    /// It did not answer.
    Unreachable,
}

/// Asks witnesses.
#[derive(Clone, Debug)]
pub struct Asking {
    http: Client,
}

impl Asking {
    /// Connects to nothing yet. Fails where no HTTP client can be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        let redirect = reqwest::redirect::Policy::none();
        let http = Client::builder().connect_timeout(CONNECT).timeout(ANSWER).redirect(redirect).build()?;
        Ok(Self { http })
    }

    /// Asks for a signature under a checkpoint (its whole note).
    pub async fn ask(&self, witness: &Asked, request: String, checkpoint: &str) -> Answer {
        let url = format!("{}/{}", witness.url.trim_end_matches('/'), add_checkpoint::CALL);
        let Ok(mut response) = self.http.post(url).body(request).send().await else { return Answer::Unreachable };
        let status = response.status();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(bytes)) => body.extend_from_slice(&bytes),
                Ok(None) => break,
                Err(_) => return Answer::Unreachable,
            }
            if body.len() > LONGEST {
                return Answer::Wrong("its answer is too long");
            }
        }
        match (status, String::from_utf8(body)) {
            (StatusCode::OK, Ok(lines)) => signed(witness, checkpoint, &lines),
            (StatusCode::CONFLICT, Ok(size)) => match size.trim_end_matches('\n').parse() {
                Ok(size) => Answer::SeenAt(size),
                Err(_) => Answer::Wrong("it does not say at which size it has seen the log"),
            },
            (StatusCode::UNPROCESSABLE_ENTITY, _) => Answer::NotGrown,
            (StatusCode::OK, Err(_)) => Answer::Wrong("its answer is no text"),
            (status, _) => Answer::Refused(status.as_u16()),
        }
    }
}

/// Signatures by other keys are passed over.
fn signed(witness: &Asked, checkpoint: &str, lines: &str) -> Answer {
    let note = format!("{checkpoint}{lines}");
    let Ok((text, lines)) = note::split(&note) else { return Answer::Wrong("its answer is not made of signatures") };
    let Some(line) = lines.iter().find(|line| witness.key.made(line)) else {
        return Answer::Wrong("it did not sign with the key it is known by");
    };
    match (witness.key.saw(text, line), line.signature.as_slice().try_into()) {
        (Some(seconds), Ok(cosignature)) => Answer::Cosigned(seconds, cosignature),
        _ => Answer::Wrong("its signature is not right"),
    }
}
