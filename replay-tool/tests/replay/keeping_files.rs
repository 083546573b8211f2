//! Files of visits in a backup: all that the log names come back as they were, opened and compared in a drill; whatever is
//! missing, damaged or put there by somebody else is named, and no path leads out of where they belong.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use age::x25519::{Identity, Recipient};
use daybook_audit::bundle::tar;
use daybook_domain::visit::{self, AttachFile, FileRemovalReason, MediaType, RemoveFile, StoredFile};
use daybook_domain::{FileId, Role, Safekeeping, Sha256Hex};
use daybook_ledger::clock::System;
use daybook_ledger::sealing::FilePlace;
use daybook_ledger::{Ids, Loaded, aggregate};
use serde_json::{Value, json};

use crate::issuer::root;
use crate::place::{Place, told};
use crate::rewrapping::erased;
use crate::support::*;

/// Stands in every content here.
const MARK: &[u8] = b"Salbuterex on the left arm";

pub fn content(length: usize) -> Vec<u8> {
    let mut content = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    content.extend_from_slice(MARK);
    content.extend((content.len()..length).map(|at| (at % 253) as u8));
    content
}

/// Where the servers of a test keep files.
pub struct Kept<'a> {
    pub log: &'a Log,
    pub place: &'a Place,
}

impl Kept<'_> {
    fn storage(&self) -> String {
        self.place.file("storage")
    }

    fn path(&self, file: FileId) -> PathBuf {
        path(&self.storage(), file)
    }

    /// Sealed and stored, as a server does it before it tells the log.
    async fn stores(&self, file: FileId, content: &[u8]) {
        let visit: Loaded<visit::Visit> = aggregate::load(&self.log.ledger, CLINIC, VISIT).await.unwrap();
        let place = FilePlace { clinic: CLINIC, visit: VISIT, file: file.0 };
        let sealer = self.log.ledger.sealer();
        let (mut sealed, mut sealing) = sealer.file(place, visit.subject().unwrap()).await.unwrap();
        sealing.push(content, &mut sealed).unwrap();
        sealing.finish(&mut sealed).unwrap();
        std::fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        std::fs::write(self.path(file), sealed).unwrap();
    }

    pub async fn attaches(&self, content: &[u8]) -> FileId {
        let file_id = FileId(System.public());
        self.stores(file_id, content).await;
        let (bytes, sha256) = (content.len() as u64, Sha256Hex::of(&[content]));
        let stored = StoredFile { file_id, media_type: MediaType::Jpeg, bytes, sha256 };
        let attach = AttachFile { name: "rash.jpg".try_into().unwrap() };
        self.log.does(Role::Patient, visit::Command::AttachFile(attach, stored)).await;
        file_id
    }

    pub async fn backed_up(&self, more: &[&str]) -> Answer {
        let (storage, to) = (self.storage(), self.place.file("files.age"));
        let files = ["--storage", &storage, "--files-to", &to];
        self.place.backed_up_with(self.log, &root(), &[&files[..], more].concat()).await
    }

    pub async fn drilled(&self, more: &[&str]) -> Answer {
        let from = self.place.file("files.age");
        self.place.drilled(self.log, "log.identity", &[&["--files-from", &from][..], more].concat()).await
    }

    async fn restored(&self, url: &str, storage: &str) -> Answer {
        let from = self.place.file("files.age");
        self.place.restored(url, &["--files-from", &from, "--storage", storage]).await
    }

    /// The tar, decrypted.
    fn tar(&self) -> Vec<u8> {
        let identity = std::fs::read_to_string(self.place.file("log.identity")).unwrap();
        let identity: Identity = identity.lines().last().unwrap().parse().unwrap();
        let file = std::fs::read(self.place.file("files.age")).unwrap();
        let decryptor = age::Decryptor::new(&file[..]).unwrap();
        let mut tar = Vec::new();
        let identities = std::iter::once(&identity as &dyn age::Identity);
        decryptor.decrypt(identities).unwrap().read_to_end(&mut tar).unwrap();
        tar
    }

    /// Another tar in its place, which what lies beside the backup agrees with.
    fn put_in_its_place(&self, tar: &[u8]) {
        let before = Sha256Hex::of(&[&std::fs::read(self.place.file("files.age")).unwrap()]);
        let recipient: Recipient = self.place.1[0].parse().unwrap();
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).unwrap();
        let mut sealed = Vec::new();
        let mut sink = encryptor.wrap_output(&mut sealed).unwrap();
        sink.write_all(tar).unwrap();
        sink.finish().unwrap();
        std::fs::write(self.place.file("files.age"), &sealed).unwrap();
        let beside = std::fs::read_to_string(self.place.file("log.age.json")).unwrap();
        let beside = beside.replace(before.as_str(), Sha256Hex::of(&[&sealed]).as_str());
        std::fs::write(self.place.file("log.age.json"), beside).unwrap();
    }
}

