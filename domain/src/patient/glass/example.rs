//! An example of each event and command.

use chrono::TimeDelta;

use super::{BreakGlass, GlassBroken, GlassFinding, GlassReason, GlassReviewed, NewGlass, ReviewGlass};
use crate::given::{id, now, text};
use crate::patient::Command;
use crate::{Phi, Role};

/// The broken glass of every test.
pub const GLASS: u128 = 93;

pub fn glass_broken() -> GlassBroken {
    GlassBroken {
        glass_id: id(GLASS),
        reason: GlassReason::MedicalEmergency,
        details: Phi::Clear(text("Collapsed in the waiting room of another clinic")),
        broken_by: Role::Provider.name().into(),
        role: Role::Provider,
        until: now() + TimeDelta::minutes(30),
    }
}

pub fn glass_reviewed() -> GlassReviewed {
    GlassReviewed {
        glass_id: id(GLASS),
        finding: GlassFinding::Justified,
        details: Some(Phi::Clear(text("The other clinic confirms it"))),
        broken_by: Role::Provider.name().into(),
        reviewed_by: "officer-1".into(),
    }
}

pub fn break_glass(glass: u128, minutes: u16) -> Command {
    let details = text("Collapsed in the waiting room of another clinic");
    let command = BreakGlass { reason: GlassReason::MedicalEmergency, details, minutes };
    Command::BreakGlass(command, NewGlass { glass_id: id(glass) })
}

pub fn review_glass(glass: u128) -> Command {
    let details = Some(text("The other clinic confirms it"));
    Command::ReviewGlass(ReviewGlass { glass_id: id(glass), finding: GlassFinding::Justified, details })
}
