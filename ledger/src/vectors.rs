//! The published vectors of the formats (ledger.md section 9), byte for byte.

use chrono::DateTime;
use uuid::Uuid;

use crate::checkpoint;
use crate::format::*;
use crate::merkle::*;
use crate::note::{self, NoteSigner, NoteVerifier};
use crate::sealing::{Address, DataKey, EventKeys};

const METADATA: &[u8] = br#"{"actor":"front-desk-7","reason":"scheduling"}"#;
const SCHEDULED: &[u8] = br#"{"starts_at":"2026-11-24T15:00:00Z","reason":{"$phi":0}}"#;
const SEALED: &str = "0155555555555555555555555555555555000102030405060708090a0b75fc1808543325f9cf0b1ecd6ef6293ca2e6f81e36acfc5bfdcdcc5c5f9ab6e64195291fc673549cce213ab7985b7cc4f85d62ac1567959ffe2f91726e7725";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn id(byte: u8) -> Uuid {
    Uuid::from_bytes([byte; 16])
}

/// The five events of the vector: tags, sequences and hashes.
fn events() -> Vec<(Hash, u64, Hash)> {
    let (visit, access) = (Stream::new("visit", id(0x22)), Stream::new("access", id(0x33)));
    type Row<'a> = (&'a Stream, u64, &'a str, i64, &'a [u8], Vec<u8>);
    let rows: [Row<'_>; 5] = [
        (&visit, 1, "scheduled", 0, SCHEDULED, unhex(SEALED)),
        (&visit, 2, "checked-in", 1000, br#"{"location":"WI"}"#, vec![]),
        (&access, 1, "phi-read", 2000, br#"{"resource":"chart"}"#, vec![]),
        (&visit, 3, "admitted", 3000, b"{}", vec![]),
        (&visit, 4, "note-signed", 4000, br#"{"note_sha256":"00"}"#, vec![]),
    ];
    let mut heads: std::collections::HashMap<&Stream, Hash> = Default::default();
    let mut events = Vec::new();
    for (index, (stream, sequence, event_type, dt, payload, sealed)) in rows.iter().enumerate() {
        let tag = stream_tag(id(0x11), stream);
        let header = Header {
            clinic: id(0x11),
            stream,
            sequence: *sequence,
            event_id: id(0x41 + index as u8),
            recorded_at: DateTime::from_timestamp_micros(1_793_000_000_123_456 + dt).unwrap(),
            event_type,
            event_version: "1.0",
        };
        let parts = PartHashes::of(METADATA, payload, sealed);
        let prev = heads.get(stream).copied().unwrap_or(tag);
        if index == 0 {
            assert_eq!(preimage(&header, &prev, &parts).len(), 230);
            assert_eq!(
                hex(&preimage(&header, &prev, &parts)),
                "646179626f6f6b2f6576656e742f76310a001111111111111111111111111111111105766973697422222222222222222222222222222222000000000000000141414141414141414141414141414141f716b396fdaf36953539c8fa4145fa3bf44dba573a0ad9204d5e2524173ec29000065eb95816f240097363686564756c656403312e30d14db8af1985b890a8eeb1f8ba344d5a87ea7a80e2d424f52a66b3d13c07a617f741c5bdd32af80c5fc241c2382120a6d10a2a3142eaf7baab4658fdae91fff2e30d7df4cb10e38fb6a98678ff18bb57816c6d29ec8d002f10d91ccb593c92a3"
            );
        }
        let hash = event_hash(&header, &prev, &parts);
        heads.insert(stream, hash);
        events.push((tag, *sequence, hash));
    }
    events
}

#[test]
fn stream_tags_and_event_hashes() {
    let events = events();
    assert_eq!(hex(&events[0].0), "f716b396fdaf36953539c8fa4145fa3bf44dba573a0ad9204d5e2524173ec290");
    assert_eq!(hex(&events[2].0), "57acc6a39e0f240bf2325392e81a1546ac0cfc9fe566e10dcf6f20d4f5eaf882");
    let hashes: Vec<String> = events.iter().map(|(_, _, hash)| hex(hash)).collect();
    assert_eq!(
        hashes,
        [
            "74469e28c8a77252cedeb83918186b90b693bf969c91b3bef1416cdc605a7fee",
            "3b17c02360d8dd08aa4933655e0108de2bdc565ff3dfa118d6a15e8bca7387b4",
            "6e9cdae3d71627be2fb3a893a69ca249905222884018c876c3957a15359d437f",
            "31964f62b5b0e5409e79afcfdd6671c47905d464d6b5db3b409c9d50f04b07f4",
            "323e4e0f7cca2534303cccdbf3077c014566cc4af29bd50a1d6b6b75f907674d",
        ]
    );
}

#[test]
fn sealing() {
    let key = DataKey(std::array::from_fn(|at| 0x80 + at as u8));
    let stream = Stream::new("visit", id(0x22));
    let address = Address {
        clinic: id(0x11),
        stream: &stream,
        event_id: id(0x41),
        event_type: "scheduled",
        event_version: "1.0",
        payload: SCHEDULED,
    };
    let keys = EventKeys::derive(&key, id(0x41)).unwrap();
    assert_eq!(
        hex(keys.as_bytes()),
        "85e72acf915ed2c0620c150fbbc9dd8f333e8e3e4be11a5b3544b80d8a3fb4dd48718dc1d1c725376c3832c99dc594b66918bfd0877444c705a861e340d937c0"
    );
    let sealed = keys.seal(id(0x55), &address, std::array::from_fn(|at| at as u8), br#"["sore throat"]"#).unwrap();
    assert_eq!(hex(&sealed), SEALED);
    assert_eq!(keys.open(&address, &sealed).unwrap(), br#"["sore throat"]"#);
}

#[test]
fn leaf_roots_and_inclusion() {
    let leaves: Vec<Hash> =
        events().iter().map(|(tag, sequence, hash)| leaf_hash(&entry(tag, *sequence, hash))).collect();
    assert_eq!(hex(&leaves[0]), "d97325c18a35653b71946bc6e8fe102047a1a0f06eb360bd940812151a084d4d");
    assert_eq!(hex(&root(&leaves[..3])), "d7268483151830dc0a37be69fbad408256b12354d59fd7e901360fc99c2cc2c5");
    assert_eq!(hex(&root(&leaves)), "185c1257394e8b1dd047c189a50fb598e3221c4b33ae73f37d8de2ce22c04e7c");
    let path = inclusion_proof(3, 5, |height, index| node(&leaves, height, index)).unwrap();
    let hashes: Vec<String> = path.iter().map(|hash| hex(hash)).collect();
    assert_eq!(
        hashes,
        [
            "8258dab6c871d51b595087741ee8027707e00467907cb8c939c934f34f328389",
            "1f38e99cd675cded9d1d86bfc6e5b8692208a3e547116803491661b87015e4da",
            "bfdbf8723046a0d272edc23d728c6d636d837f341f9fcea5082ec44851faab6a",
        ]
    );
    verify_inclusion(&leaves[3], 3, 5, &path, &root(&leaves)).unwrap();
}

#[test]
fn roots_of_the_rfc_6962_test_leaves() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(&unhex(leaf))).collect();
    let roots: Vec<String> = (0..=8).map(|size| hex(&root(&leaves[..size]))).collect();
    assert_eq!(
        roots,
        [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
    );
}

#[test]
fn the_checkpoint_of_the_five_events() {
    let leaves: Vec<Hash> =
        events().iter().map(|(tag, sequence, hash)| leaf_hash(&entry(tag, *sequence, hash))).collect();
    let signer = NoteSigner::new("daybook.example/clinics/demo", &std::array::from_fn(|at| at as u8)).unwrap();
    let vkey = "daybook.example/clinics/demo+582eaded+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    assert_eq!(signer.verifier().to_string(), vkey);
    let signature = signer.sign(&checkpoint::text(signer.name(), 5, &root(&leaves)));
    let note = checkpoint::Checkpoint { size: 5, root: root(&leaves), signature }.note(&signer.verifier());
    assert_eq!(
        note,
        "daybook.example/clinics/demo\n5\nGFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=\n\n\u{2014} daybook.example/clinics/demo WC6t7ctSEo/r6bWmTai0Jqa2iCDCj+R3GBqKwmUnxG6J6p7lSa1HOQ3OtIoRU5TI0FShvKmqSimAyE6eQ8CBXylwOwU=\n"
    );
    assert_eq!(checkpoint::open(&note, &vkey.parse().unwrap()), Ok((5, root(&leaves))));
    for spoilt in [
        note.replace("\n5\n", "\n05\n"),
        note.replace("\n5\n", "\n6\n"),
        note.replace('\n', "\r\n"),
        note.trim_end().into(),
        String::new(),
    ] {
        assert!(checkpoint::open(&spoilt, &vkey.parse().unwrap()).is_err());
    }
}

#[test]
fn a_public_signed_note() {
    let vkey: NoteVerifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signature = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_eq!(note::open(&format!("{text}\n{signature}"), &vkey), Ok(text));
    let stranger = "\u{2014} Somebody AAAAAAAA\n";
    assert_eq!(note::open(&format!("{text}\n{stranger}{signature}"), &vkey), Ok(text));
    assert_eq!(note::open(&format!("{text}\n{stranger}"), &vkey), Err(note::NoteError::NotSigned));
    let wrong = signature.replace("x08go/Z", "x08go/Y");
    assert!(matches!(
        note::open(&format!("{text}\n{signature}{wrong}"), &vkey),
        Err(note::NoteError::WrongSignature(_))
    ));
}

fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf, &mut Vec::new()));
    tree.root()
}

