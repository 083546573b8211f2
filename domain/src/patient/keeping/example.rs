//! An example of each event and command.

use super::{
    DestroyedKey, ErasureFacts, ErasureGround, ErasureProposed, HoldEnd, HoldGround, LegalHoldPlaced,
    LegalHoldReleaseProposed, LegalHoldReleased, NewLegalHold, PatientKeyDestroyed, PlaceLegalHold, ProposeErasure,
    ProposeHoldRelease, ReleaseLegalHold, WholeRecord,
};
use crate::given::{id, text};
use crate::law::{Because, Confidence, Reviewed};
use crate::patient::Command;
use crate::patient::example::today;
use crate::{Actor, Class, Phi, Role, Sha256Hex};

/// The hold of every test.
pub const HOLD: u128 = 91;

/// A compliance officer of this name.
pub fn person(subject: &str) -> Actor {
    Actor { role: Role::Compliance, subject: subject.to_owned(), person: None }
}

pub fn hold_placed() -> LegalHoldPlaced {
    LegalHoldPlaced {
        legal_hold_id: id(HOLD),
        ground: HoldGround::Litigation,
        details: Phi::Clear(text("Case 26-CV-1180")),
        placed_by: "officer-1".into(),
    }
}

pub fn release_proposed() -> LegalHoldReleaseProposed {
    LegalHoldReleaseProposed {
        legal_hold_id: id(HOLD),
        reason: HoldEnd::MatterClosed,
        details: Some(Phi::Clear(text("Settled on 20 February"))),
        proposed_by: "officer-1".into(),
    }
}

pub fn hold_released() -> LegalHoldReleased {
    LegalHoldReleased {
        legal_hold_id: id(HOLD),
        reason: HoldEnd::MatterClosed,
        proposed_by: "officer-1".into(),
        released_by: "officer-2".into(),
    }
}

pub fn erasure_proposed() -> ErasureProposed {
    let rules = vec!["retention.wi".try_into().unwrap()];
    ErasureProposed { ground: ErasureGround::RetentionOver, rules, proposed_by: "officer-1".into() }
}

pub fn key_destroyed() -> PatientKeyDestroyed {
    PatientKeyDestroyed {
        ground: ErasureGround::RetentionOver,
        rules: vec!["retention.wi".try_into().unwrap()],
        keys: erasable().keys,
        proposed_by: "officer-1".into(),
        confirmed_by: "officer-2".into(),
    }
}

/// A record that need not be kept any longer.
pub fn erasable() -> ErasureFacts {
    let because = Because {
        rule: "retention.wi".try_into().unwrap(),
        content_sha256: Sha256Hex::of(&[b"the rule's content"]),
        says: "A physician keeps a record for 5 years after the last entry.".into(),
        source: "Wis. Admin. Code Med 21.03".into(),
        source_date: None,
        confidence: Confidence::Medium,
        reviewed: Reviewed::ByClinic,
    };
    let last = today().pred_opt().unwrap();
    let key = |number, class| DestroyedKey { data_key_id: id(number), class };
    let keys = vec![key(700, Class::General), key(701, Class::Psychotherapy)];
    ErasureFacts { record: WholeRecord::Until(last, vec![because]), today: today(), keys }
}

pub fn place_hold(hold: u128) -> Command {
    let command = PlaceLegalHold { ground: HoldGround::Litigation, details: text("Case 26-CV-1180") };
    Command::PlaceLegalHold(command, NewLegalHold { legal_hold_id: id(hold) })
}

pub fn propose_release(hold: u128) -> Command {
    Command::ProposeHoldRelease(ProposeHoldRelease {
        legal_hold_id: id(hold),
        reason: HoldEnd::MatterClosed,
        details: Some(text("Settled on 20 February")),
    })
}

pub fn release(hold: u128) -> Command {
    Command::ReleaseLegalHold(ReleaseLegalHold { legal_hold_id: id(hold) })
}

pub fn propose_erasure(facts: ErasureFacts) -> Command {
    Command::ProposeErasure(ProposeErasure { ground: ErasureGround::RetentionOver }, facts)
}

pub fn confirm_erasure(facts: ErasureFacts) -> Command {
    Command::ConfirmErasure(facts)
}
