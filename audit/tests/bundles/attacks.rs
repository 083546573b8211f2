//! What is done to a bundle by somebody with an editor, by somebody who covers it up, and by the operator, who holds the
//! log's key and can sign what they like.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, Utc};
use daybook_audit::Check;
use daybook_audit::bundle::{CHECKPOINT, EventLine, MANIFEST, STATEMENT, Scope};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::format::hexadecimal;
use daybook_ledger::note::NoteSigner;
use daybook_ledger::statement;
use sha2::{Digest, Sha256};

use crate::support::*;

const EVENTS: &str = "events/000000.jsonl";

/// The bundle of a visit's two acts, at positions 0 and 303, and one read, at 301.
async fn visit() -> Bundle {
    Log::with_two_visits().await.visit().await
}

/// Changes one line of the events.
fn line(number: usize, change: impl FnOnce(&mut EventLine)) -> impl FnOnce(String) -> String {
    move |text| {
        let mut lines: Vec<_> =
            text.split_inclusive('\n').map(|line| EventLine::read(line.as_bytes()).unwrap()).collect();
        change(&mut lines[number]);
        lines.iter().map(|line| String::from_utf8(line.line()).unwrap()).collect()
    }
}

/// The event as somebody makes it who computes its hash again.
fn rehashed(event: &mut EventLine) {
    let stream = event.stream().unwrap();
    event.hash = hexadecimal(&event.computed_hash(CLINIC, &stream).unwrap());
}

#[tokio::test]
async fn any_changed_byte_of_any_file_is_found() {
    let bundle = visit().await;
    for file in bundle.manifest().files {
        let whole = bundle.text(&file.path);
        bundle.edit(&file.path, |text| format!("{text}x"));
        bundle.is_invalid(Check::File, None);
        std::fs::write(bundle.root.join(&file.path), whole).unwrap();
    }
    bundle.is_valid();
}

#[tokio::test]
async fn a_changed_event_is_named_whichever_part_was_changed() {
    type Change = fn(&mut EventLine);
    let changes: [Change; 8] = [
        |event| event.payload = event.payload.replace("false", "true"),
        |event| event.metadata = event.metadata.replace("front-desk-7", "front-desk-8"),
        |event| event.event_type = "admitted".into(),
        |event| event.event_version = "1.1".into(),
        |event| event.recorded_at += 1,
        |event| event.event_id = VISIT,
        |event| event.sealed_sha256 = "0".repeat(64),
        |event| event.sequence = 3,
    ];
    for change in changes {
        let bundle = visit().await;
        bundle.edit_as_operator(EVENTS, line(2, change));
        bundle.is_invalid(Check::Event, 303);
    }
}

#[tokio::test]
async fn an_event_whose_hash_was_computed_again_is_not_in_the_log() {
    let bundle = visit().await;
    bundle.edit_as_operator(
        EVENTS,
        line(2, |event| {
            event.payload = "{\"returning\":true}".into();
            rehashed(event);
        }),
    );
    bundle.is_invalid(Check::Inclusion, 303);
}

#[tokio::test]
async fn a_stream_written_anew_with_all_its_hashes_is_not_in_the_log() {
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, |text| {
        let mut lines: Vec<_> =
            text.split_inclusive('\n').map(|line| EventLine::read(line.as_bytes()).unwrap()).collect();
        lines[0].metadata = "{\"actor\":\"somebody-else\"}".into();
        rehashed(&mut lines[0]);
        lines[2].prev_hash = lines[0].hash.clone();
        rehashed(&mut lines[2]);
        lines.iter().map(|line| String::from_utf8(line.line()).unwrap()).collect()
    });
    bundle.is_invalid(Check::Inclusion, 0);
    bundle.is_invalid(Check::Inclusion, 303);
}

#[tokio::test]
async fn an_event_that_was_left_out_is_missed() {
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, |text| text.split_inclusive('\n').skip(1).collect());
    bundle.is_invalid(Check::Sequence, 303);
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, |text| text.split_inclusive('\n').take(2).collect());
    bundle.edit_manifest(Some(&operator()), |manifest| manifest.events = 2);
    bundle.is_invalid(Check::StreamHead, None);
}

#[tokio::test]
async fn a_shorter_stream_passes_only_by_a_lie_that_the_operator_signed_and_every_entry_shows_it() {
    let bundle = Log::with_two_visits().await.export(Scope::Visit { visit_id: VISIT }, true).await;
    bundle.edit(EVENTS, |text| text.split_inclusive('\n').take(2).collect());
    bundle.edit_manifest(Some(&operator()), |manifest| manifest.events = 2);
    bundle.is_invalid(Check::StreamHead, None);
}

