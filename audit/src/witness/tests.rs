use std::path::PathBuf;

use daybook_ledger::add_checkpoint::AddCheckpoint;
use daybook_ledger::clock::System;
use daybook_ledger::format::Hash;
use daybook_ledger::merkle::{Tree, consistency_proof, empty_root, leaf_hash, node_hash};
use daybook_ledger::note::NoteSigner;
use daybook_ledger::{Ids, checkpoint};
use proptest::prelude::*;

use super::*;

const ORIGIN: &str = "daybook.example/clinics/demo";

fn signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, &[1; 32]).unwrap()
}

fn logs() -> LogKeys {
    let mut logs = LogKeys::default();
    logs.add(signer().verifier());
    logs
}

fn node(leaves: &[u8], height: u32, index: u64) -> Hash {
    match height {
        0 => leaf_hash(&[leaves[index as usize]]),
        _ => node_hash(&node(leaves, height - 1, 2 * index), &node(leaves, height - 1, 2 * index + 1)),
    }
}

fn root(leaves: &[u8]) -> Hash {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(leaf_hash(&[*leaf]), &mut Vec::new()));
    tree.root()
}

/// The proof that these leaves have grown from their first `old`.
fn proof(old: usize, leaves: &[u8]) -> Vec<Hash> {
    let node = |height, index| Ok::<_, ()>(node(leaves, height, index));
    consistency_proof(old as u64, leaves.len() as u64, node).unwrap()
}

/// A log's checkpoint as somebody with a key signs it.
fn signed(key: &NoteSigner, leaves: &[u8]) -> String {
    let text = checkpoint::text(key.name(), leaves.len() as u64, &root(leaves));
    format!("{text}\n{}", key.verifier().line(&key.sign(&text)))
}

/// A request as an honest log makes it.
fn request(old: usize, leaves: &[u8]) -> String {
    add_checkpoint::write(old as u64, &proof(old, leaves), &signed(&signer(), leaves))
}

