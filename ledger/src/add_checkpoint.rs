//! What a witness is asked (C2SP tlog-witness): to cosign a checkpoint, with the proof that the log has only grown since the
//! witness last looked.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::format::Hash;

/// The name of the call, behind a witness's URL.
pub const CALL: &str = "add-checkpoint";
/// The media type of an answer that holds nothing but the size of a log.
pub const SIZE: &str = "text/x.tlog.size";
/// A proof has no more hashes.
pub const MOST_HASHES: usize = 63;
/// A request is shorter.
pub const LONGEST: usize = 64 * 1024;

/// Why a text is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request to cosign a checkpoint: {0}")]
pub struct NotARequest(pub &'static str);

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint<'a> {
    /// The size of the log that the witness is taken to have seen last.
    pub old: u64,
    /// That what it saw then is a prefix of what the checkpoint is of.
    pub proof: Vec<Hash>,
    /// The checkpoint, verbatim.
    pub checkpoint: &'a str,
}

/// The text of a request.
pub fn write(old: u64, proof: &[Hash], checkpoint: &str) -> String {
    let mut text = format!("old {old}\n");
    for hash in proof {
        text.push_str(&STANDARD.encode(hash));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint);
    text
}

/// Reads a request. Only the one canonical text of it is accepted; what the checkpoint says is not looked at.
pub fn read(text: &str) -> Result<AddCheckpoint<'_>, NotARequest> {
    if text.len() > LONGEST {
        return Err(NotARequest("it is longer than any is"));
    }
    let rest = text.strip_prefix("old ").ok_or(NotARequest("it does not begin with the old size"))?;
    let (old, mut rest) = rest.split_once('\n').ok_or(NotARequest("it ends after the old size"))?;
    let old: u64 = old.parse().map_err(|_| NotARequest("the old size is not a number"))?;
    let mut proof = Vec::new();
    let checkpoint = loop {
        let (line, after) = rest.split_once('\n').ok_or(NotARequest("there is no empty line before the checkpoint"))?;
        rest = after;
        if line.is_empty() {
            break rest;
        }
        if proof.len() == MOST_HASHES {
            return Err(NotARequest("a proof has at most 63 hashes"));
        }
        let hash = STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        proof.push(hash.ok_or(NotARequest("a hash is not 32 bytes of base64"))?);
    };
    // Leading zeros and other ways to write the same are found by writing it again.
    if write(old, &proof, checkpoint) != text {
        return Err(NotARequest("the text is not canonical"));
    }
    Ok(AddCheckpoint { old, proof, checkpoint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_as_it_was_written_and_in_no_other_way() {
        let text = write(7, &[[1; 32], [2; 32]], "origin\n9\nroot\n\n\u{2014} origin AAAA\n");
        let request = read(&text).unwrap();
        assert_eq!((request.old, request.proof.len()), (7, 2));
        assert!(request.checkpoint.starts_with("origin\n9\n"));
        assert_eq!(read(&write(0, &[], "x")).unwrap().proof, Vec::<Hash>::new());
        for wrong in [
            text.replace("old 7", "old 07"),
            text.replace("old 7", "old +7"),
            text.replace("old 7", "old -7"),
            text.replace("old 7", "old 99999999999999999999"),
            text.replace("old 7", "old  7"),
            text.replace('\n', "\r\n"),
            text.replacen("AQEB", "AQE=", 1),
            text[..30].to_owned(),
            String::new(),
            write(7, &[[0; 32]; 64], "x"),
            format!("{text}{}", "x".repeat(LONGEST)),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