#[tokio::test]
async fn events_in_another_order_or_twice_are_named() {
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, |text| text.split_inclusive('\n').rev().collect());
    bundle.is_invalid(Check::Position, 0);
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, |text| text.split_inclusive('\n').flat_map(|line| [line, line]).collect());
    bundle.is_invalid(Check::Position, 303);
    bundle.is_invalid(Check::Sequence, 303);
}

#[tokio::test]
async fn an_event_moved_to_another_stream_or_clinic_is_named() {
    let bundle = visit().await;
    bundle.edit_as_operator(EVENTS, line(2, |event| event.stream_id = PATIENT));
    bundle.is_invalid(Check::Event, 303);
    bundle.is_invalid(Check::Manifest, 303);
    let bundle = visit().await;
    bundle.edit_manifest(Some(&operator()), |manifest| manifest.clinic_id = VISIT);
    bundle.is_invalid(Check::Checkpoint, None);
    bundle.is_invalid(Check::Event, 0);
}

#[tokio::test]
async fn a_line_that_is_written_in_another_way_is_no_event() {
    for (from, to) in [
        ("{\"position\"", "{ \"position\""),
        ("\"sequence\":1,", "\"sequence\":1,\"sequence\":1,"),
        ("\"sequence\":1,", "\"sequence\":1.0,"),
        ("visit", "v\\u0069sit"),
        ("\n", "\r\n"),
        ("\"position\":0", "\"position\":-1"),
    ] {
        let bundle = visit().await;
        bundle.edit_as_operator(EVENTS, |text| text.replacen(from, to, 1));
        bundle.is_invalid(Check::Event, None);
    }
}

#[tokio::test]
async fn a_proof_that_is_too_short_too_long_padded_or_of_another_event_proves_nothing() {
    const PROOF: &str = "proofs/303.tlog-proof";
    let without_line = |number: usize| {
        move |text: String| {
            let lines = text.split_inclusive('\n').enumerate().filter(|(index, _)| *index != number);
            lines.map(|(_, line)| line).collect::<String>()
        }
    };
    type Change = Box<dyn FnOnce(String) -> String>;
    let changes: Vec<Change> = vec![
        Box::new(without_line(2)),
        Box::new(|text| text.replacen("index 303\n", &format!("index 303\n{}\n", STANDARD.encode([0; 32])), 1)),
        Box::new(|text| text.replacen("index 303", "index 0303", 1)),
        Box::new(|text| text.replacen("index 303", "index 301", 1)),
        Box::new(|text| text.replace('\n', "\r\n")),
        Box::new(|text| text[..40].to_owned()),
        Box::new(|text| text.replacen("=\n", "\n", 1)),
        Box::new(|_| String::new()),
    ];
    for change in changes {
        let bundle = visit().await;
        bundle.edit_as_operator(PROOF, change);
        bundle.is_invalid(Check::Inclusion, 303);
    }
    let bundle = visit().await;
    let other = bundle.text("proofs/301.tlog-proof");
    bundle.edit_as_operator(PROOF, |_| other);
    bundle.is_invalid(Check::Inclusion, 303);
}

/// What an operator who cannot prove an event might put in the place of a text: it is listed, signed for, and none.
fn no_texts() -> [Vec<u8>; 3] {
    [vec![0xff], vec![b'x'; 64 * 1024 + 1], Vec::new()]
}

#[tokio::test]
async fn a_proof_that_is_no_text_proves_nothing() {
    for bytes in no_texts() {
        let bundle = visit().await;
        std::fs::write(bundle.root.join("proofs/303.tlog-proof"), bytes).unwrap();
        bundle.edit_manifest(Some(&operator()), |_| {});
        bundle.is_invalid(Check::Inclusion, 303);
    }
}

#[tokio::test]
async fn a_stream_head_that_is_no_text_states_nothing() {
    for bytes in no_texts() {
        let bundle = visit().await;
        std::fs::write(bundle.root.join("stream-heads/visit/00000000-0000-0000-0000-000000000001"), bytes).unwrap();
        bundle.edit_manifest(Some(&operator()), |_| {});
        bundle.is_invalid(Check::StreamHead, None);
    }
}

