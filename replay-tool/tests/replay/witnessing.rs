//! `witness key` and `witness serve`: the program as another organization runs it, asked over HTTP.

use daybook_ledger::add_checkpoint;
use daybook_ledger::checkpoint;
use daybook_ledger::cosignature::Witness;
use daybook_ledger::note::{self, NoteSigner};

use crate::support::*;
use crate::witness::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_signs_a_log_as_it_grows() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let serving = place.serve(&log).await;
    let answer = serving.ask(&request(&log, 0).await).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let signed = note(&log).await + &answer.body;
    let (text, lines) = note::split(&signed).unwrap();
    let witness: Witness = place.key.parse().unwrap();
    assert!(witness.made(&lines[1]) && witness.saw(text, &lines[1]).is_some());
    log.is_read().await;
    assert_eq!(serving.ask(&request(&log, 7).await).await.status, 200);
    let again = serving.ask(&request(&log, 8).await).await;
    assert_eq!(again.status, 200, "what it has seen already it may sign again: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_from_elsewhere_is_told_where_the_witness_is() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let serving = place.serve(&log).await;
    serving.ask(&request(&log, 0).await).await;
    log.is_read().await;
    for old in [0, 3, 8] {
        let answer = serving.ask(&request(&log, old).await).await;
        let said = (answer.status, answer.kind.as_str(), answer.body.as_str());
        assert_eq!(said, (409, "text/x.tlog.size", "7\n"), "from {old}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_must_not_sign_is_a_line_of_json_for_a_program() {
    let (log, anew, place) = (Log::checked_in().await, Log::checked_in().await, Place::new());
    let mut serving = place.serve_as_json(&log).await;
    assert_eq!(serving.ask(&request(&log, 0).await).await.status, 200);
    anew.is_read().await;
    let refused = serving.ask(&request(&anew, 7).await).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let told: serde_json::Value = serde_json::from_str(&serving.line()).unwrap();
    assert_eq!(told["event"], "not-signed", "{told}");
    assert!(told["why"].as_str().unwrap().starts_with(&format!("{ORIGIN}/clinics/")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_was_killed_remembers() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let serving = place.serve(&log).await;
    assert_eq!(serving.ask(&request(&log, 0).await).await.status, 200);
    drop(serving);
    let serving = place.serve(&log).await;
    let answer = serving.ask(&request(&log, 0).await).await;
    assert_eq!((answer.status, answer.body.as_str()), (409, "7\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_signed_is_refused_as_the_protocol_says() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let serving = place.serve(&log).await;
    let good = request(&log, 0).await;
    let (origin, head) = (format!("{ORIGIN}/clinics/{CLINIC}"), log.ledger.head(CLINIC).await.unwrap().unwrap());
    let by = |name: &str, seed: u8| {
        let (key, text) = (NoteSigner::new(name, &[seed; 32]).unwrap(), checkpoint::text(name, head.size, &head.root));
        add_checkpoint::write(0, &[], &format!("{text}\n{}", key.verifier().line(&key.sign(&text))))
    };
    for (what, body, status) in [
        ("another log", by("daybook.other/clinics/demo", 1), 404),
        ("another key", by(&origin, 66), 403),
        ("an edited size", good.replace("\n7\n", "\n8\n"), 403),
        ("a log that would have become smaller", good.replace("old 0", "old 8"), 400),
        (
            "a proof where there is nothing to prove",
            good.replacen("\n\n", &format!("\n{}\n\n", "A".repeat(43) + "="), 1),
            422,
        ),
        ("a size with a leading zero", good.replace("old 0", "old 00"), 400),
        ("lines that end in CRLF", good.replace('\n', "\r\n"), 400),
        ("a request cut off", good[..good.len() / 2].to_owned(), 400),
        ("nothing", String::new(), 400),
        ("more hashes than a proof has", add_checkpoint::write(0, &[[0; 32]; 64], "x"), 400),
        ("more bytes than a request has", "x".repeat(100_000), 413),
    ] {
        let answer = serving.ask(&body).await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
    }
    assert_eq!(serving.ask(&good).await.status, 200, "none of it counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_without_a_key_a_log_or_its_memory_does_not_begin() {
    let (log, place) = (Log::checked_in().await, Place::new());
    let (folder, vkey) = (place.folder(), log.ledger.verifier(CLINIC).await.unwrap().unwrap().to_string());
    let serve = ["witness", "serve", "--listen", "127.0.0.1:0", "--folder"];
    let run = async |more: &[&str]| log.replay(&[&serve[..], more].concat()).await;
    run(&[&folder]).await.ended(2, &["at least one log"]);
    run(&["/nowhere", "--log", &vkey]).await.ended(2, &["/nowhere/key"]);
    run(&[&folder, "--log", "daybook"]).await.ended(2, &["invalid value 'daybook'"]);
    let again = ["witness", "key", "--name", "witness.example", "--folder", &folder];
    log.replay(&again).await.ended(2, &["File exists"]);
    let other = format!("{folder}/other");
    let made = log.replay(&["witness", "key", "--name", "witness.example", "--folder", &other, "--json"]).await;
    made.ended(0, &[]);
    assert_eq!(made.json()["folder"], other);
    assert!(made.json()["key"].as_str().unwrap().parse::<Witness>().is_ok(), "{made:?}");
    let serving = place.serve(&log).await;
    run(&[&folder, "--log", &vkey]).await.ended(2, &["is in use by another process"]);
    serving.ask(&request(&log, 0).await).await;
    drop(serving);
    std::fs::write(place.kept("checkpoint"), "forgotten").unwrap();
    run(&[&folder, "--log", &vkey]).await.ended(2, &["is not as this witness wrote it"]);
}
