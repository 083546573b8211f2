//! What is done to a bundle in one file: what is no plain file of it is never read, and what is cut off is never valid.

use daybook_audit::bundle::tar;
use daybook_audit::{Check, Report, Verdict};

use crate::support::*;

async fn visit() -> Bundle {
    Log::with_two_visits().await.visit().await
}

/// What both say of the tar after a change of its bytes.
fn changed(bundle: &Bundle, change: impl FnOnce(&mut Vec<u8>)) -> Report {
    let place = bundle.tar();
    let mut bytes = std::fs::read(&place).unwrap();
    change(&mut bytes);
    std::fs::write(&place, bytes).unwrap();
    bundle.examine_at(&place).unwrap()
}

#[track_caller]
fn is_invalid(report: &Report, check: Check) {
    assert_eq!(report.verdict, Verdict::Invalid, "{report:?}");
    assert!(report.findings.iter().any(|finding| finding.check == check), "{report:?}");
}

/// The header of a tar as somebody else makes it, its sum right.
fn header(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut header = tar::member("README.md", b"").unwrap();
    change(&mut header);
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

#[tokio::test]
async fn a_tar_that_was_cut_off_anywhere_is_not_valid() {
    let bundle = visit().await;
    let length = std::fs::metadata(bundle.tar()).unwrap().len() as usize;
    for left in [length - 1, length - 512, length - 1024, length - 1025, length / 2, length / 3] {
        is_invalid(&changed(&bundle, |bytes| bytes.truncate(left)), Check::File);
    }
    for left in [0, 1, 511, 512] {
        let place = bundle.tar();
        std::fs::File::options().write(true).open(&place).unwrap().set_len(left).unwrap();
        assert!(bundle.examine_at(&place).is_err(), "{left} bytes are no bundle");
    }
}

#[tokio::test]
async fn nothing_but_plain_files_of_a_bundle_is_taken_from_a_tar() {
    let bundle = visit().await;
    let name = |name: &'static str| {
        move |header: &mut [u8]| {
            header[..100].fill(0);
            header[..name.len()].copy_from_slice(name.as_bytes());
        }
    };
    let kind = |kind: u8| move |header: &mut [u8]| header[156] = kind;
    let members = [
        header(name("../policy")),
        header(name("/etc/passwd")),
        header(name("events/../../policy")),
        header(name("a\nb")),
        // A hard link, a symbolic link, a device, a folder, and the long names of other tars.
        header(kind(b'1')),
        header(kind(b'2')),
        header(kind(b'3')),
        header(kind(b'5')),
        header(kind(b'L')),
        header(kind(b'x')),
        // A size in another base, and more than there is.
        header(|header| header[124] = 0x80),
        header(|header| header[124..136].copy_from_slice(b"77777777777\0")),
        // Somebody's name, a time: there is one header for a file.
        header(|header| header[265] = b'x'),
        header(|header| header[146] = b'1'),
        // The first of the two that are there.
        header(name("checkpoint")),
        vec![b'x'; 512],
    ];
    for member in members {
        let at_the_end = changed(&bundle, |bytes| {
            let end = bytes.len() - tar::END.len();
            bytes.splice(end..end, member.clone());
        });
        is_invalid(&at_the_end, Check::File);
    }
    is_invalid(&changed(&bundle, |bytes| bytes.push(0)), Check::File);
    is_invalid(&changed(&bundle, |bytes| bytes.extend([1; 512])), Check::File);
}

#[tokio::test]
async fn a_file_of_a_tar_that_was_changed_or_added_is_found() {
    let bundle = visit().await;
    let report = changed(&bundle, |bytes| {
        let at = bytes.windows(12).position(|window| window == b"front-desk-7").unwrap();
        bytes[at + 11] = b'8';
    });
    is_invalid(&report, Check::File);
    is_invalid(&report, Check::Event);
    let report = changed(&bundle, |bytes| {
        let end = bytes.len() - tar::END.len();
        bytes.splice(end..end, tar::member("events/000001.jsonl", b"").unwrap());
    });
    is_invalid(&report, Check::File);
}

#[tokio::test]
async fn what_is_neither_a_folder_nor_a_tar_is_said_to_be_neither() {
    let bundle = visit().await;
    let place = bundle.root.with_extension("tar");
    for bytes in [&b"PK\x03\x04"[..], &[0x1f, 0x8b, 8, 0], &[b'x'; 4096], &tar::END] {
        std::fs::write(&place, bytes).unwrap();
        let said = bundle.examine_at(&place).unwrap_err().to_string();
        assert!(said.contains("a bundle is a folder or a tar of one, and this is neither"), "{said}");
    }
    let problem = bundle.examine_at(std::path::Path::new("/dev/null")).unwrap_err();
    assert!(problem.to_string().contains("neither"), "{problem}");
}