#[tokio::test]
async fn a_proof_or_a_stream_head_that_was_left_out_makes_the_bundle_incomplete() {
    for left_out in ["proofs/303.tlog-proof", "stream-heads/visit/00000000-0000-0000-0000-000000000001"] {
        let bundle = visit().await;
        std::fs::remove_file(bundle.root.join(left_out)).unwrap();
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.files.retain(|file| file.path != left_out));
        assert_eq!(bundle.examine().verdict, daybook_audit::Verdict::Incomplete);
    }
}

#[tokio::test]
async fn a_checkpoint_with_another_size_root_origin_or_signature_is_not_believed() {
    let lines: [(usize, &str); 3] =
        [(0, "daybook.other/clinics/demo"), (1, "305"), (2, "GFwSVzlOix3QR8GJpQ+1mOMiHEszrnPzfY3iziLATnw=")];
    for (number, other) in lines {
        let bundle = visit().await;
        bundle.edit_as_operator(CHECKPOINT, |text| {
            text.split('\n')
                .enumerate()
                .map(|(index, line)| if index == number { other } else { line })
                .collect::<Vec<_>>()
                .join("\n")
        });
        bundle.is_invalid(Check::Checkpoint, None);
    }
    for change in [
        |text: String| text.replace('\n', "\r\n"),
        |text: String| format!("{text}\n"),
        |text: String| text.replacen("304", "0304", 1),
    ] {
        let bundle = visit().await;
        bundle.edit_as_operator(CHECKPOINT, change);
        bundle.is_invalid(Check::Checkpoint, None);
    }
}

#[tokio::test]
async fn another_log_that_the_operator_signed_does_not_hold_the_events() {
    let bundle = visit().await;
    let forged = daybook_ledger::checkpoint::text(operator().name(), 304, &[9; 32]);
    bundle.edit_as_operator(CHECKPOINT, |_| signed(&forged, &operator()));
    bundle.is_invalid(Check::Inclusion, 0);
    bundle.is_invalid(Check::StreamHead, None);
}

#[tokio::test]
async fn a_signature_by_a_key_the_policy_does_not_name_is_worth_nothing() {
    let stranger = NoteSigner::new(operator().name(), &[66; 32]).unwrap();
    let bundle = visit().await;
    let text = bundle.text(CHECKPOINT);
    let head = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    bundle.edit_as_operator(CHECKPOINT, |_| signed(&head, &stranger));
    bundle.is_invalid(Check::Checkpoint, None);
    let bundle = visit().await;
    bundle.edit_manifest(Some(&stranger), |_| {});
    bundle.is_invalid(Check::Statement, None);
    let bundle = visit().await;
    let text = bundle.text(STATEMENT);
    bundle.edit_as_operator("stream-heads/visit/00000000-0000-0000-0000-000000000001", |_| text);
    bundle.is_invalid(Check::StreamHead, None);
}

#[tokio::test]
async fn one_wrong_signature_by_a_known_key_spoils_what_another_known_key_signed() {
    let other = NoteSigner::new(operator().name(), &[66; 32]).unwrap();
    let mut bundle = visit().await;
    bundle.policy = format!("log {}\n{}", other.verifier(), bundle.policy);
    bundle.is_valid();
    bundle.edit_as_operator(CHECKPOINT, |note| format!("{note}{}", other.verifier().line(&[0; 64])));
    bundle.is_invalid(Check::Checkpoint, None);
    bundle.edit(STATEMENT, |note| format!("{note}{}", other.verifier().line(&[0; 64])));
    bundle.is_invalid(Check::Statement, None);
}

#[tokio::test]
async fn a_line_that_is_no_signature_spoils_a_note() {
    for line in
        ["", "x", "\u{2014} a+b AAAAAAA=", "\u{2014} a\tb AAAAAAA=", "\u{2014} x AAAAAA==", "\u{2014} x AAAAAAB="]
    {
        let bundle = visit().await;
        bundle.edit(STATEMENT, |note| format!("{note}{line}\n"));
        bundle.is_invalid(Check::Statement, None);
    }
    let bundle = visit().await;
    bundle.edit(STATEMENT, |note| note + &"\u{2014} x AAAAAAA=\n".repeat(63));
    bundle.is_valid();
    bundle.edit(STATEMENT, |note| note + "\u{2014} x AAAAAAA=\n");
    bundle.is_invalid(Check::Statement, None);
}

