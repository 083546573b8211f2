//! Signed notes (C2SP signed-note 1.0): a text and signatures by named keys. Checkpoints travel as signed notes.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

const ED25519: u8 = 0x01;
/// Signatures read before giving up: the format asks for at least 16.
const MAX_SIGNATURES: usize = 64;

/// Why a note, a signature or a verifier key was not accepted.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoteError {
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    #[error("not a verifier key: {0}")]
    BadKey(&'static str),
    #[error("the signature of the known key {0} is wrong")]
    WrongSignature(String),
    #[error("no signature by a known key")]
    NotSigned,
}

/// `SHA256(name ‖ LF ‖ type ‖ public key)[:4]`.
fn key_id(name: &str, kind: u8, public: &[u8]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(public).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Whether a text may be a key name: not empty, no white space, no plus.
fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+')
}

/// A named key that signs. It is wiped when dropped.
pub(crate) struct SigningKey {
    pub id: [u8; 4],
    pub public: VerifyingKey,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// The key of a 32-byte seed, of this type, under this name (no white space, no `+`).
    pub fn new(name: &str, kind: u8, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::BadKey("a key name has no white space and no plus"));
        }
        let unusable = NoteError::BadKey("the seed makes no key");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| unusable.clone())?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| unusable.clone())?;
        let id = key_id(name, kind, &public);
        Ok(Self { id, public: VerifyingKey::from_bytes(&public).map_err(|_| unusable)?, pair })
    }

    /// The 64 signature bytes over a text.
    pub fn sign(&self, text: &str) -> [u8; 64] {
        let mut signature = [0; 64];
        // An Ed25519 signature has 64 bytes; one that had not would verify under no key, and never be believed.
        let made = self.pair.sign(text.as_bytes());
        signature.iter_mut().zip(made.as_ref()).for_each(|(byte, made)| *byte = *made);
        signature
    }
}

/// Signs notes under one key name. Its key is wiped when dropped.
pub struct NoteSigner {
    verifier: NoteVerifier,
    key: SigningKey,
}

impl NoteSigner {
    /// A signer named `name` (no white space, no `+`) with the key of a 32-byte seed.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::new(name, ED25519, seed)?;
        Ok(Self { verifier: NoteVerifier { name: name.into(), id: key.id, key: key.public }, key })
    }

    /// The key's name; a log's origin.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The 64 signature bytes over a text.
    pub fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text)
    }

    /// The public half.
    pub fn verifier(&self) -> NoteVerifier {
        self.verifier.clone()
    }
}

/// Checks signatures of one named key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl NoteVerifier {
    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under another name.
    pub(crate) fn named(&self, name: &str) -> Self {
        Self { name: name.into(), id: key_id(name, ED25519, self.key.as_bytes()), key: self.key }
    }

    /// Whether these 64 bytes sign this text. Strict: no small-order keys, no malleable signatures.
    pub fn verify(&self, text: &str, signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature)).is_ok()
    }

    /// The signature line for a signature that was stored as bare bytes.
    pub fn line(&self, signature: &[u8; 64]) -> String {
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode([&self.id[..], &signature[..]].concat()))
    }
}

impl std::fmt::Display for NoteVerifier {
    /// The vkey: `name+hex(id)+base64(type ‖ key)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.id;
        let key = STANDARD.encode([&[ED25519], &self.key.as_bytes()[..]].concat());
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{key}", self.name)
    }
}

impl std::str::FromStr for NoteVerifier {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let (name, id, key) = read_vkey(vkey, ED25519)?;
        Ok(Self { name, id, key })
    }
}

/// Reads `name+hex(id)+base64(type ‖ key)` of a key of this type. Its id must be that of the name and the key.
pub(crate) fn read_vkey(vkey: &str, kind: u8) -> Result<(String, [u8; 4], VerifyingKey), NoteError> {
    let mut parts = vkey.splitn(3, '+');
    let (Some(name), Some(hex), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::BadKey("expected name+id+key"));
    };
    if !is_key_name(name) {
        return Err(NoteError::BadKey("a key name has no white space and no plus"));
    }
    let bytes = STANDARD.decode(key).map_err(|_| NoteError::BadKey("the key is not base64"))?;
    let public = match bytes.split_first() {
        Some((first, public)) if *first == kind => public,
        _ if kind == ED25519 => return Err(NoteError::BadKey("only Ed25519 keys (type 1) sign a log")),
        _ => return Err(NoteError::BadKey("only Ed25519 cosignature keys (type 4) witness a log")),
    };
    let public: &[u8; 32] = public.try_into().map_err(|_| NoteError::BadKey("an Ed25519 key has 32 bytes"))?;
    let key = VerifyingKey::from_bytes(public).map_err(|_| NoteError::BadKey("not a point of the curve"))?;
    let id = key_id(name, kind, public);
    let [a, b, c, d] = id;
    if format!("{a:02x}{b:02x}{c:02x}{d:02x}") != hex {
        return Err(NoteError::BadKey("the id does not belong to this name and key"));
    }
    Ok((name.into(), id, key))
}

/// One signature of a note, by whomever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The key's name.
    pub name: &'a str,
    /// The key's id.
    pub id: [u8; 4],
    /// What stands after the id.
    pub signature: Vec<u8>,
}

/// Takes a note apart: its text and its signatures, none of them checked.
pub fn split(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    if note.contains('\r') {
        return Err(NoteError::Malformed("a line ends in LF, not CRLF"));
    }
    let split = note.rfind("\n\n").ok_or(NoteError::Malformed("no blank line before the signatures"))?;
    let (text, lines) = (&note[..split + 1], &note[split + 2..]);
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed("the last line has no end"))?;
    let lines: Vec<_> = lines.split('\n').take(MAX_SIGNATURES + 1).collect();
    if lines.len() > MAX_SIGNATURES {
        return Err(NoteError::Malformed("too many signatures"));
    }
    Ok((text, lines.into_iter().map(line).collect::<Result<_, _>>()?))
}

fn line(line: &str) -> Result<Line<'_>, NoteError> {
    let rest = line
        .strip_prefix("\u{2014} ")
        .ok_or(NoteError::Malformed("a signature line starts with an em dash and a space"))?;
    let (name, encoded) =
        rest.split_once(' ').ok_or(NoteError::Malformed("a signature line has a name and a signature"))?;
    let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Malformed("a signature is not base64"))?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if is_key_name(name) && !signature.is_empty() => {
            Ok(Line { name, id: *id, signature: signature.to_vec() })
        }
        _ => Err(NoteError::Malformed("a signature line has a bad name or is too short")),
    }
}

/// Opens a note: returns its text if at least one signature is by `known`. Signatures by other keys are ignored; a wrong
/// signature by `known` makes the whole note invalid.
pub fn open<'a>(note: &'a str, known: &NoteVerifier) -> Result<&'a str, NoteError> {
    let (text, lines) = split(note)?;
    let mut signed = false;
    for line in lines.iter().filter(|line| line.name == known.name && line.id == known.id) {
        let wrong = || NoteError::WrongSignature(line.name.into());
        let signature: &[u8; 64] = line.signature.as_slice().try_into().map_err(|_| wrong())?;
        if !known.verify(text, signature) {
            return Err(wrong());
        }
        signed = true;
    }
    if signed { Ok(text) } else { Err(NoteError::NotSigned) }
}
