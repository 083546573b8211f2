//! What every form of the storage port has to do, asked of each.

use std::path::{Path, PathBuf};

use daybook_integrations::storage::{ObjectName, Spool, Spooled, Storage, StorageError};
use futures::TryStreamExt;
use uuid::Uuid;

/// A directory of this test's own, gone afterwards.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Self {
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

pub fn name(clinic: u128, visit: u128, file: u128) -> ObjectName {
    let id = Uuid::from_u128;
    ObjectName { clinic: id(clinic).into(), visit: id(visit).into(), file: id(file).into() }
}

pub async fn gathered(spool: &Path, content: &[u8]) -> Spooled {
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
pub async fn behaves(storage: &dyn Storage, spool: &Path) {
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
