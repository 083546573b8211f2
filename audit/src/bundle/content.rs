//! What is sealed in an export with content: beside each file of events one with the sealed bytes, which anybody can compare
//! with the events, and one with what opens each event alone, encrypted (age) for the recipient.

use base64::{Engine, engine::general_purpose::STANDARD};
use daybook_ledger::format::hexadecimal;
use daybook_ledger::sealing::EventKeys;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Whether an event of an export can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// By the recipient.
    Open,
    /// By nobody: an event says that its key was destroyed.
    Erased,
    /// By nobody, and no event says why: a fault.
    KeyMissing,
}

/// The sealed bytes of an event, as a line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedLine {
    pub position: u64,
    pub state: State,
    /// Base64.
    pub sealed: String,
}

impl SealedLine {
    /// The line of an event.
    pub fn of(position: u64, state: State, sealed: &[u8]) -> Self {
        Self { position, state, sealed: STANDARD.encode(sealed) }
    }

    /// The line, with its end. There is one for each event and no other way to write it.
    pub fn line(&self) -> Vec<u8> {
        // Plain texts and numbers always serialize.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// Reads a line, and takes it only as [`Self::line`] writes it. With the bytes.
    pub fn read(line: &[u8]) -> Result<(Self, Vec<u8>), String> {
        let sealed: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let bytes = STANDARD.decode(&sealed.sealed).map_err(|error| error.to_string())?;
        let written = Self::of(sealed.position, sealed.state, &bytes);
        if written.line() == line {
            Ok((sealed, bytes))
        } else {
            Err("it is written in another way than the one there is".into())
        }
    }
}

/// The line of what opens an event: its position, and 64 bytes in hexadecimal.
pub fn key_line(position: u64, keys: &EventKeys) -> Zeroizing<String> {
    Zeroizing::new(format!("{position} {}\n", *Zeroizing::new(hexadecimal(keys.as_bytes()))))
}

/// Reads such a line, its end taken off.
pub fn read_key_line(line: &str) -> Option<(u64, EventKeys)> {
    let (position, digits) = line.split_once(' ')?;
    let mut bytes = Zeroizing::new([0; 64]);
    if digits.len() != 128 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
    }
    Some((position.parse().ok()?, EventKeys::from_bytes(*bytes)))
}
