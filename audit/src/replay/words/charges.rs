//! Charges and minutes.

use daybook_domain::visit::{ChargeCaptured, MinutesAttested};

use super::text::phi;
use crate::words::term;

pub fn charge(captured: &ChargeCaptured) -> String {
    let code = phi(&captured.code, |code| code.as_str().into());
    let diagnoses =
        phi(&captured.diagnoses, |codes| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", "));
    let amount = captured.amount_cents.as_ref().map_or("no amount".into(), |amount| {
        format!("amount {}", phi(amount, |cents| format!("{}.{:02}", cents / 100, cents % 100)))
    });
    let (id, units) = (captured.charge_id, captured.units);
    let listed: Vec<_> = captured.diagnosis_pointers.iter().map(|number| format!("diagnosis {number}")).collect();
    let diagnoses = if listed.is_empty() { diagnoses } else { listed.join(", ") };
    let modifiers =
        phi(&captured.modifiers, |all| all.iter().map(|modifier| modifier.as_str()).collect::<Vec<_>>().join(" "));
    let (payer, place) =
        (phi(&captured.payer, term), phi(&captured.place_of_service, |place| place.as_str().to_owned()));
    let instead = captured.replaces.map_or(String::new(), |old| format!(" in place of {old}"));
    let unchecked: Vec<_> = captured.unchecked.iter().map(|unchecked| unchecked.name()).collect();
    let unchecked = match unchecked.as_slice() {
        [] => "Every rule could be checked.".to_owned(),
        some => format!("Not checked: {}.", some.join(", ")),
    };
    format!(
        "Charge {id} was captured{instead} for {}: {code}, modifiers {modifiers}, units {units}, {amount}, for \
         {diagnoses}, to payer {payer}, place of service {place}. {unchecked}",
        captured.date_of_service
    )
}

pub fn minutes(attested: &MinutesAttested) -> String {
    format!(
        "Provider {} attested {} minutes. The call shows the provider for {}, the patient for {}, both for {} minutes, by \
         {} observations.",
        attested.provider_id,
        attested.minutes,
        attested.provider_minutes,
        attested.patient_minutes,
        attested.together_minutes,
        attested.evidence_positions.len()
    )
}
