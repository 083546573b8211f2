//! Cosignatures (C2SP tlog-cosignature 1.0): a witness says that it saw a checkpoint, and when, and that the log had only
//! grown since it last looked.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::note::{Line, NoteError, read_vkey};

const COSIGNATURE: u8 = 0x04;

/// The text that a witness signs: when it saw the checkpoint, and the checkpoint's text.
pub fn text(seconds: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{checkpoint}")
}

/// The public key of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Witness {
    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself: a witness is one key, whatever names it goes by.
    pub fn key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether a signature claims to be by this key.
    pub fn made(&self, line: &Line<'_>) -> bool {
        line.name == self.name && line.id == self.id
    }

    /// When the witness saw the checkpoint of this text, in seconds since 1970, if the signature is right.
    pub fn saw(&self, checkpoint: &str, line: &Line<'_>) -> Option<u64> {
        let (seconds, signature) = line.signature.split_first_chunk::<8>()?;
        let (seconds, signature) = (u64::from_be_bytes(*seconds), signature.try_into().ok()?);
        let signed = text(seconds, checkpoint);
        self.key.verify_strict(signed.as_bytes(), &Signature::from_bytes(signature)).ok().map(|()| seconds)
    }
}

impl std::str::FromStr for Witness {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let (name, id, key) = read_vkey(vkey, COSIGNATURE)?;
        Ok(Self { name, id, key })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;
    use crate::note::{key_id, split};

    fn witness() -> (SigningKey, Witness) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let [a, b, c, d] = key_id("witness.example", COSIGNATURE, &public);
        let encoded = STANDARD.encode([&[COSIGNATURE], &public[..]].concat());
        let vkey = format!("witness.example+{a:02x}{b:02x}{c:02x}{d:02x}+{encoded}");
        (key, vkey.parse().unwrap())
    }

    fn cosigned(checkpoint: &str, seconds: u64) -> String {
        let (key, witness) = witness();
        let signature = key.sign(text(seconds, checkpoint).as_bytes()).to_bytes();
        let bytes = [&witness.id[..], &seconds.to_be_bytes(), &signature].concat();
        format!("{checkpoint}\n\u{2014} witness.example {}\n", STANDARD.encode(bytes))
    }

    #[test]
    fn a_cosignature_is_over_the_time_and_the_checkpoints_text() {
        let checkpoint = "daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n";
        let note = cosigned(checkpoint, 1_790_000_000);
        let (_, witness) = witness();
        let (signed, lines) = split(&note).unwrap();
        assert!(witness.made(&lines[0]));
        assert_eq!(witness.saw(signed, &lines[0]), Some(1_790_000_000));
        assert_eq!(witness.saw(&signed.replace('5', "6"), &lines[0]), None, "another checkpoint");
        let mut later = lines[0].clone();
        later.signature[7] ^= 1;
        assert_eq!(witness.saw(signed, &later), None, "another time");
        later.signature.truncate(71);
        assert_eq!(witness.saw(signed, &later), None, "too short");
    }

    #[test]
    fn a_logs_key_is_no_witnesss() {
        let log = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert!(log.parse::<Witness>().is_err());
    }
}
