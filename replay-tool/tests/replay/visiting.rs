//! `visit`: told in one order, up to any moment, with nothing open that was sealed.

use crate::support::*;
use chrono::SecondsFormat;
use daybook_domain::Role;
use daybook_domain::visit::{Command, Hold, HoldReason};
use serde_json::{Value, json};
use uuid::Uuid;

fn visit<'a>(more: &[&'a str]) -> Vec<&'a str> {
    const VISIT_ID: &str = "00000000-0000-0000-0000-000000000715";
    const CLINIC_ID: &str = "00000000-0000-0000-0000-000000000c11";
    [&["visit", VISIT_ID, "--clinic", CLINIC_ID], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_and_reads_stand_in_one_order_and_nothing_sealed_is_shown() {
    let log = Log::checked_in().await;
    log.is_read().await;
    log.does(Role::FrontDesk, Command::Hold(Hold { reason: HoldReason::Paperwork, details: None })).await;
    let answer = log.replay(&visit(&[])).await;
    answer.ended(
        0,
        &["front-desk-7 (front-desk)", "Reason: [sealed]", "Address: [sealed]", "Identity           verified"],
    );
    let at = |words: &str| answer.out.find(words).unwrap_or_else(|| panic!("{words}: {}", answer.out));
    assert!(at("let into the waiting room") < at("Was shown this visit: read chart"));
    assert!(at("provider-7 (provider)") < at("put on hold: paperwork"));
    for phi in ["Sore", "Lake Street"] {
        assert!(!answer.out.contains(phi), "{}", answer.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_told_as_it_stood() {
    let log = Log::checked_in().await;
    log.is_read().await;
    let arrived = log.replay(&visit(&["--at", "2", "--json"])).await;
    arrived.ended(0, &[]);
    let arrived = arrived.json();
    assert_eq!(arrived["standing"]["state"], "arrived");
    assert_eq!(arrived["story"].as_array().unwrap().len(), 2, "{arrived}");
    assert_eq!(arrived["story"][0]["payload"]["reason"], serde_json::json!({ "$phi": 0 }));
    let third: chrono::DateTime<chrono::Utc> =
        log.replay(&visit(&["--json"])).await.json()["story"][2]["recorded_at"].as_str().unwrap().parse().unwrap();
    let then = third.to_rfc3339_opts(SecondsFormat::Micros, true);
    let then = log.replay(&visit(&["--at", &then, "--json"])).await.json();
    assert_eq!((&then["at_sequence"], &then["standing"]["identity_verified"]), (&3.into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said() {
    let log = Log::checked_in().await;
    let other = id(Uuid::from_u128(9));
    log.replay(&["visit", &other, "--clinic", &id(CLINIC)]).await.ended(2, &["there is no visit"]);
    log.replay(&["visit", &other, "--clinic", &other]).await.ended(2, &["there is no clinic"]);
    log.replay(&["visit", "seven", "--clinic", &other]).await.ended(2, &["invalid value 'seven'"]);
    log.replay(&visit(&["--at", "8"])).await.ended(2, &["the visit has no event 8: it has 7"]);
    log.replay(&visit(&["--at", "2020-01-01T00:00:00Z"])).await.ended(2, &["there was no such visit yet"]);
    log.replay(&visit(&["--at", "soon"])).await.ended(2, &["neither a time"]);
    log.replay(&visit(&["--token", "-"])).await.ended(2, &["--reason"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_event_is_told_as_changed() {
    let log = Log::checked_in().await;
    log.tamper("UPDATE ledger.events SET payload = '{\"returning\":true}' WHERE position = 1").await;
    log.replay(&visit(&[])).await.ended(1, &["NOT AS IT WAS WRITTEN", "position 1", "2 arrived"]);
    log.tamper("UPDATE ledger.events SET payload = '{}' WHERE position = 1").await;
    log.replay(&visit(&[])).await.ended(1, &["[cannot be read", "cannot be told: event 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn between_two_moments_what_happened_and_what_it_changed_is_told() {
    let log = Log::checked_in().await;
    log.is_read().await;
    log.does(Role::FrontDesk, Command::Hold(Hold { reason: HoldReason::Paperwork, details: None })).await;
    let answer = log.replay(&visit(&["--diff", "2", "7"])).await;
    answer.ended(
        0,
        &["after event 2 until event 7", "- Identity           not verified", "+ Identity           verified"],
    );
    for earlier_or_later in ["event 1,", "event 2,", "event 8,", "Was shown"] {
        assert!(!answer.out.contains(earlier_or_later), "{earlier_or_later}: {}", answer.out);
    }
    log.replay(&visit(&["--diff", "7", "8"])).await.ended(0, &["Was shown this visit", "put on hold"]);
    let told = log.replay(&visit(&["--diff", "2", "3", "--json"])).await.json();
    let fields: Vec<_> = told["changes"].as_array().unwrap().iter().map(|change| &change["field"]).collect();
    assert!(fields.iter().any(|field| *field == "identity_verified"), "{told:#}");
    assert!(!fields.iter().any(|field| *field == "patient_id"), "{told:#}");
    log.replay(&visit(&["--diff", "7", "7"])).await.ended(0, &["Nothing happened", "It stands as it stood"]);
    log.replay(&visit(&["--diff", "7", "2"])).await.ended(2, &["is not before the second"]);
    log.replay(&visit(&["--diff", "7"])).await.ended(2, &["2 values required"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_played_with_what_each_act_changed() {
    let log = Log::checked_in().await;
    log.is_read().await;
    let answer = log.replay(&visit(&["--play", "4000000000"])).await;
    answer.ended(0, &["+ State              arrived", "Was shown this visit", "Each event here has its hash"]);
    let at = |words: &str| answer.out.find(words).unwrap_or_else(|| panic!("{words}: {}", answer.out));
    assert!(at("- State              scheduled") < at("+ State              arrived"));
    assert!(at("+ State              arrived") < at("+ Identity           verified"));
    assert!(!answer.out.contains("Lake Street"), "{}", answer.out);

    let answer = log.replay(&visit(&["--play", "4000000000", "--json"])).await;
    answer.ended(0, &[]);
    let told: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [acts @ .., end] = &told[..] else { panic!("{told:#?}") };
    assert_eq!(end, &json!({ "faults": [], "unreadable": null }));
    assert!(acts.iter().map(|act| act["position"].as_u64()).is_sorted(), "{acts:#?}");
    let fields = |event_type: &str| {
        let act = acts.iter().find(|act| act["event_type"] == event_type).unwrap();
        let changes = act["changes"].as_array().unwrap().iter();
        changes.map(|change| change["field"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert!(fields("arrived").contains(&"state"), "{acts:#?}");
    assert_eq!(fields("phi-read"), [""; 0]);
}
