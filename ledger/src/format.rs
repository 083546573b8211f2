//! What is hashed, byte for byte: stream tags, event preimages, log entries (ledger.md sections 1 and 2).
//! Every multi-byte integer is big-endian.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Length of a log entry: tag byte, stream tag, sequence, event hash.
pub const ENTRY_LEN: usize = 73;

/// `L(x)`: the domain separator of everything Daybook hashes or authenticates.
pub fn label(name: &str) -> Vec<u8> {
    [b"daybook/", name.as_bytes(), b"/v1\n\0"].concat()
}

/// `s8(x)`: one length byte, then the bytes. Names are bounded to 64 bytes where they enter (`Name`).
pub fn put_s8(out: &mut Vec<u8>, text: &str) {
    debug_assert!(text.len() <= 255);
    out.push(text.len() as u8);
    out.extend_from_slice(text.as_bytes());
}

/// Names a stream within a clinic: its type (`[a-z0-9-]{1,64}`) and id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// Stream type, e.g. `visit`.
    pub kind: std::borrow::Cow<'static, str>,
    /// Stream id.
    pub id: Uuid,
}

impl Stream {
    /// A stream of a type known when the program was written.
    pub const fn new(kind: &'static str, id: Uuid) -> Self {
        Self { kind: std::borrow::Cow::Borrowed(kind), id }
    }
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// Whether a text may be a stream type or an event type: `[a-z0-9-]{1,64}`.
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a text may be the version of an event type: `[0-9a-z.-]{1,64}`. It also stands in the path of a schema.
pub fn is_version(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// `stream_tag`: stands for the stream in the public log, and is the first event's `prev_hash`.
pub fn stream_tag(clinic: Uuid, stream: &Stream) -> Hash {
    let mut bytes = label("stream");
    bytes.extend_from_slice(clinic.as_bytes());
    put_s8(&mut bytes, &stream.kind);
    bytes.extend_from_slice(stream.id.as_bytes());
    Sha256::digest(bytes).into()
}

/// Hashes of an event's three parts, kept apart so that an export can leave `sealed` out and still verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartHashes {
    pub metadata: Hash,
    pub payload: Hash,
    pub sealed: Hash,
}

impl PartHashes {
    /// Hashes the exact stored bytes.
    pub fn of(metadata: &[u8], payload: &[u8], sealed: &[u8]) -> Self {
        Self { metadata: part("metadata", metadata), payload: part("payload", payload), sealed: part("sealed", sealed) }
    }
}

/// `SHA256(L(name) ‖ bytes)`.
pub fn part(name: &str, bytes: &[u8]) -> Hash {
    Sha256::new().chain_update(label(name)).chain_update(bytes).finalize().into()
}

/// The header of an event: everything but its place in the chain and the three part hashes.
pub struct Header<'a> {
    pub clinic: Uuid,
    pub stream: &'a Stream,
    pub sequence: u64,
    pub event_id: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub event_type: &'a str,
    pub event_version: &'a str,
}

/// The bytes whose SHA-256 is the event's hash.
pub fn preimage(header: &Header<'_>, prev_hash: &Hash, parts: &PartHashes) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(320);
    bytes.extend_from_slice(b"daybook/event/v1\n\0");
    bytes.extend_from_slice(header.clinic.as_bytes());
    put_s8(&mut bytes, &header.stream.kind);
    bytes.extend_from_slice(header.stream.id.as_bytes());
    bytes.extend_from_slice(&header.sequence.to_be_bytes());
    bytes.extend_from_slice(header.event_id.as_bytes());
    bytes.extend_from_slice(prev_hash);
    bytes.extend_from_slice(&header.recorded_at.timestamp_micros().to_be_bytes());
    put_s8(&mut bytes, header.event_type);
    put_s8(&mut bytes, header.event_version);
    bytes.extend_from_slice(&parts.metadata);
    bytes.extend_from_slice(&parts.payload);
    bytes.extend_from_slice(&parts.sealed);
    bytes
}

/// The event's hash.
pub fn event_hash(header: &Header<'_>, prev_hash: &Hash, parts: &PartHashes) -> Hash {
    Sha256::digest(preimage(header, prev_hash, parts)).into()
}

/// The log entry of an event: what the Merkle tree commits to. Holds no PHI.
pub fn entry(tag: &Hash, sequence: u64, hash: &Hash) -> [u8; ENTRY_LEN] {
    let mut bytes = [0; ENTRY_LEN];
    bytes[0] = 0x01;
    bytes[1..33].copy_from_slice(tag);
    bytes[33..41].copy_from_slice(&sequence.to_be_bytes());
    bytes[41..].copy_from_slice(hash);
    bytes
}

/// A hash from 64 hexadecimal digits.
pub fn read_hash(hexadecimal: &str) -> Option<Hash> {
    let byte = |at: usize| u8::from_str_radix(hexadecimal.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes = (0..32).map(byte).collect::<Option<Vec<u8>>>()?;
    bytes.try_into().ok().filter(|_| hexadecimal.len() == 64)
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
