//! What somebody outside knows of a log: heads they kept, and the keys it signs with. Whoever holds the log's key can write a log anew so that it is whole in
//! itself; only what others have seen of it cannot be written anew with it.

use std::collections::VecDeque;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::format::Hash;
use crate::ledger::Ledger;
use crate::merkle::{Tree, verify_consistency};
use crate::note::NoteVerifier;
use crate::verify::Report;

/// A head that was kept: the log had this size and this root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub size: u64,
    pub root: Hash,
}

/// What an auditor brings along. Nothing of it comes from where the log is.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Heads that were kept.
    pub kept: Vec<Kept>,
    /// The keys that the log may sign with. Where there are none, the key that is recorded beside the log is believed.
    pub keys: Vec<NoteVerifier>,
}

/// How the log stands to a head that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It has grown from it: everything it covered is there, unchanged.
    Grown,
    /// At that size it has another root: what it covered is not what it was.
    OtherRoot,
    /// It is shorter: something was cut off.
    Shorter,
}

/// A head that was kept, and how the log stands to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Compared {
    pub size: u64,
    #[serde(skip)]
    pub root: Hash,
    pub standing: Standing,
    /// That the log has grown from it, for whoever does not take our word; `None` until it is asked for ([`prove`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Growth>,
}

/// A consistency proof (RFC 9162): from the head that was kept to this one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Growth {
    pub size: u64,
    /// Hexadecimal.
    pub root: String,
    /// Base64, as in a request to a witness; none where nothing has come since, or nothing was there before.
    pub hashes: Vec<String>,
}

/// Adds to a report the proof that the log has grown from each head that was kept. A proof that does not verify is none:
/// tiles that were changed are named by the report, and prove nothing.
pub async fn prove(report: &mut Report, ledger: &Ledger) -> Result<(), sqlx::Error> {
    for kept in report.kept.iter_mut().filter(|kept| kept.standing == Standing::Grown) {
        let proof = match kept.size {
            0 => Vec::new(),
            size => ledger.consistency(report.clinic, size, report.events).await?.unwrap_or_default(),
        };
        let verified = kept.size == 0
            || kept.size == report.events
            || verify_consistency(kept.size, &kept.root, report.events, &report.head, &proof).is_ok();
        let hashes = proof.iter().map(|hash| STANDARD.encode(hash)).collect();
        kept.proof = verified.then(|| Growth { size: report.events, root: report.root.clone(), hashes });
    }
    Ok(())
}

/// Compares the heads with a tree that grows past them.
pub(crate) struct Comparison {
    waiting: VecDeque<Kept>,
    compared: Vec<Compared>,
}

impl Comparison {
    pub fn with(kept: &[Kept]) -> Self {
        let mut waiting = kept.to_vec();
        waiting.sort_unstable_by_key(|kept| kept.size);
        Self { waiting: waiting.into(), compared: Vec::new() }
    }

    /// Compares the heads of this tree's size. Called at every size, in order.
    pub fn at(&mut self, tree: &Tree) {
        while let Some(kept) = self.waiting.pop_front_if(|kept| kept.size <= tree.size()) {
            let same = kept.size == tree.size() && kept.root == tree.root();
            self.compared.push(compared(kept, if same { Standing::Grown } else { Standing::OtherRoot }));
        }
    }

    /// What came out, once the tree has its last leaf.
    pub fn finish(mut self, tree: &Tree) -> Vec<Compared> {
        self.at(tree);
        self.compared.extend(self.waiting.into_iter().map(|kept| compared(kept, Standing::Shorter)));
        self.compared
    }
}

fn compared(Kept { size, root }: Kept, standing: Standing) -> Compared {
    Compared { size, root, standing, proof: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    fn tree(leaves: &[&[u8]]) -> Tree {
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.push(leaf_hash(leaf), &mut Vec::new()));
        tree
    }

    fn standings(kept: &[Kept], leaves: &[&[u8]]) -> Vec<Standing> {
        let mut comparison = Comparison::with(kept);
        for size in 0..=leaves.len() {
            comparison.at(&tree(&leaves[..size]));
        }
        comparison.finish(&tree(leaves)).iter().map(|compared| compared.standing).collect()
    }

    #[test]
    fn a_log_has_grown_from_what_it_was_and_from_nothing_else() {
        let kept = |leaves: &[&[u8]]| Kept { size: leaves.len() as u64, root: tree(leaves).root() };
        let log: [&[u8]; 3] = [b"a", b"b", b"c"];
        let grown = [kept(&[]), kept(&log[..1]), kept(&log[..2]), kept(&log)];
        assert_eq!(standings(&grown, &log), [Standing::Grown; 4]);
        let others = [kept(&[b"b"]), kept(&[b"a", b"c"]), kept(&[b"a", b"b", b"d"]), kept(&[b"a", b"b", b"c", b"d"])];
        use Standing::{OtherRoot, Shorter};
        assert_eq!(standings(&others, &log), [OtherRoot, OtherRoot, OtherRoot, Shorter]);
        assert_eq!(standings(&grown, &[]), [Standing::Grown, Shorter, Shorter, Shorter]);
    }
}
