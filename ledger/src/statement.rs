//! What only the operator can say, signed with the log's key: that a stream ends where an export says, that an export's
//! list of files is the one that was made, and what a drill of a backup measured. None of it can be taken for a checkpoint:
//! its first line is no origin.

use base64::{Engine, engine::general_purpose::STANDARD};
use daybook_domain::SignatureHex;
use daybook_domain::safekeeping::RestoreDrilled;
use uuid::Uuid;

use crate::format::{Hash, hexadecimal};
use crate::ledger::Ledger;
use crate::note::{self, NoteError, NoteVerifier};

/// Where a stream ends, in a log of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamHead {
    pub size: u64,
    pub root: Hash,
    pub tag: Hash,
    pub sequence: u64,
    pub hash: Hash,
}

impl StreamHead {
    /// The text that is signed.
    pub fn text(&self, origin: &str) -> String {
        let base64 = |hash: &Hash| STANDARD.encode(hash);
        format!(
            "{origin}/stream-head\n{}\n{}\n{}\n{}\n{}\n",
            self.size,
            base64(&self.root),
            base64(&self.tag),
            self.sequence,
            base64(&self.hash)
        )
    }

    /// Opens a signed statement.
    pub fn open(note: &str, key: &NoteVerifier) -> Result<Self, NoteError> {
        let text = note::open(note, key)?;
        let lines: Vec<&str> = text.lines().collect();
        let malformed = NoteError::Malformed(
            "a stream-head statement has six lines: what it is, size, root, stream, sequence and hash",
        );
        let [_, size, root, tag, sequence, hash] = lines[..] else { return Err(malformed) };
        let number = |line: &str| line.parse().map_err(|_| NoteError::Malformed("a size or sequence is not a number"));
        let hashed = |line: &str| {
            let bytes = STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok());
            bytes.ok_or(NoteError::Malformed("a hash is not 32 bytes of base64"))
        };
        let head = Self {
            size: number(size)?,
            root: hashed(root)?,
            tag: hashed(tag)?,
            sequence: number(sequence)?,
            hash: hashed(hash)?,
        };
        if head.text(key.name()) == text { Ok(head) } else { Err(NoteError::Malformed("the text is not canonical")) }
    }
}

/// The text that is signed of an export: the hash of its manifest.
pub fn export_text(origin: &str, manifest_sha256: &Hash) -> String {
    format!("{origin}/export\n{}\n", STANDARD.encode(manifest_sha256))
}

/// Opens a signed statement on an export: the hash of its manifest.
pub fn open_export(note: &str, key: &NoteVerifier) -> Result<Hash, NoteError> {
    let text = note::open(note, key)?;
    let hash = text.lines().nth(1).and_then(|line| STANDARD.decode(line).ok());
    let hash = hash.and_then(|bytes| Hash::try_from(bytes).ok());
    let hash = hash.ok_or(NoteError::Malformed("the manifest's hash is not 32 bytes of base64"))?;
    if export_text(key.name(), &hash) == text {
        Ok(hash)
    } else {
        Err(NoteError::Malformed("the text is not canonical"))
    }
}

/// The certificate of a drill as a signed note, made of the event; nothing where this key did not sign it.
pub fn certificate(drilled: &RestoreDrilled, key: &NoteVerifier) -> Option<String> {
    let text = drilled.certificate(key.name());
    let signature = signature(&drilled.signature)?;
    key.verify(&text, &signature).then(|| format!("{text}\n{}", key.line(&signature)))
}

fn signature(text: &SignatureHex) -> Option<[u8; 64]> {
    let digits = text.as_str().as_bytes().chunks(2);
    let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

impl Ledger {
    /// Whether this ledger can append to a clinic's log at all: an error under another origin or root secret than its own.
    pub async fn may_append(&self, clinic: Uuid) -> Result<(), sqlx::Error> {
        self.signer(clinic).await.map(drop)
    }

    /// Signs what a drill measured: the same facts, signed.
    pub async fn certify(&self, clinic: Uuid, drilled: RestoreDrilled) -> Result<RestoreDrilled, sqlx::Error> {
        let signer = self.signer(clinic).await?;
        let signature = hexadecimal(&signer.sign(&drilled.certificate(signer.name())));
        let signature = signature.try_into().map_err(|_| sqlx::Error::Encode("a signature has 64 bytes".into()))?;
        Ok(RestoreDrilled { signature, ..drilled })
    }

    /// Signs where a stream of a clinic's log ends.
    pub async fn state_stream_head(&self, clinic: Uuid, head: &StreamHead) -> Result<String, sqlx::Error> {
        self.state(clinic, |origin| head.text(origin)).await
    }

    /// Signs that an export's manifest is the one that was made.
    pub async fn state_export(&self, clinic: Uuid, manifest_sha256: &Hash) -> Result<String, sqlx::Error> {
        self.state(clinic, |origin| export_text(origin, manifest_sha256)).await
    }

    async fn state(&self, clinic: Uuid, text: impl Fn(&str) -> String) -> Result<String, sqlx::Error> {
        let signer = self.signer(clinic).await?;
        let text = text(signer.name());
        let line = signer.verifier().line(&signer.sign(&text));
        Ok(format!("{text}\n{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::NoteSigner;

    fn signed(text: &str, signer: &NoteSigner) -> String {
        format!("{text}\n{}", signer.verifier().line(&signer.sign(text)))
    }

    #[test]
    fn a_statement_is_read_in_its_one_form_and_is_no_checkpoint() {
        let signer = NoteSigner::new("daybook.example/clinics/demo", &[1; 32]).unwrap();
        let head = StreamHead { size: 9, root: [1; 32], tag: [2; 32], sequence: 4, hash: [3; 32] };
        let note = signed(&head.text(signer.name()), &signer);
        assert_eq!(StreamHead::open(&note, &signer.verifier()), Ok(head));
        assert!(crate::checkpoint::open(&note, &signer.verifier()).is_err(), "not a checkpoint");
        assert!(open_export(&note, &signer.verifier()).is_err(), "not a statement on an export");
        for (from, to) in [("\n9\n", "\n09\n"), ("stream-head", "stream-heads"), ("\n4\n", "\n4\n\n")] {
            let other = signed(&head.text(signer.name()).replace(from, to), &signer);
            assert!(StreamHead::open(&other, &signer.verifier()).is_err(), "{from:?} as {to:?}");
        }
        let export = signed(&export_text(signer.name(), &[5; 32]), &signer);
        assert_eq!(open_export(&export, &signer.verifier()), Ok([5; 32]));
        let other = NoteSigner::new("daybook.example/clinics/demo", &[2; 32]).unwrap();
        assert_eq!(open_export(&export, &other.verifier()), Err(NoteError::NotSigned));
    }
}
