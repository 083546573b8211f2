//! Given/when/then for folds: a log told as a list of domain events, and the rows that come of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, TimeZone, Utc};
use daybook_domain::history::Origin;
use daybook_domain::visit::{self, ConsentKind, Identifier, IdentityMethod, Modality, Outcome, Participant};
use daybook_domain::{Catalogue, Phi, Role, Sha256Hex, access_events, patient};
use daybook_ledger::{Recorded, Stream};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Key, Stored, View};
use crate::seen::Seen;

pub const PATIENT: u128 = 1;
pub const PROVIDER: u128 = 2;

/// When the log begins.
pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 10, 0, 0).unwrap()
}

pub fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

/// A projection's rows in memory.
#[derive(Default)]
pub struct Memory {
    pub rows: BTreeMap<(Key, Option<u64>), Stored>,
}

impl Memory {
    /// Folds events; answers the position of the next one.
    pub fn take(&mut self, view: View, events: &[Seen], at: u64) -> Result<u64, Error> {
        let open = |key: Key| self.rows.get(&(key, None)).map(|row| (key, row.from, row.body.clone()));
        let loaded = view.folder().keys(events).into_iter().filter_map(open).collect();
        let folded = view.folder().fold(loaded, events)?;
        if let Some(poison) = folded.poison {
            return Err(Error::Poison { view: view.name(), position: poison.position, problem: poison.problem });
        }
        if events.is_empty() {
            return Err(Error::Poison { view: view.name(), position: at, problem: "the log has no such event".into() });
        }
        for row in folded.rows {
            let (key, replaces) = ((row.key, row.to), row.replaces);
            let before = self.rows.insert(key, row);
            assert_eq!(before.is_some(), replaces, "{key:?}");
        }
        Ok(at + folded.count as u64)
    }
}

/// A log in the making; an event a minute.
#[derive(Clone, Default)]
pub struct Told {
    pub events: Vec<Recorded>,
    minutes: i64,
}

impl Told {
    pub fn visit(self, visit: u128, event: impl Into<visit::Event>) -> Self {
        self.told("visit", visit, &event.into())
    }

    pub fn patient(self, event: patient::Event, patient: u128) -> Self {
        self.told("patient", patient, &event)
    }

    pub fn access(self, event: daybook_domain::AccessEvent) -> Self {
        self.told(access_events::PATIENT_STREAM, PATIENT, &event)
    }

    pub fn wait(mut self, minutes: i64) -> Self {
        self.minutes += minutes - 1;
        self
    }

    pub fn told(self, kind: &'static str, stream: u128, event: &impl Catalogue) -> Self {
        let (kind_of, version) = (event.event_type(), event.event_version());
        self.raw(kind, stream, kind_of, version, &event.payload())
    }

    pub fn raw(
        mut self,
        kind: &'static str,
        stream: u128,
        event_type: &str,
        version: &str,
        payload: &serde_json::Value,
    ) -> Self {
        let stream = Stream::new(kind, id(stream));
        let position = self.events.len() as u64;
        self.events.push(Recorded {
            clinic: id(100),
            position,
            sequence: self.events.iter().filter(|event| event.stream == stream).count() as u64 + 1,
            stream,
            event_id: Uuid::from_u128(1_000 + u128::from(position)),
            event_type: event_type.into(),
            event_version: version.into(),
            recorded_at: self.now(),
            prev_hash: [0; 32],
            hash: [0; 32],
            metadata: br#"{"actor":"desk-7","role":"front-desk","correlation_id":"c1"}"#.to_vec(),
            payload: serde_json::to_vec(payload).unwrap(),
            sealed: Vec::new(),
        });
        self.minutes += 1;
        self
    }

    /// When the next event is recorded.
    pub fn now(&self) -> DateTime<Utc> {
        start() + Duration::minutes(self.minutes)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.events.iter().cloned().map(Seen::new).collect()
    }

    /// All rows, folded in batches of a few events, which must not matter.
    pub fn fold(&self, view: View) -> Memory {
        let (mut memory, seen) = (Memory::default(), self.seen());
        for batch in seen.chunks(3) {
            memory.take(view, batch, 0).unwrap();
        }
        memory
    }

    /// The rows as they are after the last event.
    pub fn rows<R: DeserializeOwned>(&self, view: View) -> Vec<(Uuid, u64, R)> {
        let open = self.fold(view).rows.into_iter().filter(|((_, to), _)| to.is_none());
        open.map(|((key, _), row)| (key.id, row.from, serde_json::from_str(&row.body).unwrap())).collect()
    }
}

pub fn scheduled(provider: u128, minutes: i64) -> visit::Scheduled {
    visit::Scheduled {
        patient_id: id(PATIENT),
        provider_id: id(provider),
        starts_at: start() + Duration::minutes(minutes),
        duration_minutes: 20,
        modality: Modality::Video,
        reason: Some(Phi::Sealed),
    }
}

pub fn arrived() -> visit::Arrived {
    visit::Arrived { returning: false, late_minutes: None }
}

pub fn identified() -> visit::IdentityVerified {
    visit::IdentityVerified {
        method: IdentityMethod::Spoken,
        identifiers: vec![Identifier::Name, Identifier::BirthDate],
        verified_by: Role::FrontDesk,
    }
}

pub fn located() -> visit::LocationAttested {
    visit::LocationAttested { jurisdiction: "WI".try_into().unwrap(), address: Phi::Sealed, attested_by: Role::Patient }
}