#[tokio::test]
async fn files_added_removed_or_covered_up_in_the_manifest_are_found() {
    let bundle = visit().await;
    std::fs::write(bundle.root.join("events/000001.jsonl"), "").unwrap();
    bundle.is_invalid(Check::File, None);
    let bundle = visit().await;
    std::fs::remove_file(bundle.root.join("README.md")).unwrap();
    bundle.is_invalid(Check::File, None);
    let bundle = visit().await;
    bundle.edit("README.md", |text| text + "Nothing happened.");
    bundle.edit_manifest(None, |_| {});
    bundle.is_invalid(Check::Statement, None);
    let bundle = visit().await;
    bundle.edit(MANIFEST, |text| text.replacen("\"clinic_id\"", "\"clinic\"", 1));
    bundle.is_invalid(Check::Manifest, None);
    let bundle = Log::with_two_visits().await.export(Scope::Clinic {}, false).await;
    bundle.edit(MANIFEST, |text| text.replacen("\"kind\"", "\"visit_id\": 1, \"kind\"", 1));
    bundle.is_invalid(Check::Manifest, None);
}

#[tokio::test]
async fn no_path_leaves_the_folder_and_no_link_is_followed() {
    for path in ["../policy", "/etc/hostname", "events/../../policy", "tile//entries", "events\\..", "a\nb"] {
        let bundle = visit().await;
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.files[0].path = path.into());
        bundle.is_invalid(Check::Manifest, None);
    }
    let bundle = visit().await;
    std::fs::remove_file(bundle.root.join("README.md")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", bundle.root.join("README.md")).unwrap();
    bundle.is_invalid(Check::File, None);
}

#[tokio::test]
async fn a_file_longer_than_the_manifest_says_is_not_read() {
    let bundle = visit().await;
    let file = std::fs::OpenOptions::new().write(true).open(bundle.root.join("README.md")).unwrap();
    file.set_len(1 << 40).unwrap();
    bundle.is_invalid(Check::File, None);
}

#[tokio::test]
async fn an_entry_of_the_log_that_was_changed_has_another_root() {
    let bundle = Log::with_two_visits().await.export(Scope::Clinic {}, false).await;
    let path = bundle.root.join("tile/entries/000");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[70] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    bundle.edit_manifest(Some(&operator()), |_| {});
    bundle.is_invalid(Check::Root, None);
    bundle.is_invalid(Check::Inclusion, 0);
}

#[tokio::test]
async fn entries_of_another_form_are_no_log_and_hold_no_event() {
    for at in [7 * 75, 7 * 75 + 1, 7 * 75 + 2] {
        let bundle = Log::with_two_visits().await.export(Scope::Clinic {}, false).await;
        let path = bundle.root.join("tile/entries/000");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        bundle.edit_manifest(Some(&operator()), |_| {});
        bundle.is_invalid(Check::Root, None);
        bundle.is_invalid(Check::Inclusion, 0);
        bundle.is_invalid(Check::Inclusion, 303);
    }
}

#[tokio::test]
async fn events_of_a_whole_log_in_another_order_are_named_and_the_rest_is_still_in_the_log() {
    let swapped = |text: String| {
        let mut lines: Vec<_> = text.split_inclusive('\n').collect();
        lines.swap(10, 290);
        lines.concat()
    };
    let bundle = Log::with_two_visits().await.export(Scope::Clinic {}, false).await;
    bundle.edit_as_operator(EVENTS, swapped);
    let findings = bundle.examine().findings;
    let of = |check| -> Vec<_> {
        findings.iter().filter(|finding| finding.check == check).filter_map(|finding| finding.position).collect()
    };
    assert_eq!((of(Check::Position), of(Check::Inclusion)), (vec![290, 11, 10, 291], vec![]));
}

#[tokio::test]
async fn a_checkpoint_of_another_size_than_the_manifest_says_proves_nothing() {
    for entries in [false, true] {
        let bundle = Log::with_two_visits().await.export(Scope::Visit { visit_id: VISIT }, entries).await;
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.size = 303);
        bundle.is_invalid(Check::Checkpoint, None);
    }
}

#[tokio::test]
async fn a_whole_log_without_its_tail_or_its_first_events_is_found_out() {
    type Change = fn(String) -> String;
    let changes: [(Change, u64); 2] = [
        (|text| text.split_inclusive('\n').skip(3).collect(), 3),
        (|text| text.split_inclusive('\n').take(300).collect(), 0),
    ];
    for (change, first) in changes {
        let bundle = Log::with_two_visits().await.export(Scope::Clinic {}, false).await;
        bundle.edit(EVENTS, change);
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.events = if first == 3 { 301 } else { 300 });
        bundle.is_invalid(Check::Position, (first == 3).then_some(3));
    }
}