fn path(storage: &str, file: FileId) -> PathBuf {
    Path::new(storage).join(format!("files/{CLINIC}/{VISIT}/{file}"))
}

fn name(file: FileId) -> String {
    format!("file {file} of visit {VISIT}")
}

fn of_clinic(made: &Value) -> &Value {
    &made["logs"][0]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_attached_is_in_the_backup_is_opened_in_the_drill_and_comes_back() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let files = [kept.attaches(&content(300_000)).await, kept.attaches(&content(65_536)).await];
    // Taken in, and its event not yet appended; and what is no file of ours.
    let unnamed = FileId(System.public());
    kept.stores(unnamed, &content(700)).await;
    std::fs::write(place.file("storage") + "/files/lost+found", b"x").unwrap();
    let made = kept.backed_up(&["--json"]).await;
    made.ended(0, &[]);
    let made = made.json();
    assert_eq!((&made["files"]["count"], &made["files_named"]), (&3.into(), &2.into()), "{made}");
    let sealed = std::fs::read(place.file("files.age")).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    assert_eq!(made["files"]["sha256"], Sha256Hex::of(&[&sealed]).as_str());
    // The log knows of it.
    let known: Loaded<Safekeeping> = aggregate::load(&log.ledger, CLINIC, CLINIC).await.unwrap();
    let known = known.newest_backup().unwrap();
    assert_eq!((&known.files_sha256, known.files_bytes), (&Some(Sha256Hex::of(&[&sealed])), Some(sealed.len() as u64)));

    // Whoever opens this file alone has nothing but sealed bytes, in a tar as any tar reads it.
    let tar = kept.tar();
    assert!(!tar.windows(MARK.len()).any(|window| window == MARK));
    std::fs::write(place.file("files.tar"), &tar).unwrap();
    let listed = std::process::Command::new("tar").args(["-tf", &place.file("files.tar")]).output().unwrap();
    let mut expected = [files[0], files[1], unnamed].map(|file| format!("{CLINIC}/{VISIT}/{file}\n"));
    expected.sort();
    assert_eq!(String::from_utf8(listed.stdout).unwrap(), expected.concat());

    place.drilled(&log, "log.identity", &[]).await.ended(0, &["its 2 files of visits were NOT looked at"]);
    let folder = place.file("certificates");
    let drilled = kept.drilled(&["--certificates", &folder, "--json"]).await;
    drilled.ended(0, &[]);
    let drilled = drilled.json();
    assert_eq!((&of_clinic(&drilled)["files"], &of_clinic(&drilled)["verified_files"]), (&2.into(), &2.into()));
    let certificate = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert!(std::fs::read_to_string(certificate).unwrap().contains("\nverified-files 2\n"));
    kept.drilled(&[]).await.ended(0, &["2 of its 2 files of visits opened and as they were attached"]);

    let (url, storage) = (empty_database().await, place.file("restored"));
    let said = ["a new epoch", "3 files of visits are back in", "of 2 that the logs name 2 were opened"];
    kept.restored(&url, &storage).await.ended(0, &said);
    for file in [files[0], files[1], unnamed] {
        assert!(std::fs::read(path(&storage, file)).unwrap() == std::fs::read(kept.path(file)).unwrap());
    }
    assert!(!Path::new(&storage).join("files.part").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_the_files_says_that_they_are_not_in_it() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    kept.attaches(&content(500)).await;
    place.backed_up(&log).await.ended(0, &["1 files of visits that the logs name are NOT in it", "--storage"]);
    let known: Loaded<Safekeeping> = aggregate::load(&log.ledger, CLINIC, CLINIC).await.unwrap();
    let made = known.newest_backup().unwrap();
    assert_eq!((made.named_files, made.missing_files, made.has_files()), (Some(1), Some(1), Some(false)));
    kept.drilled(&[]).await.ended(2, &["tells of no file of the files of visits"]);
    let said = ["Before the servers are started, bring back the files of visits: the logs name 1."];
    place.restored(&empty_database().await, &[]).await.ended(0, &said);
    let other = Place::new();
    let made = other.backed_up_with(&log, &root(), &["--json"]).await.json();
    assert_eq!((&made["files"], &made["files_named"]), (&Value::Null, &1.into()));
    let nowhere = other.file("nowhere");
    let files = ["--storage", &nowhere, "--files-to", "x"];
    other.backed_up_with(&log, &root(), &files).await.ended(2, &["is no directory"]);
}

/// The same, of the log alone.
async fn status(log: &Log, environment: &[(&str, &str)]) -> Value {
    log.replay_with(&["backup", "status", "--json"], environment).await.json()[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_and_a_drill_without_the_files_are_alarms_until_there_are_some_with_them() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let without = Place::new();
    let kept = Kept { log: &log, place: &place };
    // Where there are no files there is nothing that could be missing.
    let before = Place::new();
    before.backed_up(&log).await.ended(0, &[]);
    before.drilled(&log, "log.identity", &[]).await.ended(0, &["it names no files of visits"]);
    assert_eq!(status(&log, &[]).await["alarms"], json!([]));
    sqlx::query("SELECT pg_sleep(1.1)").execute(&log.owner).await.unwrap();

    let file = kept.attaches(&content(500)).await;
    without.backed_up(&log).await.ended(0, &["NOT in it"]);
    without.drilled(&log, "log.identity", &[]).await.ended(0, &["1 files of visits were NOT looked at"]);
    assert_eq!(status(&log, &[]).await["alarms"], json!([]), "as long as what may be lost");
    let strict = ["backup", "status", "--point-objective", "1s", "--drill-every", "1s"];
    let said = ["FILES OF VISITS are not in the backup", "the FILES OF VISITS were not opened in any drill"];
    let of = |told: &Answer| said.map(|words| told.out.contains(words));
    assert_eq!(of(&log.replay(&strict).await), [true, true]);
    assert_eq!(of(&log.replay_with(&strict, &[("DAYBOOK_FILES_IN_BACKUPS", "false")]).await), [false, false]);

    // The wrong directory, or one that lost a file: it is a backup, and still none with all of them.
    let wrong = Place::new();
    std::fs::create_dir(wrong.file("storage")).unwrap();
    let empty = Kept { log: &log, place: &wrong };
    empty.backed_up(&[]).await.ended(1, &[&format!("{} is not there", name(file))]);
    assert_eq!(of(&log.replay(&strict).await), [true, true]);
    let before = status(&log, &[]).await;
    assert!(before["files_backup_begun_at"].as_str() < before["backup_begun_at"].as_str(), "{before}");

    kept.backed_up(&[]).await.ended(0, &["1 files of visits"]);
    kept.drilled(&[]).await.ended(0, &["1 of its 1 files of visits opened"]);
    assert_eq!(of(&log.replay(&strict).await), [false, false]);
    let after = status(&log, &[]).await;
    assert_eq!(after["alarms"], json!([]));
    for of in ["backup_begun_at", "drill_passed_at"] {
        assert_eq!(after[of], after[format!("files_{of}")], "{after}");
    }
    log.replay(&["verify"]).await.ended(0, &["valid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_of_another_length_is_named_by_the_backup_the_drill_and_the_restore() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let [gone, cut, whole, removed] = [
        kept.attaches(&content(500)).await,
        kept.attaches(&content(70_000)).await,
        kept.attaches(&content(600)).await,
        kept.attaches(&content(800)).await,
    ];
    let (reason, details) = (FileRemovalReason::AnotherPatient, None);
    log.does(Role::Patient, visit::Command::RemoveFile(RemoveFile { file_id: removed, reason, details })).await;
    std::fs::remove_file(kept.path(gone)).unwrap();
    // Nobody can ask for that one any more.
    std::fs::remove_file(kept.path(removed)).unwrap();
    let bytes = std::fs::read(kept.path(cut)).unwrap();
    std::fs::write(kept.path(cut), &bytes[..bytes.len() - 1]).unwrap();
    let said = [format!("{} is not there", name(gone)), format!("{} has another length", name(cut))];
    let said = [&*said[0], &*said[1]];
    let made = kept.backed_up(&[]).await;
    made.ended(1, &said);
    assert!(!made.out.contains(&name(removed)) && !made.out.contains(&name(whole)), "{made:?}");
    let drilled = kept.drilled(&[]).await;
    drilled.ended(1, &[&said[..], &["NOT as it was written", "1 of its 3 files of visits"]].concat());
    assert!(!drilled.out.contains(&name(removed)) && !drilled.out.contains(&name(whole)), "{drilled:?}");
    let known: Loaded<Safekeeping> = aggregate::load(&log.ledger, CLINIC, CLINIC).await.unwrap();
    assert_eq!(known.last_drill().map(|drill| (drill.wrong, drill.verified_files)), Some((2, Some(1))));
    // A clinic goes on without two files, and knows which.
    let (url, storage) = (empty_database().await, place.file("restored"));
    kept.restored(&url, &storage).await.ended(1, &[&said[..], &["a new epoch"]].concat());
    assert_eq!(std::fs::read(path(&storage, cut)).unwrap(), bytes[..bytes.len() - 1]);
    Log::of(url).await.ledger.may_append(CLINIC).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_erased_patient_nobody_misses_a_file_and_one_that_is_there_opens_for_nobody() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let [there, gone] = [kept.attaches(&content(500)).await, kept.attaches(&content(600)).await];
    std::fs::remove_file(kept.path(gone)).unwrap();
    kept.backed_up(&[]).await.ended(1, &[&format!("{} is not there", name(gone))]);
    erased(&log).await;
    let later = Place::new();
    let after = Kept { log: &log, place: &later };
    std::os::unix::fs::symlink(kept.storage(), after.storage()).unwrap();
    after.backed_up(&[]).await.ended(0, &["1 files of visits"]);
    after.drilled(&[]).await.ended(0, &["it names no files of visits"]);
    let storage = later.file("restored");
    after.restored(&empty_database().await, &storage).await.ended(0, &["of 0 that the logs name 0 were opened"]);
    assert!(same(&kept.path(there), &path(&storage, there)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_or_sealed_by_somebody_else_is_not_what_was_attached() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let [changed, resealed, swapped, other, whole] = [
        kept.attaches(&content(200_000)).await,
        kept.attaches(&content(500)).await,
        kept.attaches(&content(600)).await,
        kept.attaches(&content(600)).await,
        kept.attaches(&content(100)).await,
    ];
    let mut bytes = std::fs::read(kept.path(changed)).unwrap();
    bytes[150_000] ^= 1;
    std::fs::write(kept.path(changed), bytes).unwrap();
    // By somebody who has the keys: it opens, and is another content.
    kept.stores(resealed, &content(501)[1..]).await;
    std::fs::copy(kept.path(other), kept.path(swapped)).unwrap();
    kept.backed_up(&[]).await.ended(0, &["5 files of visits"]);
    let drilled = kept.drilled(&[]).await;
    let said = [changed, resealed, swapped].map(|file| format!("{} is not what was attached", name(file)));
    drilled.ended(1, &[&said[0], &said[1], &said[2], "2 of its 5 files"]);
    assert!(!drilled.out.contains(&name(whole)) && !drilled.out.contains(&name(other)), "{drilled:?}");
    sqlx::query("DELETE FROM keys.data_keys").execute(&log.owner).await.unwrap();
    let keyless = Place::new();
    let without = Kept { log: &log, place: &keyless };
    std::os::unix::fs::symlink(kept.storage(), without.storage()).unwrap();
    without.backed_up(&[]).await.ended(0, &[]);
    without.drilled(&[]).await.ended(1, &["KeyMissing", &format!("{} cannot be opened", name(whole))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_and_nothing_but_plain_files_is_read() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let file = kept.attaches(&content(500)).await;
    kept.backed_up(&[]).await.ended(0, &[]);
    let honest = kept.tar();
    let own = format!("{CLINIC}/{VISIT}/{file}");
    // As many bytes as the id had: the header's sum is made to agree.
    let renamed = |to: &str, kind: u8| {
        let mut tar = honest.clone();
        assert_eq!(tar::read(tar[..512].try_into().unwrap()).unwrap().0, own);
        tar[..100].fill(0);
        tar[345..500].fill(0);
        tar[..to.len()].copy_from_slice(to.as_bytes());
        tar[156] = kind;
        tar[148..156].fill(b' ');
        let sum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum();
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar
    };
    let plain = "it has something other than a plain file named by three ids";
    let twice = [&honest[..honest.len() - 1024], &honest].concat();
    let hostile = [
        (renamed("../../../outside", b'0'), plain),
        (renamed("/tmp/outside", b'0'), plain),
        (renamed(&format!("{CLINIC}/{VISIT}/.."), b'0'), plain),
        (renamed("short", b'2'), plain),
        (renamed("short", b'5'), plain),
        (b"hello".to_vec(), "it ends before its end"),
        (honest[..600].to_vec(), "it ends before its end"),
        (honest[..honest.len() - 512].to_vec(), "it ends before its end"),
        ([&honest[..], b"x"].concat(), "something comes after its end"),
        (twice, "is not in its order"),
    ];
    let url = empty_database().await;
    for (at, (tar, said)) in hostile.into_iter().enumerate() {
        kept.put_in_its_place(&tar);
        let storage = place.file(&format!("restored-{at}/storage"));
        kept.restored(&url, &storage).await.ended(2, &[said, "are not put back"]);
        assert!(!Path::new(&storage).join("files").exists());
        assert!(!Path::new(&place.file("outside")).exists() && !Path::new("/tmp/outside").exists());
    }
    // Nobody appends before they are back; the same restore goes on.
    let refused = Log::of(url.clone()).await.ledger.may_append(CLINIC).await.unwrap_err().to_string();
    assert!(refused.contains("it is being restored"), "{refused}");
    kept.drilled(&[]).await.ended(2, &["is not in its order", "is not the files of a backup"]);
    kept.put_in_its_place(&honest);
    // Where other files lie nothing is changed.
    let others = place.file("others");
    std::fs::create_dir_all(path(&others, file).parent().unwrap()).unwrap();
    std::fs::write(path(&others, file), b"other").unwrap();
    kept.restored(&url, &others).await.ended(2, &["other files than those of the backup; nothing was changed"]);
    assert_eq!(std::fs::read(path(&others, file)).unwrap(), b"other");
    let sealed = std::fs::read(place.file("files.age")).unwrap();
    std::fs::write(place.file("files.age"), &sealed[..sealed.len() - 1]).unwrap();
    kept.restored(&url, &place.file("restored")).await.ended(2, &["files.age is not the file that"]);
    std::fs::write(place.file("files.age"), sealed).unwrap();
    kept.restored(&url, &place.file("restored")).await.ended(0, &["a new epoch"]);
    assert!(std::fs::read(path(&place.file("restored"), file)).unwrap() == std::fs::read(kept.path(file)).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_the_storage_is_not_followed_and_not_left_out() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let file = kept.attaches(&content(500)).await;
    std::fs::rename(kept.path(file), place.file("elsewhere")).unwrap();
    std::os::unix::fs::symlink(place.file("elsewhere"), kept.path(file)).unwrap();
    kept.backed_up(&[]).await.ended(2, &["is no plain file"]);
    assert!(!Path::new(&place.file("files.age")).exists() && !Path::new(&place.file("log.age.json")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tells_the_log_later_shows_that_the_files_are_there_too() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    kept.attaches(&content(500)).await;
    kept.backed_up(&[]).await.ended(0, &[]);
    place.recorded(&log, &[]).await.ended(2, &["--files-from says where it is"]);
    let from = place.file("files.age");
    place.recorded(&log, &["--files-from", &from]).await.ended(0, &["0 of 1 logs were told"]);
    // One of before anybody said how many files there are: with a file of files it has them, as far as anybody knows.
    let beside = std::fs::read_to_string(place.file("log.age.json")).unwrap();
    let mut said: Value = serde_json::from_str(&beside).unwrap();
    assert_eq!(
        said.as_object_mut().unwrap().remove("files_of").unwrap()[id(CLINIC)],
        json!({ "named": 1, "missing": 0 })
    );
    std::fs::write(place.file("log.age.json"), said.to_string()).unwrap();
    place.recorded(&log, &["--files-from", &from]).await.ended(0, &["0 of 1 logs were told"]);
    kept.drilled(&[]).await.ended(0, &["1 of its 1 files of visits opened"]);
    std::fs::write(&from, b"another").unwrap();
    place.recorded(&log, &["--files-from", &from]).await.ended(2, &["files.age is not the file that"]);
}

/// The largest file that is taken in, through a backup and back: at no time is it in memory, nor half of it.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_file_goes_through_in_pieces() {
    const BYTES: usize = visit::MOST_FILE_BYTES as usize;
    let (log, place) = (Log::checked_in().await, Place::new());
    let kept = Kept { log: &log, place: &place };
    let file = kept.attaches(&content(BYTES)).await;
    let [to, keys, files] = ["log.age", "keys.age", "files.age"].map(|name| place.file(name));
    let [recipient, keys_recipient] = &place.1;
    let (storage, back) = (kept.storage(), place.file("restored"));
    let make = ["backup", "make", "--to", &to, "--keys-to", &keys, "--files-to", &files, "--storage", &storage];
    let recipients = ["--recipient", recipient, "--keys-recipient", keys_recipient];
    let made = most_memory(&log.url, &[&make[..], &recipients[..]].concat()).await;
    let restore = place.restoring(&["--files-from", &files, "--storage", &back]);
    let restore: Vec<&str> = restore.iter().map(String::as_str).collect();
    let restored = most_memory(&empty_database().await, &restore).await;
    assert!(same(&kept.path(file), &path(&back, file)));
    println!("{made} and {restored} bytes of memory for a file of {BYTES}");
    assert!(made < BYTES / 2 && restored < BYTES / 2, "{made}, {restored}");
}

/// What the program has of its own in memory at most, looked at every few milliseconds while it does well.
async fn most_memory(url: &str, arguments: &[&str]) -> usize {
    let mut command = program(url, arguments, &told(&root()));
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (status, mut most) = (format!("/proc/{}/status", running.id()), 0);
    loop {
        // Of one that has ended nothing is told.
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let anonymous = told.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
        most = most.max(anonymous.map_or(0, |kilobytes| kilobytes.parse::<usize>().unwrap() * 1024));
        if let Some(ended) = running.try_wait().unwrap() {
            assert!(ended.success() && most > 0);
            return most;
        }
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
}

/// Killed at ten places each: a backup that something lies beside has its files, and a restore that is done again ends with all
/// of them; once a server could run they are there.
#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_no_backup_lacks_its_files_and_no_restore_half_of_them() {
    const PLACES: u32 = 10;
    let log = Log::checked_in().await;
    let whole = Place::new();
    let kept = Kept { log: &log, place: &whole };
    let mut files = Vec::new();
    for _ in 0..20 {
        files.push(kept.attaches(&content(200_000)).await);
    }
    let begun = Instant::now();
    kept.backed_up(&[]).await.ended(0, &[]);
    let made_in = begun.elapsed();
    let (storage, mut finished) = (kept.storage(), 0);
    for kill in 0..PLACES {
        let place = Place::new();
        let [to, keys, files] = ["log.age", "keys.age", "files.age"].map(|name| place.file(name));
        let [recipient, keys_recipient] = &place.1;
        let arguments =
            ["backup", "make", "--to", &to, "--keys-to", &keys, "--files-to", &files, "--storage", &storage];
        let recipients = ["--recipient", recipient, "--keys-recipient", keys_recipient];
        killed(&log.url, &[&arguments[..], &recipients[..]].concat(), made_in * kill / PLACES).await;
        if Path::new(&(to + ".json")).exists() {
            finished += 1;
            place.drilled(&log, "log.identity", &["--files-from", &files]).await.ended(0, &["20 of its 20 files"]);
        }
    }
    let begun = Instant::now();
    kept.restored(&empty_database().await, &whole.file("first")).await.ended(0, &[]);
    let restored_in = begun.elapsed();
    let (mut before, mut between, mut after) = (0, 0, 0);
    for kill in 0..PLACES {
        let (url, storage, from) =
            (empty_database().await, whole.file(&format!("restored-{kill}")), whole.file("files.age"));
        let arguments = whole.restoring(&["--files-from", &from, "--storage", &storage]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        killed(&url, &arguments, restored_in * kill / PLACES).await;
        let all_there = || files.iter().all(|file| same(&kept.path(*file), &path(&storage, *file)));
        match (Path::new(&storage).exists(), Path::new(&storage).join("files").exists()) {
            (false, _) => before += 1,
            (true, false) => between += 1,
            (true, true) => {
                after += 1;
                assert!(all_there(), "half of them");
            }
        }
        let owner = sqlx::PgPool::connect(&url).await.unwrap();
        let recovered = "SELECT EXISTS (SELECT FROM ledger.restorations WHERE step = 'recovered')";
        let recovered: bool = sqlx::query_scalar(recovered).fetch_one(&owner).await.unwrap();
        assert!(!recovered || all_there(), "a server could run without them");
        let again = kept.restored(&url, &storage).await;
        match recovered {
            true => again.ended(2, &["the database is not empty"]),
            false => again.ended(0, &["of 20 that the logs name 20 were opened"]),
        }
        assert!(all_there() && !Path::new(&storage).join("files.part").exists());
    }
    println!("backups finished {finished}; restores killed before {before}, between {between}, after {after}");
    assert!(before > 0 && between + after > 0, "killed before {before}, between {between}, after {after}");
}

fn same(one: &Path, other: &Path) -> bool {
    std::fs::read(other).is_ok_and(|other| other == std::fs::read(one).unwrap())
}

async fn killed(url: &str, arguments: &[&str], after: std::time::Duration) {
    let mut command = program(url, arguments, &told(&root()));
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(after).await;
    running.kill().unwrap();
    running.wait().unwrap();
    // What the killed program had begun the database may be about to end.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}