pub fn checked_in() -> visit::CheckedIn {
    visit::CheckedIn {}
}

pub fn admitted(provider: u128) -> visit::Admitted {
    visit::Admitted {
        provider_id: id(provider),
        jurisdiction: Some("WI".try_into().unwrap()),
        licence_number: Some("1-20".try_into().unwrap()),
        on: start().date_naive(),
        overridden_gates: Vec::new(),
        emergency_id: None,
    }
}

pub fn ended() -> visit::Ended {
    visit::Ended { outcome: Outcome::Completed, ended_at: DateTime::UNIX_EPOCH }
}

pub fn charged(charge: u128, replaces: Option<u128>) -> visit::ChargeCaptured {
    visit::ChargeCaptured {
        charge_id: id(charge),
        replaces: replaces.map(id),
        code: Phi::Sealed,
        modifiers: Phi::Sealed,
        units: 2,
        amount_cents: None,
        diagnoses: Phi::Sealed,
        diagnosis_pointers: Vec::new(),
        payer: Phi::Sealed,
        place_of_service: Phi::Sealed,
        date_of_service: start().date_naive(),
        basis: None,
        minutes: None,
        audio_only_reason: None,
        unchecked: Default::default(),
        rules: Phi::Sealed,
    }
}

pub fn diagnosed(number: u8) -> visit::DiagnosisRecorded {
    visit::DiagnosisRecorded {
        diagnosis_number: number,
        code: Phi::Sealed,
        description: Phi::Sealed,
        primary: true,
        provider_id: id(PROVIDER),
    }
}

pub fn prescribed(order: u128) -> visit::PrescriptionDrafted {
    visit::PrescriptionDrafted {
        order_id: id(order),
        prescription: Phi::Sealed,
        diagnosis_pointers: vec![1],
        salt: Phi::Sealed,
        content_sha256: daybook_domain::Sha256Hex::try_from("07".repeat(32)).unwrap(),
        author_id: id(PROVIDER),
    }
}

pub fn consented(kind: ConsentKind) -> visit::ConsentGiven {
    visit::ConsentGiven {
        participant: Participant::Patient,
        participant_id: None,
        authority_id: None,
        kind,
        text_version: "text/1".try_into().unwrap(),
        age_rule: None,
        self_consent: None,
    }
}

pub fn drafted(note: u128) -> visit::NoteDrafted {
    visit::NoteDrafted {
        note_id: id(note),
        revision: 1,
        template_version: "soap/1".try_into().unwrap(),
        sections: Default::default(),
        body: Phi::Sealed,
        salt: Phi::Sealed,
        content_sha256: daybook_domain::Sha256Hex::try_from("07".repeat(32)).unwrap(),
        author_id: id(PROVIDER),
    }
}

pub fn signed(note: u128) -> visit::NoteSigned {
    visit::NoteSigned {
        note_id: id(note),
        signer_id: id(PROVIDER),
        content_sha256: daybook_domain::Sha256Hex::try_from("07".repeat(32)).unwrap(),
        template_version: "soap/1".try_into().unwrap(),
        consents: Vec::new(),
        signed_sha256: daybook_domain::Sha256Hex::try_from("08".repeat(32)).unwrap(),
        rendered_at_position: 4,
    }
}

pub fn corrected(note: u128) -> visit::NoteCorrected {
    let hash = |byte: &str| daybook_domain::Sha256Hex::try_from(byte.repeat(32)).unwrap();
    visit::NoteCorrected {
        note_id: id(note),
        replaces_sha256: hash("08"),
        reason: Phi::Sealed,
        template_version: "soap/1".try_into().unwrap(),
        sections: Default::default(),
        body: Phi::Sealed,
        salt: Phi::Sealed,
        content_sha256: hash("09"),
        consents: Vec::new(),
        signed_sha256: hash("10"),
        author_id: id(PROVIDER),
        rendered_at_position: 5,
    }
}

pub fn cosign_requested(note: u128) -> visit::CosignRequested {
    visit::CosignRequested { note_id: id(note), cosigner_id: id(PROVIDER + 1), requested_by: id(PROVIDER) }
}

pub fn cosigned(note: u128) -> visit::Cosigned {
    visit::Cosigned {
        note_id: id(note),
        cosigner_id: id(PROVIDER + 1),
        attestation: visit::Attestation::ReviewedNote,
        signed_sha256: signed(note).signed_sha256,
        rendered_at_position: 5,
    }
}

/// Where something imported was read.
pub fn origin(line: u64) -> Origin {
    let hash = |byte: &str| Sha256Hex::try_from(byte.repeat(32)).unwrap();
    Origin { source: "old-ehr".try_into().unwrap(), file_sha256: hash("0a"), line, content_key: hash("0b") }
}

pub fn imported(patient: u128) -> patient::Event {
    patient::PatientImported {
        patient_id: id(patient),
        origin: origin(1),
        original_date: None,
        resource_id: Phi::Sealed,
        given_name: None,
        family_name: Phi::Sealed,
        birth_date: Phi::Sealed,
        mrn: None,
        phone: None,
        preferred_language: None,
        deceased: None,
        resource: Phi::Sealed,
    }
    .into()
}

pub fn registered(patient: u128) -> patient::Event {
    patient::PatientRegistered {
        patient_id: id(patient),
        given_name: Phi::Sealed,
        family_name: Phi::Sealed,
        birth_date: Phi::Sealed,
        mrn: None,
        phone: None,
        preferred_language: None,
    }
    .into()
}
