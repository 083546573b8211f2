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

/// The same of a log in one of its epochs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochHead {
    pub epoch: u64,
    pub size: u64,
    pub root: Hash,
}

/// What an auditor brings along. Nothing of it comes from where the log is.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Heads that were kept.
    pub kept: Vec<EpochHead>,
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
    /// It went back to an earlier point, and says so: what it covered beyond that is lost. Nothing can be found wrong with
    /// what is there; that nothing else became of what is lost nobody can show.
    Lost,
    /// It went back to an earlier point, and says that less was lost, or something else.
    LostUnsaid,
    /// It was never in that epoch, as far as it says.
    UnknownEpoch,
}

/// A head that was kept, and how the log stands to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Compared {
    pub epoch: u64,
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

/// Where an epoch ended that another one followed, and the last head of it, or of an epoch that is lost whole, that the log
/// says is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub last_known: Option<EpochHead>,
}

/// Compares the heads with a tree that grows past them.
pub(crate) struct Comparison {
    epochs: Vec<(u64, u64)>,
    waiting: VecDeque<EpochHead>,
    /// Of more than what is left of their epoch.
    beyond: Vec<EpochHead>,
    compared: Vec<Compared>,
}

impl Comparison {
    /// Of a log with these epochs: each one's number and the size at which it began, from the first on.
    pub fn with(kept: &[EpochHead], epochs: &[(u64, u64)]) -> Self {
        let end = |kept: &EpochHead| {
            let at = epochs.iter().position(|(epoch, _)| *epoch == kept.epoch)?;
            epochs.get(at + 1).map(|(_, begin)| *begin)
        };
        let (beyond, mut waiting): (Vec<EpochHead>, Vec<EpochHead>) =
            kept.iter().copied().partition(|kept| end(kept).is_some_and(|end| kept.size > end));
        waiting.sort_unstable_by_key(|kept| kept.size);
        Self { epochs: epochs.to_vec(), waiting: waiting.into(), beyond, compared: Vec::new() }
    }

    fn knows(&self, kept: &EpochHead) -> bool {
        // A log that nothing was ever signed for is in its first.
        kept.epoch == 1 || self.epochs.iter().any(|(epoch, _)| *epoch == kept.epoch)
    }

    /// Compares the heads of this tree's size. Called at every size, in order.
    pub fn at(&mut self, tree: &Tree) {
        while let Some(kept) = self.waiting.pop_front_if(|kept| kept.size <= tree.size()) {
            if kept.size == tree.size() && kept.root == tree.root() {
                self.compared.push(kept.stands(Standing::Grown));
            } else if self.knows(&kept) {
                self.compared.push(kept.stands(Standing::OtherRoot));
            } else {
                self.beyond.push(kept);
            }
        }
    }

    /// What came out, once the tree has its last leaf and it is known what the log says of its epochs.
    pub fn finish(mut self, tree: &Tree, ended: &[Ended]) -> Vec<Compared> {
        self.at(tree);
        for kept in std::mem::take(&mut self.waiting) {
            match self.knows(&kept) {
                true => self.compared.push(kept.stands(Standing::Shorter)),
                false => self.beyond.push(kept),
            }
        }
        for kept in std::mem::take(&mut self.beyond) {
            let known = ended.iter().filter_map(|ended| ended.last_known).filter(|known| known.epoch == kept.epoch);
            let said = known.into_iter().any(|known| kept.size < known.size || kept == known);
            let standing = match (said, self.knows(&kept)) {
                (true, _) => Standing::Lost,
                (false, true) => Standing::LostUnsaid,
                (false, false) => Standing::UnknownEpoch,
            };
            self.compared.push(kept.stands(standing));
        }
        self.compared
    }
}

impl EpochHead {
    fn stands(&self, standing: Standing) -> Compared {
        Compared { epoch: self.epoch, size: self.size, root: self.root, standing, proof: None }
    }
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

    fn standings(kept: &[EpochHead], leaves: &[&[u8]]) -> Vec<Standing> {
        after(kept, leaves, &[(1, 0)], &[])
    }

    fn after(kept: &[EpochHead], leaves: &[&[u8]], epochs: &[(u64, u64)], ended: &[Ended]) -> Vec<Standing> {
        let mut comparison = Comparison::with(kept, epochs);
        for size in 0..=leaves.len() {
            comparison.at(&tree(&leaves[..size]));
        }
        comparison.finish(&tree(leaves), ended).iter().map(|compared| compared.standing).collect()
    }

    fn kept(leaves: &[&[u8]]) -> EpochHead {
        EpochHead { epoch: 1, size: leaves.len() as u64, root: tree(leaves).root() }
    }

    #[test]
    fn a_log_has_grown_from_what_it_was_and_from_nothing_else() {
        let log: [&[u8]; 3] = [b"a", b"b", b"c"];
        let grown = [kept(&[]), kept(&log[..1]), kept(&log[..2]), kept(&log)];
        assert_eq!(standings(&grown, &log), [Standing::Grown; 4]);
        let others = [kept(&[b"b"]), kept(&[b"a", b"c"]), kept(&[b"a", b"b", b"d"]), kept(&[b"a", b"b", b"c", b"d"])];
        use Standing::{OtherRoot, Shorter};
        assert_eq!(standings(&others, &log), [OtherRoot, OtherRoot, OtherRoot, Shorter]);
        assert_eq!(standings(&grown, &[]), [Standing::Grown, Shorter, Shorter, Shorter]);
    }

    #[test]
    fn of_an_epoch_that_ended_what_is_left_was_grown_from_and_the_rest_is_lost_as_far_as_the_log_says_so() {
        use Standing::{Grown, Lost, LostUnsaid, OtherRoot, UnknownEpoch};
        // The first epoch had five events, of which somebody knew four; two were restored, and the second began there.
        let first: [&[u8]; 5] = [b"a", b"b", b"c", b"d", b"e"];
        let log: [&[u8]; 4] = [b"a", b"b", b"recovered", b"f"];
        let epochs = [(1, 0), (70, 2)];
        let ended = [Ended { last_known: Some(kept(&first[..4])) }];
        let heads = [1, 2, 3, 4, 5].map(|size| kept(&first[..size]));
        assert_eq!(after(&heads, &log, &epochs, &ended), [Grown, Grown, Lost, Lost, LostUnsaid]);
        let other = kept(&[b"a", b"b", b"c", b"x"]);
        assert_eq!(after(&[other], &log, &epochs, &ended), [LostUnsaid]);
        let second = [EpochHead { epoch: 70, ..kept(&log[..3]) }, EpochHead { epoch: 70, ..kept(&first[..3]) }];
        assert_eq!(after(&second, &log, &epochs, &ended), [Grown, OtherRoot]);
        assert_eq!(after(&[EpochHead { epoch: 70, ..kept(&first) }], &log, &epochs, &ended), [Standing::Shorter]);
        // Rolled back again, to before the second epoch: nobody may say there never was one, unless the third says it.
        let third: [&[u8]; 3] = [b"a", b"recovered", b"g"];
        assert_eq!(after(&second[..1], &log[..2], &epochs[..1], &[]), [UnknownEpoch]);
        assert_eq!(after(&second[..1], &third, &[(1, 0), (90, 1)], &ended), [UnknownEpoch]);
        let said = [Ended { last_known: Some(second[0]) }];
        assert_eq!(after(&second[..1], &third, &[(1, 0), (90, 1)], &said), [Lost]);
    }
}