#[tokio::test]
async fn an_event_outside_the_time_that_an_export_is_of_is_named() {
    let (from, to) = (System.now() - Duration::hours(1), System.now() + Duration::hours(1));
    for scope in [Scope::Time { from, to: from }, Scope::Time { from: to, to }] {
        let bundle = Log::with_two_visits().await.export(Scope::Time { from, to }, false).await;
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.scope = scope);
        bundle.is_invalid(Check::Time, 0);
        bundle.is_invalid(Check::Time, 303);
    }
}

#[tokio::test]
async fn a_manifest_that_is_written_in_another_way_is_none() {
    type Change = fn(&str) -> String;
    let changes: [Change; 10] = [
        |text| text.replacen("  ", " ", 1),
        |text| format!("{text}\n"),
        |text| text.replacen("\"size\": 304", "\"size\": 304, \"size\": 304", 1),
        |text| text.replacen("\"size\": 304", "\"size\": 3.04e2", 1),
        |text| text.replacen("Z\"", "+00:00\"", 1),
        |text| text.replacen("visit", "v\\u0069sit", 1),
        |text| text.replacen("00000000-0000-0000-0000-000000000c11", "00000000-0000-0000-0000-000000000C11", 1),
        |text| text.replacen("00000000-0000-0000-0000-000000000c11", "00000000000000000000000000000c11", 1),
        |text| text.replacen("\"streams\"", "\"recipient_key\": null,\n  \"streams\"", 1),
        |text| text.replacen("\"scope\": {", "\"scope\": [", 1),
    ];
    for change in changes {
        let bundle = visit().await;
        let changed = change(&bundle.text(MANIFEST));
        assert_ne!(changed, bundle.text(MANIFEST));
        bundle.edit(MANIFEST, |_| changed.clone());
        let statement = statement::export_text(operator().name(), &Sha256::digest(&changed).into());
        bundle.edit(STATEMENT, |_| signed(&statement, &operator()));
        bundle.is_invalid(Check::Manifest, None);
    }
}

#[tokio::test]
async fn a_version_of_other_characters_is_none() {
    for version in ["", "1.0+x", "1/0", "\u{e9}", "1 0", "V1", &"1".repeat(65)] {
        let bundle = visit().await;
        bundle.edit_as_operator(
            EVENTS,
            line(2, |event| {
                event.event_version = version.into();
                event.hash = "0".repeat(64);
            }),
        );
        bundle.is_invalid(Check::Event, 303);
    }
}

#[tokio::test]
async fn a_time_that_not_every_reader_has_is_none() {
    // The first and the last moment there are, and one of 17 digits: such an event can be hashed, and is not in the log.
    for micros in [-62_135_596_800_000_000, 253_402_300_799_999_999, 10_000_000_000_000_000] {
        let bundle = visit().await;
        bundle.edit_as_operator(
            EVENTS,
            line(2, |event| {
                event.recorded_at = micros;
                rehashed(event);
            }),
        );
        bundle.is_invalid(Check::Inclusion, 303);
    }
    for micros in [-62_135_596_800_000_001, 253_402_300_800_000_000, i64::MIN, i64::MAX] {
        let bundle = visit().await;
        bundle.edit_as_operator(EVENTS, line(2, |event| event.recorded_at = micros));
        bundle.is_invalid(Check::Event, 303);
    }
    let from: DateTime<Utc> = "2016-12-31T00:00:00Z".parse().unwrap();
    for (to, is_one) in
        [("9999-12-31T23:59:59.999999999Z", true), ("+10000-01-01T00:00:00Z", false), ("2016-12-31T23:59:60Z", false)]
    {
        let scope = Scope::Time { from: System.now() - Duration::hours(1), to: System.now() + Duration::hours(1) };
        let bundle = Log::with_two_visits().await.export(scope, false).await;
        let scope = Scope::Time { from, to: to.parse().unwrap() };
        bundle.edit_manifest(Some(&operator()), |manifest| manifest.scope = scope);
        if is_one {
            bundle.is_valid();
        } else {
            bundle.is_invalid(Check::Manifest, None);
        }
    }
}

#[tokio::test]
async fn a_policy_with_a_key_twice_is_none() {
    let mut bundle = visit().await;
    let log = bundle.policy.lines().next().unwrap().to_owned();
    bundle.policy = format!("{log}\n{}", bundle.policy);
    assert!(daybook_audit::Policy::read(&bundle.policy).is_err());
    bundle.is_not_found_out_independently(&bundle.root);
}