fn node(leaves: &[Hash], height: u32, index: u64) -> Result<Hash, ()> {
    Ok(root(&leaves[(index as usize) << height..(index as usize + 1) << height]))
}

/// `ct-merkle` and `signed_note` were written by others from the same specifications.
mod oracles {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..90)
    }

    proptest! {
        #[test]
        fn our_tree_and_proofs_agree_with_ct_merkle(entries in entries(), at in any::<prop::sample::Index>(), split in any::<prop::sample::Index>()) {
            let mut oracle = MemoryBackedTree::<sha2_11::Sha256, Vec<u8>>::new();
            entries.iter().for_each(|entry| oracle.push(entry.clone()));
            let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            let (size, index) = (leaves.len() as u64, at.index(leaves.len()));
            prop_assert_eq!(root(&leaves).to_vec(), oracle.root().as_bytes().to_vec());

            let path = inclusion_proof(index as u64, size, |height, index| node(&leaves, height, index)).unwrap();
            let theirs = oracle.prove_inclusion(index);
            prop_assert_eq!(path.concat(), theirs.as_bytes());
            prop_assert_eq!(verify_inclusion(&leaves[index], index as u64, size, &path, &root(&leaves)), Ok(()));

            let old = split.index(leaves.len()) + 1;
            let path = consistency_proof(old as u64, size, |height, index| node(&leaves, height, index)).unwrap();
            if (old as u64) < size {
                let theirs = oracle.prove_consistency(leaves.len() - old);
                prop_assert_eq!(path.concat(), theirs.as_bytes());
                let (old_root, new_root) = (root(&leaves[..old]), root(&leaves));
                prop_assert_eq!(verify_consistency(old as u64, &old_root, size, &new_root, &path), Ok(()));
            }
        }

        #[test]
        fn a_proof_that_is_changed_padded_or_cut_proves_nothing(entries in entries(), at in any::<prop::sample::Index>(), hash in any::<prop::sample::Index>(), bit in 0u8..8) {
            let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            let (size, index) = (leaves.len() as u64, at.index(leaves.len()));
            let path = inclusion_proof(index as u64, size, |height, index| node(&leaves, height, index)).unwrap();
            let check = |path: &[Hash], index: u64, size: u64| verify_inclusion(&leaves[at.index(leaves.len())], index, size, path, &root(&leaves));
            let mut padded = path.clone();
            padded.push([0; 32]);
            prop_assert!(check(&padded, index as u64, size).is_err());
            prop_assert!(check(&path, size, size).is_err());
            if !path.is_empty() {
                prop_assert!(check(&path[1..], index as u64, size).is_err());
                let mut changed = path.clone();
                changed[hash.index(path.len())][0] ^= 1 << bit;
                prop_assert!(check(&changed, index as u64, size).is_err());
            }
        }

        #[test]
        fn signed_note_accepts_what_we_sign(seed in any::<[u8; 32]>(), size in any::<u64>(), root in any::<[u8; 32]>()) {
            let signer = NoteSigner::new("daybook.example/clinics/x", &seed).unwrap();
            let signature = signer.sign(&checkpoint::text(signer.name(), size, &root));
            let written = checkpoint::Checkpoint { size, root, signature }.note(&signer.verifier());
            let note = signed_note::Note::from_bytes(written.as_bytes()).unwrap();
            let verifier = signed_note::StandardVerifier::new(&signer.verifier().to_string()).unwrap();
            let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
            let (verified, _) = note.verify(&known).unwrap();
            prop_assert_eq!(verified.len(), 1);
        }
    }
}
