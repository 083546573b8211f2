//! What every form of the storage port has to do, asked of each.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use daybook_integrations::storage::{LocalStorage, ObjectName, Spool, Spooled, Storage, StorageError};
use futures::TryStreamExt;
use uuid::Uuid;

/// A directory of this test's own, gone afterwards.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("storage-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn name(clinic: u128, visit: u128, file: u128) -> ObjectName {
    let id = Uuid::from_u128;
    ObjectName { clinic: id(clinic).into(), visit: id(visit).into(), file: id(file).into() }
}

async fn gathered(spool: &Path, content: &[u8]) -> Spooled {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let id = Uuid::from_u128(u128::from(NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) << 64);
    let mut gathering = Spool::begin(spool, id.into()).await.unwrap();
    for piece in content.chunks(1000) {
        gathering.write(piece).await.unwrap();
    }
    let gathered = gathering.finish().await.unwrap();
    assert_eq!(gathered.bytes(), content.len() as u64);
    gathered
}

async fn read(storage: &dyn Storage, name: ObjectName) -> Result<Vec<u8>, StorageError> {
    let pieces: Vec<_> = storage.get(name).await?.try_collect().await?;
    Ok(pieces.concat())
}

/// The behaviour of the port, whatever the form.
async fn behaves(storage: &dyn Storage, spool: &Path) {
    let content: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
    let nothing = read(storage, name(1, 1, 1)).await;
    assert!(matches!(nothing, Err(StorageError::Missing)), "{nothing:?}");
    assert!(storage.list(None, 10).await.unwrap().is_empty());

    // What was put there comes back, and nothing is left where it was gathered.
    let names = [name(1, 1, 2), name(1, 1, 1), name(1, 2, 1), name(2, 1, 1)];
    for name in names {
        storage.put(name, gathered(spool, &content).await).await.unwrap();
    }
    assert!(read(storage, name(1, 1, 1)).await.unwrap() == content);
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0);

    // All of them are found, in order, a page at a time.
    let mut sorted = names;
    sorted.sort();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = storage.list(after, 3).await.unwrap();
        after = page.last().map(|kept| kept.name);
        found.extend(page.iter().map(|kept| kept.name));
        if page.len() < 3 {
            break;
        }
    }
    assert_eq!(found, sorted);

    // One that was taken away is gone, and only that one; taking it away again is no fault.
    for _ in 0..2 {
        storage.delete(name(1, 1, 1)).await.unwrap();
    }
    assert!(matches!(read(storage, name(1, 1, 1)).await, Err(StorageError::Missing)));
    assert!(read(storage, name(1, 1, 2)).await.unwrap() == content);
}

#[tokio::test]
async fn a_directory_behaves_as_the_port_says() {
    let place = Place::new("local");
    behaves(&LocalStorage::new(place.0.join("files")), &place.0.join("spool")).await;
}

#[tokio::test]
async fn what_lies_in_the_directory_and_is_not_ours_is_left_alone() {
    let place = Place::new("foreign");
    let storage = LocalStorage::new(place.0.join("files"));
    storage.put(name(1, 1, 1), gathered(&place.0.join("spool"), b"x").await).await.unwrap();
    std::fs::create_dir_all(place.0.join("files/lost+found/a")).unwrap();
    std::fs::write(place.0.join("files/lost+found/a/b"), b"y").unwrap();
    std::fs::write(place.0.join("files/README"), b"y").unwrap();
    let found: Vec<_> = storage.list(None, 10).await.unwrap().iter().map(|kept| kept.name).collect();
    assert_eq!(found, [name(1, 1, 1)]);
}

#[tokio::test]
async fn what_is_given_up_leaves_nothing_and_what_a_crash_left_is_swept_by_age() {
    let place = Place::new("spool");
    let count = || std::fs::read_dir(&place.0).unwrap().count();
    let mut given_up = Spool::begin(&place.0, Uuid::from_u128(1).into()).await.unwrap();
    given_up.write(b"half").await.unwrap();
    assert_eq!(count(), 1);
    drop(given_up);
    assert_eq!(count(), 0);
    drop(gathered(&place.0, b"whole and then refused").await);
    assert_eq!(count(), 0);

    std::fs::write(place.0.join("left-by-a-crash"), b"half").unwrap();
    let now: DateTime<Utc> = SystemTime::now().into();
    let (hour_ago, soon) = (now - TimeDelta::hours(1), now + TimeDelta::minutes(1));
    assert_eq!(Spool::sweep(&place.0, hour_ago).await.unwrap(), 0);
    assert_eq!(Spool::sweep(&place.0, soon).await.unwrap(), 1);
    assert_eq!((count(), Spool::sweep(&place.0.join("nowhere"), soon).await.unwrap()), (0, 0));
}
