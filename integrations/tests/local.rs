//! The local form of the storage, and the spool in front of every form.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod port;

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use daybook_integrations::storage::{LocalStorage, Spool, Storage};
use uuid::Uuid;

use port::{Place, behaves, gathered, name};

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
