//! An inclusion proof as a file (C2SP tlog-proof): the index, the path and the checkpoint it leads to.

use base64::{Engine, engine::general_purpose::STANDARD};
use daybook_ledger::format::Hash;

const FIRST: &str = "c2sp.org/tlog-proof@v1";
/// A path in a tree of 2^64 leaves has no more.
const MOST_HASHES: usize = 64;

/// Why a file is not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proof: {0}")]
pub struct NotAProof(pub &'static str);

/// That a leaf is in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<'a> {
    pub index: u64,
    pub path: Vec<Hash>,
    /// The checkpoint, verbatim.
    pub checkpoint: &'a str,
}

/// The file of a proof.
pub fn write(index: u64, path: &[Hash], checkpoint: &str) -> String {
    let mut text = format!("{FIRST}\nindex {index}\n");
    for hash in path {
        text.push_str(&STANDARD.encode(hash));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(checkpoint);
    text
}

/// Reads a proof. Only the one canonical text of it is accepted.
pub fn read(text: &str) -> Result<Proof<'_>, NotAProof> {
    let rest = text.strip_prefix(FIRST).and_then(|rest| rest.strip_prefix("\nindex "));
    let rest = rest.ok_or(NotAProof("it does not begin with the format's name and the index"))?;
    let (index, mut rest) = rest.split_once('\n').ok_or(NotAProof("it ends after the index"))?;
    let index: u64 = index.parse().map_err(|_| NotAProof("the index is not a number"))?;
    let mut path = Vec::new();
    let checkpoint = loop {
        let (line, after) = rest.split_once('\n').ok_or(NotAProof("there is no empty line before the checkpoint"))?;
        rest = after;
        if line.is_empty() {
            break rest;
        }
        if path.len() == MOST_HASHES {
            return Err(NotAProof("it has more hashes than any tree is high"));
        }
        let hash = STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        path.push(hash.ok_or(NotAProof("a hash is not 32 bytes of base64"))?);
    };
    // Leading zeros and other ways to write the same are found by writing it again.
    if write(index, &path, checkpoint) != text {
        return Err(NotAProof("the text is not canonical"));
    }
    Ok(Proof { index, path, checkpoint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_reads_as_it_was_written_and_in_no_other_way() {
        let text = write(7, &[[1; 32], [2; 32]], "origin\n9\nroot\n\n\u{2014} origin AAAA\n");
        let proof = read(&text).unwrap();
        assert_eq!((proof.index, proof.path.len()), (7, 2));
        for wrong in [
            text.replace("index 7", "index 07"),
            text.replace("index 7", "index +7"),
            text.replace('\n', "\r\n"),
            text.replace("@v1", "@v2"),
            text.replacen("AQEB", "AQE=", 1),
            text[..30].to_owned(),
            String::new(),
            format!("{FIRST}\nindex 7\n{}", format!("{}\n", STANDARD.encode([0; 32])).repeat(65)),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
