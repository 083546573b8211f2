//! `verify`: valid, invalid, impossible and nothing to do are four different endings.

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_log_is_valid() {
    let log = Log::checked_in().await;
    log.replay(&["verify"]).await.ended(0, &[&id(CLINIC), "valid"]);
    let report = log.replay(&["verify", "--clinic", &id(CLINIC), "--json"]).await;
    report.ended(0, &[]);
    let report = report.json();
    assert_eq!((&report[0]["verdict"], &report[0]["events"]), (&"valid".into(), &7.into()), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_event_is_named() {
    let log = Log::checked_in().await;
    log.tamper("UPDATE ledger.events SET payload = '{\"returning\":true}' WHERE position = 1").await;
    let said = ["INVALID", "position 1, visit/", "2 arrived", "stored bytes do not have its stored hash"];
    log.replay(&["verify"]).await.ended(1, &said);
    let report = log.replay(&["verify", "--json"]).await;
    report.ended(1, &[]);
    assert_eq!(report.json()[0]["findings"][0]["check"], "event-hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_never_called_valid() {
    let log = Log::start().await;
    log.replay(&["verify"]).await.ended(3, &["nothing was verified"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_found_out_is_said() {
    let log = Log::checked_in().await;
    let other = id(uuid::Uuid::from_u128(9));
    log.replay(&["verify", "--clinic", &other]).await.ended(2, &["there is no clinic"]);
    log.replay(&["verify", "--clinic", "seven"]).await.ended(2, &["invalid value 'seven'"]);
    let nowhere = "postgres://nobody:hunter2@127.0.0.1:1/nothing";
    let answer = log.replay(&["verify", "--database-url", nowhere]).await;
    answer.ended(2, &["the database cannot be reached"]);
    assert!(!answer.error.contains("hunter2"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_taken_off_the_list_is_verified_all_the_same() {
    let log = Log::checked_in().await;
    log.tamper("ALTER TABLE ledger.logs DISABLE TRIGGER append_only; DELETE FROM ledger.logs").await;
    log.replay(&["verify", "--clinic", &id(CLINIC)]).await.ended(1, &["its signature is not by the log's key"]);
    log.replay(&["verify"]).await.ended(1, &["its signature is not by the log's key"]);
}
