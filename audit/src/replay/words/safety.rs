//! Whom to call, and emergencies.

use daybook_domain::visit::{EmergencyAction, EmergencyClosed, EmergencyContactRecorded, EmergencyDeclared};

use super::text::{details, phi};
use crate::words::term;

pub fn emergency_contact(recorded: &EmergencyContactRecorded) -> String {
    let (answer, by) = (term(&recorded.answer), term(&recorded.recorded_by));
    let contact = recorded.contact.as_ref().map_or_else(String::new, |contact| {
        let named = phi(contact, |contact| {
            let relationship =
                contact.relationship.as_ref().map_or(String::new(), |text| format!(" ({})", text.as_str()));
            format!("{}{relationship}, {}", contact.name.as_str(), contact.phone.as_str())
        });
        format!(" Contact: {named}")
    });
    format!("An emergency contact was asked for; answer, as entered in the role {by}: {answer}.{contact}")
}

pub fn declared(declared: &EmergencyDeclared) -> String {
    let (id, by) = (declared.emergency_id, term(&declared.declared_by));
    let place = declared.jurisdiction.map_or("where nobody attested".into(), |place| format!("in {place}"));
    let kind = phi(&declared.kind, term);
    let (actions, more) = (actions(&declared.actions), details(&declared.details));
    format!(
        "EMERGENCY {id} was declared in the role {by}; the patient is {place}. Kind: {kind}. Done: {actions}.{more}"
    )
}

pub fn closed(closed: &EmergencyClosed) -> String {
    let (id, by) = (closed.emergency_id, term(&closed.closed_by));
    let outcome = phi(&closed.outcome, term);
    let (actions, more) = (actions(&closed.actions), details(&closed.details));
    format!("Emergency {id} was closed in the role {by}. Outcome: {outcome}. Done: {actions}.{more}")
}

pub fn actions(actions: &[EmergencyAction]) -> String {
    match actions {
        [] => "nothing yet".into(),
        _ => actions.iter().map(term).collect::<Vec<_>>().join(", "),
    }
}
