//! Files whose stored bytes are not what they were, or whose key is gone: never shown as if they were whole.

use std::path::{Path, PathBuf};

use reqwest::Method;

use super::files::{photograph, stored};
use crate::support::{App, Visit};

/// Sends a photograph; gives its path in the API and in the storage.
async fn sent(visit: &Visit, bytes: usize) -> (String, PathBuf) {
    let sent = visit.photo(&visit.patient.client, &photograph(bytes, 0)).await.written();
    let id = sent["file_id"].as_str().unwrap().to_owned();
    let path = stored(visit.clinic.app.storage()).into_iter().find(|path| path.ends_with(Path::new(&id)));
    (visit.file(&sent), path.expect("it is stored"))
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = std::fs::read(path).unwrap();
    change(&mut content);
    std::fs::write(path, content).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_that_was_changed_cut_off_or_exchanged_is_refused() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (other_path, other) = sent(&visit, 600).await;
    type Change<'a> = Box<dyn FnOnce(&mut Vec<u8>) + 'a>;
    let changes: [Change<'_>; 6] = [
        Box::new(|content| content[200] ^= 1),
        Box::new(|content| content[20] ^= 1),
        Box::new(|content| content.truncate(content.len() - 1)),
        Box::new(|content| content.truncate(30)),
        Box::new(|content| content.push(0)),
        Box::new(|content| *content = std::fs::read(&other).unwrap()),
    ];
    for damage in changes {
        let (path, stored) = sent(&visit, 500).await;
        change(&stored, damage);
        visit.provider.client.get(&path).await.refused(500, "file-damaged");
    }
    let (path, stored) = sent(&visit, 500).await;
    std::fs::remove_file(stored).unwrap();
    visit.provider.client.get(&path).await.refused(500, "file-damaged");
    assert_eq!(visit.provider.client.request(Method::GET, &other_path).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_that_was_damaged_at_its_end_never_ends_well() {
    let visit = App::start().await.with_clinic().await.visit().await;
    for cut in [true, false] {
        let (path, stored) = sent(&visit, 400_000).await;
        change(&stored, |content| {
            let last = content.len() - 1;
            if cut { content.truncate(last) } else { content[last] ^= 1 }
        });
        let answer = visit.provider.client.request(Method::GET, &path).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.content_length()), (200, Some(400_000)));
        assert!(answer.bytes().await.is_err(), "fewer bytes than were announced are an error to every client");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_patients_key_every_copy_of_a_file_is_gone() {
    let app = App::start().await;
    let visit = app.with_clinic().await.visit().await;
    let (path, _) = sent(&visit, 500).await;
    let gone = sqlx::query("DELETE FROM keys.data_keys WHERE patient_id = $1").bind(visit.patient.id);
    assert_eq!(gone.execute(&app.owner).await.unwrap().rows_affected(), 1);
    // A server that never had the key in memory.
    let server = app.another_server().await;
    let provider = visit.provider.client.through(&server);
    provider.get(&path).await.refused(410, "file-unreadable");
    let listed = provider.get(&visit.path("files")).await.ok();
    assert_eq!(listed["files"][0]["name"], serde_json::json!({ "key_missing": true }));
    server.stop.stop().await;
}
