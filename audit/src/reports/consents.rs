//! What a patient consented to, declined and took back, visit by visit, and what stood at a time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::visit::Event;
use daybook_domain::{PatientId, VisitId};
use daybook_ledger::Recorded;

use super::term;
use crate::{Cell, Table};

/// Up to a time, of these visits of the patient. Each answer stands until the next one of the same person to the same question.
pub fn consent_history(patient: PatientId, visits: &[(VisitId, Vec<(Recorded, Event)>)], at: DateTime<Utc>) -> Table {
    let columns =
        ["visit", "at", "consent", "answer", "by", "authority", "text_version", "stood_at_the_time", "position"];
    let mut table =
        Table::new(format!("Consents of patient {patient}"), &columns).note(format!("As it stood at {at}."));
    for (visit, events) in visits {
        let mut answers = Vec::new();
        let mut newest = BTreeMap::new();
        for (recorded, event) in events.iter().filter(|(recorded, _)| recorded.recorded_at <= at) {
            let (answer, kind, participant, who, authority, text_version) = match event {
                Event::ConsentGiven(it) => {
                    ("given", Some(it.kind), it.participant, it.participant_id, it.authority_id, &it.text_version)
                }
                Event::ConsentDeclined(it) => {
                    ("declined", Some(it.kind), it.participant, it.participant_id, it.authority_id, &it.text_version)
                }
                Event::ConsentWithdrawn(it) => {
                    ("withdrawn", Some(it.kind), it.participant, it.participant_id, it.authority_id, &it.text_version)
                }
                // Not the patient's, but of the same call: whether it could be recorded rests on everybody's.
                Event::RecordingConsentRecorded(it) => {
                    let answer = match term(&it.answer) {
                        Cell::Text(name) if name == "given" => "given",
                        Cell::Text(name) if name == "declined" => "declined",
                        _ => "withdrawn",
                    };
                    (answer, None, it.participant, it.participant_id, None, &it.text_version)
                }
                _ => continue,
            };
            let consent = kind.map_or_else(|| "recording".into(), |kind| term(&kind));
            // A patient answers for one visit; a proxy answers for the patient, so the question is the same one.
            let whose = if kind.is_some() { None } else { Some((participant, who)) };
            let question = (format!("{consent:?}"), whose);
            newest.insert(question.clone(), answers.len());
            answers.push((question, recorded, consent, answer, term(&participant), authority, text_version));
        }
        for (index, (question, recorded, consent, answer, by, authority, text_version)) in
            answers.into_iter().enumerate()
        {
            let stands = answer == "given" && newest.get(&question) == Some(&index);
            table.row([
                Cell::text(visit),
                recorded.recorded_at.into(),
                consent,
                answer.into(),
                by,
                Cell::of(authority.map(|authority| authority.0)),
                text_version.as_str().into(),
                stands.into(),
                recorded.position.into(),
            ]);
        }
    }
    table
}
