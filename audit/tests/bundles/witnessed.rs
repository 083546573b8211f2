//! An export of a log that witnesses have seen, and a policy that asks for them.

use daybook_audit::Check;
use daybook_audit::bundle::{CHECKPOINT, STATEMENT};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::cosignature::Cosigner;

use crate::support::*;

fn witness(number: u8) -> Cosigner {
    Cosigner::new(&format!("w{number}.example"), &[number; 32]).unwrap()
}

/// Asks for two of three witnesses.
fn asking_for_two(bundle: &mut Bundle) {
    let log = bundle.policy.lines().next().unwrap().to_owned();
    let witnesses = [1, 2, 3].map(|number| format!("witness w{number} {}", witness(number).witness()));
    bundle.policy = format!("{log}\n{}\ngroup two 2 w1 w2 w3\nquorum two\n", witnesses.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn enough_witnesses_saw_the_checkpoint() {
    let log = Log::with_two_visits().await;
    log.is_seen_by(&witness(1)).await;
    log.is_seen_by(&witness(3)).await;
    let mut bundle = log.visit().await;
    asking_for_two(&mut bundle);
    assert_eq!(bundle.is_valid().witnesses, ["w1", "w3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_it_stood_unwitnessed_is_until_as_many_had_seen_it_as_the_policy_asks_for() {
    let log = Log::with_two_visits().await;
    let now = System.now().timestamp() as u64;
    for (number, later) in [(1, 300), (2, 100), (3, 200)] {
        log.is_seen_at(now + later, &witness(number)).await;
    }
    let mut bundle = log.visit().await;
    let until = |bundle: &Bundle| {
        let known = bundle.is_valid().unwitnessed.unwrap();
        (known.from, known.until.map(|until| until.timestamp() as u64))
    };
    let (first, nobody) = until(&bundle);
    assert_eq!(nobody, None, "the policy names no witness");
    asking_for_two(&mut bundle);
    assert_eq!(until(&bundle), (first, Some(now + 200)));
    bundle.policy = bundle.policy.replace("quorum two", "quorum none");
    assert_eq!(until(&bundle), (first, Some(now + 100)), "any of those it names");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_whose_clock_is_wrong_makes_no_interval_shorter_than_none_and_no_day_that_there_is_not() {
    for (seconds, is_until) in [(7, true), (u64::MAX, false)] {
        let log = Log::with_two_visits().await;
        log.is_seen_at(seconds, &witness(1)).await;
        log.is_seen_at(seconds, &witness(2)).await;
        let mut bundle = log.visit().await;
        asking_for_two(&mut bundle);
        let known = bundle.is_valid().unwitnessed.unwrap();
        assert_eq!(known.until, is_until.then_some(known.from), "seen at {seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_witnesses_saw_the_checkpoint() {
    let log = Log::with_two_visits().await;
    log.is_seen_by(&witness(1)).await;
    let mut bundle = log.visit().await;
    asking_for_two(&mut bundle);
    bundle.is_invalid(Check::Checkpoint, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_whose_signature_the_operator_wrote_in_twice_is_one() {
    let log = Log::with_two_visits().await;
    log.is_seen_by(&witness(1)).await;
    let mut bundle = log.visit().await;
    asking_for_two(&mut bundle);
    bundle.edit_as_operator(CHECKPOINT, |note| {
        let line = note.lines().last().unwrap().to_owned();
        format!("{note}{line}\n")
    });
    bundle.is_invalid(Check::Checkpoint, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witnesss_signature_that_the_operator_made_up_is_named() {
    let log = Log::with_two_visits().await;
    log.is_seen_by(&witness(1)).await;
    let mut bundle = log.visit().await;
    asking_for_two(&mut bundle);
    bundle.edit_as_operator(CHECKPOINT, |note| format!("{note}{}", witness(2).witness().line(&[7; 72])));
    bundle.is_invalid(Check::Checkpoint, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_be_a_witnesss_signature_on_anything_but_a_checkpoint_is_nobodys() {
    let log = Log::with_two_visits().await;
    log.is_seen_by(&witness(1)).await;
    log.is_seen_by(&witness(3)).await;
    let mut bundle = log.visit().await;
    asking_for_two(&mut bundle);
    bundle.edit(STATEMENT, |note| format!("{note}{}", witness(2).witness().line(&[7; 72])));
    bundle.is_valid();
}
