//! An event in a bundle: a line of JSON with everything its hash is made of.

use chrono::DateTime;
use daybook_ledger::Recorded;
use daybook_ledger::format::{Hash, Header, PartHashes, Stream, event_hash, hexadecimal, is_name, is_version, part};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::is_time;

/// An event as it stands in a bundle. `metadata` and `payload` are the exact stored texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    pub position: u64,
    pub stream_type: String,
    pub stream_id: Uuid,
    pub sequence: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub event_version: String,
    /// Microseconds since 1970, UTC.
    pub recorded_at: i64,
    /// 64 hexadecimal digits.
    pub prev_hash: String,
    /// 64 hexadecimal digits.
    pub hash: String,
    pub metadata: String,
    pub payload: String,
    /// SHA-256 of the label `sealed` and the sealed bytes, in hexadecimal: enough to verify without them.
    pub sealed_sha256: String,
}

impl EventLine {
    /// The line of a stored event; `None` where its stored texts are no UTF-8, so that no exact text can be given.
    pub fn of(event: &Recorded) -> Option<Self> {
        Some(Self {
            position: event.position,
            stream_type: event.stream.kind.to_string(),
            stream_id: event.stream.id,
            sequence: event.sequence,
            event_id: event.event_id,
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            recorded_at: event.recorded_at.timestamp_micros(),
            prev_hash: hexadecimal(&event.prev_hash),
            hash: hexadecimal(&event.hash),
            metadata: String::from_utf8(event.metadata.clone()).ok()?,
            payload: String::from_utf8(event.payload.clone()).ok()?,
            sealed_sha256: hexadecimal(&part("sealed", &event.sealed)),
        })
    }

    /// The line, with its end. There is one for each event and no other way to write it.
    pub fn line(&self) -> Vec<u8> {
        // Plain texts and numbers always serialize.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// Reads a line, and takes it only as [`Self::line`] writes it.
    pub fn read(line: &[u8]) -> Result<Self, String> {
        let event: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if event.line() == line { Ok(event) } else { Err("it is written in another way than the one there is".into()) }
    }

    /// The stream; an error sentence where its type, or the event's, is no name, or the version none.
    pub fn stream(&self) -> Result<Stream, &'static str> {
        if !is_name(&self.stream_type) || !is_name(&self.event_type) || !is_version(&self.event_version) {
            return Err("a stream type, event type or version is not one");
        }
        Ok(Stream { kind: self.stream_type.clone().into(), id: self.stream_id })
    }

    /// The hash that follows from everything else in the line.
    pub fn computed_hash(&self, clinic: Uuid, stream: &Stream) -> Result<Hash, &'static str> {
        let recorded_at = DateTime::from_timestamp_micros(self.recorded_at).filter(is_time);
        let recorded_at = recorded_at.ok_or("its time is none of the years 0001 to 9999")?;
        let header = Header {
            clinic,
            stream,
            sequence: self.sequence,
            event_id: self.event_id,
            recorded_at,
            event_type: &self.event_type,
            event_version: &self.event_version,
        };
        let parts = PartHashes {
            metadata: part("metadata", self.metadata.as_bytes()),
            payload: part("payload", self.payload.as_bytes()),
            sealed: hash(&self.sealed_sha256)?,
        };
        Ok(event_hash(&header, &hash(&self.prev_hash)?, &parts))
    }
}

/// 32 bytes of lower-case hexadecimal.
pub fn hash(text: &str) -> Result<Hash, &'static str> {
    let wrong = "a hash is not 64 lower-case hexadecimal digits";
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 64 || !text.bytes().all(digit) {
        return Err(wrong);
    }
    let mut hash = Hash::default();
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
    }
    Ok(hash)
}
