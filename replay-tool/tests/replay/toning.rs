//! Tones: a terminal, or who forces it, is shown in colour what is good, bad and doubtful; a pipe, and whoever wants none, gets
//! not one escape (`replay_on` looks for one in every answer of every test); and a stored text makes none.

use daybook_audit::Tone;
use daybook_audit::tone::plain;
use daybook_domain::Role;

use crate::issuer::{Issuer, root};
use crate::place::Place;
use crate::projecting::projected;
use crate::support::*;

const FORCED: [(&str, &str); 1] = [("CLICOLOR_FORCE", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_good_bad_and_doubtful_has_its_tone() {
    let log = projected().await;
    let valid = log.replay_with(&["verify"], &FORCED).await;
    valid.ended(0, &[&Tone::Good.on("valid"), "\u{1b}[1m"]);
    assert!(valid.out.starts_with("\u{1b}[33mLONGEST UNWITNESSED INTERVAL: "), "{valid:?}");
    log.replay_with(&["projections", "verify"], &FORCED).await.ended(0, &[&Tone::Good.on("equals the log")]);
    let stale = log.replay_with(&["backup", "status"], &FORCED).await;
    stale.ended(1, &[&Tone::Bad.on("NO BACKUP was ever recorded")]);
    log.tamper("UPDATE ledger.events SET payload = '{\"returning\":true}' WHERE position = 1").await;
    let invalid = log.replay_with(&["verify"], &FORCED).await;
    invalid.ended(1, &[&Tone::Bad.on("INVALID"), &Tone::Bad.on("one thing is wrong"), "\u{1b}[31mposition 1, visit/"]);
    let stranger = id(uuid::Uuid::from_u128(9));
    let failed = log.replay_with(&["verify", "--clinic", &stranger], &FORCED).await;
    failed.ended(2, &[&format!("{} there is no clinic", Tone::Bad.on("daybook-replay:"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_tones_the_words_are_the_same_and_whoever_wants_none_gets_none() {
    let log = projected().await;
    for what in [&["projections", "verify"][..], &["projections", "diff"], &["keys", "status"], &["backup", "status"]] {
        let (piped, forced) = (log.replay(what).await, log.replay_with(what, &FORCED).await);
        assert_eq!(plain(&forced.out), piped.out);
        let unwanted = log.replay_with(what, &[FORCED[0], ("NO_COLOR", "1")]).await;
        assert_eq!((unwanted.out, unwanted.code), (piped.out, piped.code));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_and_a_restore_have_their_tones() {
    let (log, place) = (Log::checked_in().await, Place::new());
    place.backed_up(&log).await.ended(0, &[]);
    let drilled = place.drilled_in(&log, "log.identity", &["--time-objective", "1h"], &FORCED).await;
    drilled.ended(0, &[&Tone::Good.on("restored and verified"), &Tone::Good.on("What was promised was kept.")]);
    let restored = place.restored_in(&empty_database().await, &[], &FORCED).await;
    restored.ended(0, &["\u{1b}[32mRestored from the backup of", &Tone::Good.on("valid")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_text_stays_harmless_and_what_is_no_words_has_no_tone() {
    let (log, issuer) = (Log::checked_in().await, Issuer::start().await);
    log.tamper("UPDATE ledger.events SET event_type = E'arrived\\x1b[2J\\x1b[32mvalid' WHERE position = 1").await;
    let told = log.replay_with(&["verify"], &FORCED).await;
    told.ended(1, &["arrived\u{fffd}[2J\u{fffd}[32mvalid", "\u{1b}[31m"]);
    assert!(!told.out.contains("\u{1b}[2J") && !told.out.contains("\u{1b}[32mvalid"), "{told:?}");
    let json = log.replay_with(&["verify", "--json"], &FORCED).await;
    assert!(!json.out.contains('\u{1b}'), "{json:?}");
    json.json();
    let token = issuer.token(Role::Compliance, None);
    let table = issuer.run_in(&log, &token, &root(), &["report", "integrity"], &FORCED).await;
    table.ended(0, &["\u{1b}[33mLONGEST UNWITNESSED INTERVAL: ", "\u{1b}[1m"]);
    for form in ["csv", "html", "json"] {
        let what = ["report", "integrity", "--form", form];
        let report = issuer.run_in(&log, &token, &root(), &what, &FORCED).await;
        report.ended(0, &[]);
        assert!(!report.out.contains('\u{1b}'), "{report:?}");
    }
}
