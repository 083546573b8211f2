//! Proxies and interpreters.

use daybook_domain::AuthorityId;
use daybook_domain::visit::{InterpreterAssigned, InterpreterRequested, Participant, ProxyVerified};

use crate::words::term;

/// Who answered: the patient, or a proxy on an authority of the patient's record.
pub fn answerer(participant: Participant, authority: Option<AuthorityId>) -> String {
    let who = term(&participant);
    authority.map_or_else(|| who.clone(), |authority| format!("{who} (authority {authority})"))
}

pub fn proxy(verified: &ProxyVerified) -> String {
    let identifiers: Vec<String> = verified.identifiers.iter().map(term).collect();
    format!(
        "Proxy {} ({}, authority {}) was identified by {} ({}), in the role {}.",
        verified.participant_id,
        term(&verified.kind),
        verified.authority_id,
        identifiers.join(" and "),
        term(&verified.method),
        term(&verified.verified_by)
    )
}

pub fn interpreter_requested(requested: &InterpreterRequested) -> String {
    let (language, modality) = (requested.language.as_str(), term(&requested.modality));
    let by = term(&requested.requested_by);
    format!("An interpreter for {language} is needed, by {modality}, as entered in the role {by}.")
}

pub fn interpreter_assigned(assigned: &InterpreterAssigned) -> String {
    let from = assigned
        .agency_id
        .as_ref()
        .map_or("the clinic's own staff".into(), |agency| format!("agency {}", agency.as_str()));
    let number =
        assigned.interpreter_number.as_ref().map_or_else(String::new, |number| format!(", number {}", number.as_str()));
    format!(
        "Interpreter {} was found for {}: {}, from {from}{number}, assigned in the role {}.",
        assigned.participant_id,
        assigned.language.as_str(),
        term(&assigned.qualification),
        term(&assigned.assigned_by)
    )
}
