//! How a visit stands, in words: its state and each of the small machines beside it.

use daybook_domain::visit::{
    Charge, ConsentKind, ConsentState, Cosign, CosignState, Diagnosis, MessageFrom, Note, NoteState, Order,
    Participant, Told, Visit,
};
use daybook_domain::{ChargeId, NoteId, OrderId};

use crate::words::{short, term, time};

/// What there is to say, each with what it is about.
pub fn standing(visit: &Visit) -> Vec<(&'static str, String)> {
    let mut said = vec![("State", visit.state().name().replace('-', " "))];
    said.extend(visit.outcome().map(|outcome| ("Outcome", term(&outcome))));
    said.extend(visit.patient().map(|patient| ("Patient", patient.to_string())));
    said.extend(visit.provider().map(|provider| ("Provider", provider.to_string())));
    said.extend(visit.starts_at().map(|at| ("Starts", starts(visit, &time(at)))));
    said.extend(visit.expected_at().map(|at| ("Provider expected", time(at))));
    said.extend(visit.told().map(|told| ("Told of the wait", self::told(told))));
    said.extend(messages(visit).map(|messages| ("Messages", messages)));
    said.push(("Presence", presence(visit)));
    said.push(("Identity", if visit.identity_verified() { "verified" } else { "not verified" }.into()));
    said.push(("Location", location(visit)));
    said.extend(visit.interpretation().need().map(|need| {
        let (language, state) = (need.language.as_str(), term(&visit.interpretation().state()));
        ("Interpreter", format!("{language}, by {}: {state}", term(&need.modality)))
    }));
    said.extend(
        visit
            .proxies()
            .iter()
            .map(|(id, proxy)| ("Proxy", format!("{id}, {}, on authority {}", term(&proxy.kind), proxy.authority_id))),
    );
    said.extend(visit.invitations().iter().map(|(id, invitation)| {
        let (kind, state) = (term(&invitation.kind), term(&invitation.state));
        ("Invited", format!("{id}, {kind}, until {}: {state}", time(invitation.expires_at)))
    }));
    said.extend(visit.session().map(|session| ("Group session", session.to_string())));
    for kind in [ConsentKind::Telehealth, ConsentKind::Recording] {
        said.push(("Consent", consent(kind, visit.consents().get(kind))));
    }
    said.extend(or_none("Note", visit.notes().iter().map(|(id, of)| note(id, of)).collect()));
    said.extend(or_none("Diagnosis", visit.diagnoses().iter().map(diagnosis).collect()));
    said.extend(or_none("Order", visit.orders().iter().map(|(id, of)| order(id, of)).collect()));
    said.extend(or_none("Charge", visit.charges().iter().map(|(id, of)| charge(id, of)).collect()));
    said
}

fn or_none(name: &'static str, said: Vec<String>) -> Vec<(&'static str, String)> {
    let said = if said.is_empty() { vec!["none".into()] } else { said };
    said.into_iter().map(|said| (name, said)).collect()
}

fn starts(visit: &Visit, at: &str) -> String {
    let modality = visit.modality().map_or_else(String::new, |modality| format!(", by {}", term(&modality)));
    format!("{at}, {} minutes{modality}", visit.duration_minutes())
}

fn told(told: Told) -> String {
    match (told.p50_minutes, told.p80_minutes) {
        (Some(p50), Some(p80)) => {
            format!("half at most {p50} minutes, eight in ten at most {p80}, from {} visits", told.from_visits)
        }
        _ => format!("no waiting time, from {} visits", told.from_visits),
    }
}

fn messages(visit: &Visit) -> Option<String> {
    let unread = |from| visit.messages().unread(from);
    let count = visit.messages().iter().count();
    let (patient, staff) = (unread(MessageFrom::Patient), unread(MessageFrom::Staff));
    (count > 0).then(|| format!("{count}; unread of the patient's {patient}, of staff's {staff}"))
}

fn presence(visit: &Visit) -> String {
    let of = |participant| visit.presence().of(participant).name();
    format!("patient {}, provider {}", of(Participant::Patient), of(Participant::Provider))
}

fn location(visit: &Visit) -> String {
    match visit.location() {
        None => "not attested".into(),
        Some(location) if location.licence_gap => format!("{}, without a licence there", location.jurisdiction),
        Some(location) => location.jurisdiction.to_string(),
    }
}

fn consent(kind: ConsentKind, state: Option<&ConsentState>) -> String {
    let kind = term(&kind);
    match state {
        None => format!("{kind}: not asked"),
        Some(ConsentState::Given(text)) => format!("{kind}: given ({})", text.as_str()),
        Some(ConsentState::Declined(text)) => format!("{kind}: declined ({})", text.as_str()),
        Some(ConsentState::Withdrawn(text)) => format!("{kind}: withdrawn ({})", text.as_str()),
    }
}

fn note(id: NoteId, note: &Note) -> String {
    let state = match (note.state, note.signer) {
        (NoteState::Draft, _) => "draft, not signed".into(),
        (NoteState::Signed, Some(signer)) => format!("signed by {signer}"),
        (NoteState::Signed, None) => "signed".to_owned(),
        (NoteState::EnteredInError, _) => "ENTERED IN ERROR".to_owned(),
    };
    let corrected = match note.corrections {
        0 => String::new(),
        1 => ", corrected once".into(),
        many => format!(", corrected {many} times"),
    };
    let cosigned = match note.cosign {
        None => String::new(),
        Some(Cosign { cosigner, state: CosignState::Requested }) => format!(", waits to be cosigned by {cosigner}"),
        Some(Cosign { cosigner, state: CosignState::Cosigned }) => format!(", cosigned by {cosigner}"),
    };
    let addenda = match note.addenda.len() {
        0 => String::new(),
        1 => ", 1 addendum".into(),
        many => format!(", {many} addenda"),
    };
    format!("{id}: {state}{corrected}{cosigned}, content {}{addenda}", short(note.content_sha256.as_str()))
}

fn diagnosis(diagnosis: &Diagnosis) -> String {
    let standing = match (diagnosis.removed, diagnosis.primary) {
        (true, _) => "removed",
        (false, true) => "stands, foremost",
        (false, false) => "stands",
    };
    format!("number {}: {standing}", diagnosis.diagnosis_number)
}

fn order(id: OrderId, order: &Order) -> String {
    let signer = order.signer.map_or_else(String::new, |signer| format!(" by {signer}"));
    let (kind, state, content) = (term(&order.kind), term(&order.state), short(order.content_sha256.as_str()));
    format!(
        "{id}: {kind}, {state}{signer}, content {content}{}. {}",
        pointing(&order.diagnosis_pointers),
        order.transmission()
    )
}

fn charge(id: ChargeId, charge: &Charge) -> String {
    format!("{id}: {}, units {}{}", term(&charge.state), charge.units, pointing(&charge.diagnosis_pointers))
}

fn pointing(pointers: &[u8]) -> String {
    match pointers {
        [] => String::new(),
        _ => format!(", for diagnosis {}", pointers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")),
    }
}
