//! Cosignatures (C2SP tlog-cosignature 1.0): a witness says that it saw a checkpoint, and when, and that the log had only
//! grown since it last looked.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use zeroize::Zeroizing;

use crate::note::{Line, NoteError, SigningKey, read_vkey};

const COSIGNATURE: u8 = 0x04;
/// What the text of a secret key begins with.
const SECRET: &str = "PRIVATE+KEY+";

/// Eight bytes that say when, and the signature.
pub type Cosignature = [u8; 72];

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
        self.signed(checkpoint, line.signature.as_slice().try_into().ok()?)
    }

    /// The same of a cosignature that was stored as bare bytes.
    pub fn signed(&self, checkpoint: &str, cosignature: &Cosignature) -> Option<u64> {
        let (seconds, signature) = cosignature.split_first_chunk::<8>()?;
        let (seconds, signature) = (u64::from_be_bytes(*seconds), signature.try_into().ok()?);
        let signed = text(seconds, checkpoint);
        self.key.verify_strict(signed.as_bytes(), &Signature::from_bytes(signature)).ok().map(|()| seconds)
    }

    /// The signature line for a cosignature that was stored as bare bytes.
    pub fn line(&self, cosignature: &Cosignature) -> String {
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode([&self.id[..], &cosignature[..]].concat()))
    }
}

impl std::fmt::Display for Witness {
    /// The vkey: `name+hex(id)+base64(type ‖ key)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.id;
        let key = STANDARD.encode([&[COSIGNATURE], &self.key.as_bytes()[..]].concat());
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{key}", self.name)
    }
}

/// The secret key of a witness. It is wiped when dropped.
pub struct Cosigner {
    witness: Witness,
    key: SigningKey,
    seed: Zeroizing<[u8; 32]>,
}

impl Cosigner {
    /// A witness named `name` (no white space, no `+`) with the key of a 32-byte seed.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::new(name, COSIGNATURE, seed)?;
        let witness = Witness { name: name.into(), id: key.id, key: key.public };
        Ok(Self { witness, key, seed: Zeroizing::new(*seed) })
    }

    /// The public half.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }

    /// That the witness saw the checkpoint of this text at this time, in seconds since 1970.
    pub fn cosign(&self, checkpoint: &str, seconds: u64) -> Cosignature {
        let mut cosignature = [0; 72];
        cosignature[..8].copy_from_slice(&seconds.to_be_bytes());
        cosignature[8..].copy_from_slice(&self.key.sign(&text(seconds, checkpoint)));
        cosignature
    }

    /// The key as a text to be kept secret, in the form that signers of notes have: `PRIVATE+KEY+name+hex(id)+base64(type ‖
    /// seed)`.
    pub fn secret(&self) -> Zeroizing<String> {
        let Witness { name, id: [a, b, c, d], .. } = &self.witness;
        let seed = Zeroizing::new([&[COSIGNATURE], &self.seed[..]].concat());
        let seed = Zeroizing::new(STANDARD.encode(&*seed));
        Zeroizing::new(format!("{SECRET}{name}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", *seed))
    }
}

impl std::str::FromStr for Cosigner {
    type Err = NoteError;

    /// Reads what [`Cosigner::secret`] writes.
    fn from_str(secret: &str) -> Result<Self, NoteError> {
        let wrong = || NoteError::BadKey("it is not a witness's secret key");
        let parts = secret.strip_prefix(SECRET).ok_or_else(wrong)?;
        let (name, rest) = parts.split_once('+').ok_or_else(wrong)?;
        let (_, encoded) = rest.split_once('+').ok_or_else(wrong)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| wrong())?);
        let seed = match bytes.split_first() {
            Some((&COSIGNATURE, seed)) => Zeroizing::new(seed.try_into().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        };
        let cosigner = Self::new(name, &seed)?;
        // The id says whether name and key belong together.
        if *cosigner.secret() == secret { Ok(cosigner) } else { Err(wrong()) }
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
    use super::*;
    use crate::note::split;

    const CHECKPOINT: &str = "daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n";

    fn cosigner() -> Cosigner {
        Cosigner::new("witness.example", &[7; 32]).unwrap()
    }

    #[test]
    fn a_cosignature_is_over_the_time_and_the_checkpoints_text() {
        let cosigner = cosigner();
        let witness: Witness = cosigner.witness().to_string().parse().unwrap();
        let note = format!("{CHECKPOINT}\n{}", witness.line(&cosigner.cosign(CHECKPOINT, 1_790_000_000)));
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
    fn a_secret_key_is_read_as_it_was_written_and_in_no_other_way() {
        let secret = cosigner().secret();
        let read: Cosigner = secret.parse().unwrap();
        assert_eq!(read.witness(), cosigner().witness());
        for wrong in [
            secret.replace("witness.example", "witness.other"),
            secret.replace("PRIVATE+KEY+", ""),
            secret.replace("+BA", "+AA"),
            secret[..secret.len() - 1].to_owned(),
            format!("{}\n", *secret),
            cosigner().witness().to_string(),
            String::new(),
        ] {
            assert!(wrong.parse::<Cosigner>().is_err(), "{wrong}");
        }
        assert!(Cosigner::new("two words", &[7; 32]).is_err());
    }

    #[test]
    fn a_logs_key_is_no_witnesss() {
        let log = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert!(log.parse::<Witness>().is_err());
    }
}
