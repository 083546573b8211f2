//! What the log shows the world, checked as an outsider would: from the served bytes alone.

use daybook_ledger::append::Expected;
use daybook_ledger::checkpoint;
use daybook_ledger::merkle::{TilePath, Tree, leaf_hash, verify_consistency, verify_inclusion};

use crate::support::*;

async fn grown(events: usize) -> Log {
    let log = Log::start().await;
    let payloads: Vec<_> = (0..events).map(|_| serde_json::json!({})).collect();
    for (number, chunk) in payloads.chunks(300).enumerate() {
        log.append(&visit(number as u128), Expected::New, chunk).await.unwrap();
    }
    log
}

#[tokio::test]
async fn the_root_follows_from_the_entry_bundles_and_every_proof_holds() {
    let log = grown(700).await;
    let key = log.ledger.verifier(CLINIC).await.unwrap().unwrap();
    let note = log.ledger.head(CLINIC).await.unwrap().unwrap().note(&key);
    let (size, root) = checkpoint::open(&note, &key).unwrap();
    assert_eq!(size, 700);

    let mut tree = Tree::default();
    let mut leaves = Vec::new();
    let mut roots = vec![];
    for path in ["entries/000", "entries/001", "entries/002.p/188"] {
        let bundle = log.ledger.tile(CLINIC, path.parse().unwrap()).await.unwrap().unwrap();
        for entry in bundle.chunks_exact(75) {
            assert_eq!(entry[..2], [0, 73]);
            leaves.push(leaf_hash(&entry[2..]));
            tree.push(leaves[leaves.len() - 1], &mut Vec::new());
            roots.push(tree.root());
        }
    }
    assert_eq!(tree.root(), root);
    assert_eq!(log.ledger.tile(CLINIC, "0/000".parse().unwrap()).await.unwrap().unwrap(), leaves[..256].concat());
    assert_eq!(log.ledger.tile(CLINIC, "1/000.p/2".parse().unwrap()).await.unwrap().unwrap().len(), 64);
    for index in [0, 1, 255, 256, 511, 512, 698, 699] {
        let path = log.ledger.inclusion(CLINIC, index, size).await.unwrap().unwrap();
        verify_inclusion(&leaves[index as usize], index, size, &path, &root).unwrap();
    }
    for old in [1, 255, 256, 257, 512, 600, 699] {
        let path = log.ledger.consistency(CLINIC, old, size).await.unwrap().unwrap();
        verify_consistency(old, &roots[old as usize - 1], size, &root, &path).unwrap();
    }
}

#[tokio::test]
async fn a_tile_the_log_has_not_grown_to_is_not_served() {
    let log = grown(300).await;
    for path in [
        "0/001",
        "0/001.p/45",
        "0/002.p/1",
        "1/000",
        "1/000.p/2",
        "2/000.p/1",
        "63/000",
        "entries/001.p/45",
        "0/x009/x999/x999/x999/x999/x999/999",
    ] {
        let path: TilePath = path.parse().unwrap();
        assert_eq!(log.ledger.tile(CLINIC, path).await.unwrap(), None, "{path}");
    }
    assert!(log.ledger.tile(CLINIC, "0/001.p/44".parse().unwrap()).await.unwrap().is_some());
    assert_eq!(log.ledger.inclusion(CLINIC, 300, 300).await.unwrap(), None);
    assert_eq!(log.ledger.inclusion(CLINIC, 3, 301).await.unwrap(), None);
    assert_eq!(log.ledger.consistency(CLINIC, 0, 300).await.unwrap(), None);
}

#[tokio::test]
async fn postgres_es_reads_the_log_through_the_view() {
    use cqrs_es::persist::PersistedEventRepository;
    use daybook_domain::Visit;
    let log = grown(3).await;
    let repository = postgres_es::PostgresEventRepository::new(log.owner.clone()).with_tables("events", "no_snapshots");
    let events = repository.get_events::<Visit>(&visit(0).id.to_string()).await.unwrap();
    assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(events[0].payload, serde_json::json!({ "checked-in": {} }));
    assert_eq!(events[0].metadata, serde_json::json!({ "actor": "front-desk-7", "role": "front-desk" }));
}
