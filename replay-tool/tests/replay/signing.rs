//! `signature`: what a signature covers and what the signer had before them, and what is found when one of it was changed.

use crate::issuer::{Issuer, root};
use crate::opening::{NOTE, through_to_the_bill};
use crate::support::*;
use daybook_domain::Role;

/// The outcomes of the only signature, by what was checked.
fn outcomes(answer: &Answer) -> Vec<(String, String)> {
    let told = answer.json();
    let checks = told["signatures"][0]["checks"].as_array().unwrap_or_else(|| panic!("{told:#}")).clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    checks.iter().map(|check| (text(&check["what"]), text(&check["outcome"]))).collect()
}

const EVERYTHING: [&str; 7] = [
    "what was signed is what was written last",
    "the words have the hash that was signed",
    "the signed hash covers content, template and consents",
    "the consents are those that stood",
    "all of it can have been in what was shown",
    "the signer had the note before them",
    "the event is under the log's newest checkpoint",
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_a_signature_covers_is_looked_at() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    through_to_the_bill(&log).await;
    let (note, visit) = (id(NOTE.0), id(VISIT));
    let token = issuer.token(Role::Compliance, None);
    let opened = issuer.run(&log, &token, &root(), &["signature", &note, "--json"]).await;
    opened.ended(0, &[]);
    assert_eq!(outcomes(&opened), EVERYTHING.map(|what| (what.to_owned(), "holds".to_owned())));
    // Without a token all but the words can be looked at, and nothing of them is shown.
    let masked = log.replay(&["signature", &note, "--clinic", &id(CLINIC), "--visit", &visit]).await;
    masked.ended(
        0,
        &["stands", "soap/1", "telehealth given by the patient", "?          the words have the hash that was signed"],
    );
    for phi in ["Rest", "070707070707"] {
        assert!(!masked.out.contains(phi) && !opened.out.contains(phi), "{phi}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_whose_consent_was_changed_afterwards_is_named() {
    let log = Log::checked_in().await;
    through_to_the_bill(&log).await;
    log.tamper(
        "UPDATE ledger.events SET payload = convert_to(replace(convert_from(payload, 'UTF8'), '\"given\"', '\"declined\"'), 'UTF8')
         WHERE event_type = 'note-signed'",
    )
    .await;
    let answer = log.replay(&["signature", &id(NOTE.0), "--clinic", &id(CLINIC)]).await;
    answer.ended(
        1,
        &[
            "NO         the signed hash covers content, template and consents",
            "NO         the consents are those that stood",
            "its stored bytes do not have its stored hash",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_not_there_is_no_valid_one() {
    let log = Log::checked_in().await;
    let (clinic, stranger) = (id(CLINIC), id(uuid::Uuid::from_u128(0xBAD)));
    log.replay(&["signature", &stranger, "--clinic", &clinic]).await.ended(2, &["has no note"]);
    log.replay(&["signature", &stranger, "--clinic", &clinic, "--visit", &id(VISIT)]).await.ended(2, &["has no note"]);
}