/// A folder of a witness, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("daybook-witness-{}", System.internal()));
        make(&folder, "witness.example", &[7; 32]).unwrap();
        Self(folder)
    }

    fn open(&self) -> Result<Witness, StoreError> {
        Witness::open(&self.0, logs(), Arc::new(System))
    }

    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn refused(witness: &Witness, body: &str) -> Refusal {
    match witness.add(body) {
        Err(NotCosigned::Refused(refusal) | NotCosigned::Contradicted { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

/// What somebody with the log's key may ask: from which size, which log, and with which proof.
#[derive(Clone, Debug)]
struct Question {
    /// From where the witness is, where there is none.
    old: Option<u64>,
    /// How many of the leaves that the witness has seen stay; then come these.
    kept: usize,
    added: Vec<u8>,
    proof: Shown,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Right,
    OfWhatWasSeen,
    MadeUp,
}

fn question() -> impl Strategy<Value = Question> {
    let old = prop_oneof![4 => Just(None), 1 => (0u64..20).prop_map(Some)];
    let kept = prop_oneof![3 => Just(usize::MAX), 1 => 0usize..20];
    let shown = prop_oneof![4 => Just(Shown::Right), 1 => Just(Shown::OfWhatWasSeen), 1 => Just(Shown::MadeUp)];
    let added = proptest::collection::vec(0u8..3, 0..5);
    (old, kept, added, shown).prop_map(|(old, kept, added, proof)| Question { old, kept, added, proof })
}

proptest! {
    /// Whatever it is asked, by whoever holds the log's key: of what it signs, each has grown from what it signed before.
    /// And what an honest log asks is never refused.
    #[test]
    fn every_head_it_signs_has_grown_from_the_one_before(questions in proptest::collection::vec(question(), 1..40)) {
        let (mut held, mut leaves) = (Kept { size: 0, root: empty_root() }, Vec::new());
        for question in questions {
            let asked = [&leaves[..question.kept.min(leaves.len())], &question.added[..]].concat();
            let old = question.old.unwrap_or(held.size);
            let proof = match question.proof {
                Shown::MadeUp => vec![[9; 32]; old as usize],
                Shown::OfWhatWasSeen => proof((old as usize).min(leaves.len()), &leaves),
                Shown::Right => proof((old as usize).min(asked.len()), &asked),
            };
            let note = signed(&signer(), &asked);
            let head = submitted(&logs(), &note).unwrap();
            let honest = old == held.size && asked.starts_with(&leaves) && question.proof == Shown::Right;
            match decide(&held, &AddCheckpoint { old, proof, checkpoint: &note }, &head) {
                Ok(next) => {
                    prop_assert!(asked.starts_with(&leaves), "{leaves:?} became {asked:?}");
                    prop_assert_eq!(next, Kept { size: asked.len() as u64, root: root(&asked) });
                    (held, leaves) = (next, asked);
                }
                Err(refusal) => prop_assert!(!honest, "{leaves:?} {asked:?}: {refusal}"),
            }
        }
    }
}

#[test]
fn it_signs_a_log_as_it_grows_and_remembers_across_a_restart() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    for (old, leaves) in [(0, &b"a"[..]), (1, b"abc"), (3, b"abc"), (3, b"abcdefgh")] {
        let line = witness.add(&request(old, leaves)).unwrap();
        let note = signed(&signer(), leaves) + &line;
        let (text, lines) = daybook_ledger::note::split(&note).unwrap();
        assert!(witness.key().made(&lines[1]) && witness.key().saw(text, &lines[1]).is_some());
    }
    drop(witness);
    let witness = folder.open().unwrap();
    assert_eq!(refused(&witness, &request(3, b"abcdefghi")), Refusal::Elsewhere { size: 8 });
    assert_eq!(refused(&witness, &request(0, b"")), Refusal::Elsewhere { size: 8 });
    witness.add(&request(8, b"abcdefghi")).unwrap();
    assert_eq!(folder.files("part"), Vec::<PathBuf>::new());
}

#[test]
fn a_history_written_anew_under_the_logs_own_key_is_refused_and_the_contradiction_kept() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    witness.add(&request(0, b"abcde")).unwrap();
    assert_eq!(refused(&witness, &request(5, b"abXde")), Refusal::OtherRoot { size: 5 });
    assert_eq!(refused(&witness, &request(5, b"abXdefg")), Refusal::NotGrown);
    let shorter = add_checkpoint::write(5, &[], &signed(&signer(), b"abc"));
    assert_eq!(refused(&witness, &shorter), Refusal::Smaller);
    assert_eq!(refused(&witness, &request(3, b"abc")), Refusal::Elsewhere { size: 5 });
    let kept = std::fs::read_to_string(&folder.files("contradiction")[0]).unwrap();
    assert_eq!(kept, signed(&signer(), b"abXde"));
    witness.add(&request(5, b"abcdefg")).unwrap();
}

#[test]
fn what_is_no_request_of_a_log_it_knows_is_refused() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    let good = request(0, b"abc");
    let other = NoteSigner::new("daybook.other/clinics/demo", &[1; 32]).unwrap();
    let thief = NoteSigner::new(ORIGIN, &[2; 32]).unwrap();
    let by = |key: &NoteSigner| add_checkpoint::write(0, &[], &signed(key, b"abc"));
    assert_eq!(refused(&witness, &by(&other)), Refusal::UnknownLog);
    assert_eq!(refused(&witness, &by(&thief)), Refusal::NotSigned);
    assert_eq!(refused(&witness, &good.replace("\n3\n", "\n4\n")), Refusal::NotSigned);
    assert_eq!(refused(&witness, &add_checkpoint::write(4, &[], &signed(&signer(), b"abc"))), Refusal::Smaller);
    assert_eq!(refused(&witness, &add_checkpoint::write(0, &[[0; 32]], &signed(&signer(), b"abc"))), Refusal::NotGrown);
    for malformed in ["", "old 0\n", "old 0\n\n", "hello", &good.replace('\n', "\r\n"), &good[..good.len() - 1]] {
        assert_eq!(refused(&witness, malformed).status(), 400, "{malformed:?}");
    }
    let empty = checkpoint::text(ORIGIN, 0, &[3; 32]);
    let empty = format!("{empty}\n{}", signer().verifier().line(&signer().sign(&empty)));
    assert_eq!(refused(&witness, &add_checkpoint::write(0, &[], &empty)), Refusal::OtherRoot { size: 0 });
    witness.add(&good).unwrap();
}

#[test]
fn two_clients_that_ask_at_once_are_answered_one_after_the_other() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    witness.add(&request(0, b"a")).unwrap();
    let ask = |leaves: &'static [u8]| {
        let witness = &witness;
        move || witness.add(&request(1, leaves)).is_ok()
    };
    let signed = std::thread::scope(|scope| {
        let asking: Vec<_> = [&b"ab"[..], b"ac", b"ad", b"ae"].map(|leaves| scope.spawn(ask(leaves))).into();
        asking.into_iter().map(|asking| asking.join().unwrap()).filter(|signed| *signed).count()
    });
    assert_eq!(signed, 1);
}

#[test]
fn a_witness_that_has_forgotten_or_is_there_twice_does_not_begin() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    witness.add(&request(0, b"abc")).unwrap();
    assert!(matches!(folder.open(), Err(StoreError::InUse(_))));
    drop(witness);
    let kept = folder.files("checkpoint").remove(0);
    let note = std::fs::read_to_string(&kept).unwrap();
    for damaged in ["", "hello", &note.replace("\n3\n", "\n2\n"), &signed(&signer(), b"abc")] {
        std::fs::write(&kept, damaged).unwrap();
        assert!(matches!(folder.open(), Err(StoreError::Damaged(_))), "{damaged:?}");
    }
    std::fs::write(&kept, note).unwrap();
    drop(folder.open().unwrap());
    assert!(make(&folder.0, "witness.example", &[8; 32]).is_err(), "a key is never written over");
    std::fs::remove_file(folder.0.join("key")).unwrap();
    assert!(matches!(folder.open(), Err(StoreError::File { .. })));
}

#[test]
fn what_cannot_be_written_down_is_not_signed() {
    let folder = Folder::new();
    let witness = folder.open().unwrap();
    witness.add(&request(0, b"abc")).unwrap();
    let part = folder.files("checkpoint").remove(0).with_extension("part");
    std::fs::create_dir(&part).unwrap();
    assert!(matches!(witness.add(&request(3, b"abcd")), Err(NotCosigned::NotKept(_))));
    std::fs::remove_dir(&part).unwrap();
    assert_eq!(refused(&witness, &request(4, b"abcde")), Refusal::Elsewhere { size: 3 });
    witness.add(&request(3, b"abcd")).unwrap();
}
