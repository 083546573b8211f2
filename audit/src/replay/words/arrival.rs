//! Who came, where from, and how it went: arrival, waiting and trouble.

use daybook_domain::visit::{
    Admitted, ContactAttempted, EstimateTold, IntakeRecorded, LocationAttested, ModalityChanged, Review,
    TechnicalFailure,
};

use super::text::{details, phi, reason};
use crate::words::{harmless, term, time};

pub fn location(attested: &LocationAttested) -> String {
    let by = term(&attested.attested_by);
    let address = phi(&attested.address, |address| address.as_str().into());
    format!("The patient is in {}, as entered in the role {by}. Address: {address}", attested.jurisdiction)
}

pub fn admitted(admitted: &Admitted) -> String {
    let place = admitted.jurisdiction.map_or("at a place nobody attested".into(), |place| format!("in {place}"));
    let licence = admitted
        .licence_number
        .as_ref()
        .map_or("no licence valid there".into(), |number| format!("licence {}", harmless(number.as_str())));
    let override_by = admitted.emergency_id.map_or_else(String::new, |emergency| {
        let gates: Vec<String> = admitted.overridden_gates.iter().map(term).collect();
        format!(" OVERRIDDEN by emergency {emergency}: {}.", gates.join(", "))
    });
    let (provider, on) = (admitted.provider_id, admitted.on);
    format!("Provider {provider} admitted the patient, who is {place}, under {licence}, on {on}.{override_by}")
}

pub fn estimate(told: &EstimateTold) -> String {
    let place = told.place.map_or_else(String::new, |place| format!(" They were number {place} in the queue."));
    match (told.p50_minutes, told.p80_minutes) {
        (Some(p50), Some(p80)) => format!(
            "The patient was told: half of this provider's patients waited {p50} minutes at most, eight in ten {p80}, \
             measured from {} visits.{place}",
            told.from_visits
        ),
        _ => format!(
            "The patient was told no waiting time: only {} visits of this provider were measured.{place}",
            told.from_visits
        ),
    }
}

pub fn contact(attempted: &ContactAttempted) -> String {
    let (means, outcome, by) = (term(&attempted.means), term(&attempted.outcome), term(&attempted.attempted_by));
    let number = attempted
        .number
        .as_ref()
        .map_or_else(String::new, |number| format!(" Number: {}.", phi(number, |number| number.as_str().into())));
    format!(
        "The patient was tried to be reached by {means}, in the role {by}: {outcome}.{number}{}",
        details(&attempted.details)
    )
}

pub fn modality(changed: &ModalityChanged) -> String {
    format!(
        "Since {} the visit is held by {} instead of {}, as decided in the role {}: {}.{}",
        time(changed.changed_at),
        term(&changed.to),
        term(&changed.from),
        term(&changed.changed_by),
        term(&changed.reason),
        details(&changed.details)
    )
}

pub fn failure(failure: &TechnicalFailure) -> String {
    let (kind, side, by) = (term(&failure.kind), term(&failure.side), term(&failure.reported_by));
    let (how, more) = (term(&failure.resolution), details(&failure.details));
    format!("Technology failed ({kind}, side: {side}), as reported in the role {by}: {how}.{more}")
}

pub fn intake(intake: &IntakeRecorded) -> String {
    let vitals = phi(&intake.vitals, |vitals| {
        let told = vitals.iter().map(|vital| format!("{} {} {}", term(&vital.kind), vital.value, term(&vital.unit)));
        let told: Vec<String> = told.collect();
        if told.is_empty() { "none".into() } else { told.join(", ") }
    });
    format!(
        "Before the visit the patient told, as entered in the role {}: reported vitals: {vitals}; medications: {}; \
         allergies: {}.{}",
        term(&intake.recorded_by),
        phi(&intake.medications, review),
        phi(&intake.allergies, review),
        reason(&intake.reason)
    )
}

pub fn review(review: &Review) -> String {
    match &review.items[..] {
        [] => term(&review.answer),
        items => items.iter().map(|item| item.as_str()).collect::<Vec<_>>().join("; "),
    }
}
