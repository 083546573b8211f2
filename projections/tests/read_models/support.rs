//! A clinic on a database of its own, whose visits go through the domain's rules and the ledger.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook_domain::visit::{self, Visit};
use daybook_domain::{
    Actor, Licence, LicenceKind, Patient, Private, Provider, Request, Role, Rules, patient, provider,
};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::cqrs::{self, Executable, ExecuteError, Execution};
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::{Clock, Draft, Ids, Intent, Ledger, Loaded, Metadata, Options, Stream, Unsealed, aggregate};
use daybook_projections::{Difference, Projector, Selection, Views, compare, prepare};
use private_postgres::{TestDatabase, fresh_database};
use sqlx::PgPool;
use uuid::Uuid;

pub const CLINIC: Uuid = Uuid::from_u128(0xC11);
pub const PATIENT: Uuid = Uuid::from_u128(1);
pub const PROVIDER: Uuid = Uuid::from_u128(2);
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One server.
pub struct Server {
    pub ledger: Ledger,
    pub pool: PgPool,
}

pub async fn database() -> TestDatabase {
    let migrate = async |url: &str| {
        database::migrate(url).await?;
        Ok(prepare(url).await?)
    };
    fresh_database("projections_1", migrate).await.unwrap()
}

impl Server {
    pub async fn on(database: &TestDatabase) -> Self {
        let provider = Arc::new(LocalKeys::new([7; 32]));
        let keys = database::connect(&database.url, DatabaseRole::Keys, 2).await.unwrap();
        let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
        let log = database::connect(&database.url, DatabaseRole::Append, 8).await.unwrap();
        let options = Options { origin: "daybook.test".into(), ..Options::default() };
        let ledger = Ledger::start(log, provider, ring.sealer, Arc::new(System), Arc::new(System), &options);
        let pool = database::connect(&database.url, DatabaseRole::Project, 8).await.unwrap();
        Self { ledger, pool }
    }

    pub fn project(&self) -> Projector {
        Projector::start(self.ledger.clone(), self.pool.clone())
    }

    pub fn views(&self) -> Views {
        Views::new(self.pool.clone(), self.ledger.clone())
    }

    /// Rows that are not what the log says, each with its read model's name.
    pub async fn differences(&self) -> Vec<(&'static str, Difference)> {
        let compared = compare(&self.pool, &self.ledger, &Selection::default(), |_| {}).await.unwrap();
        let told =
            compared.into_iter().flat_map(|of| of.differences.into_iter().map(move |found| (of.projection, found)));
        told.collect()
    }

    async fn execute<A, C>(&self, id: Uuid, role: Role, command: C) -> u64
    where
        A: Executable + Rules<Command = C>,
        C: Clone,
    {
        let request = Request { at: System.now(), actor: actor(role), command };
        let key = CommandKey { id: System.internal(), request_hash: [0; 32] };
        let executed = cqrs::execute(&self.ledger, Execution { clinic: CLINIC, key, expected: None }, || async {
            let main: Loaded<A> = aggregate::load(&self.ledger, CLINIC, id).await?;
            Ok::<_, ExecuteError>(Intent::new(main, request.clone(), metadata()))
        });
        executed.await.map_err(|error| error.to_string()).unwrap().last().unwrap().position
    }

    /// A patient and a provider; answers the position of the patient's registration.
    pub async fn register(&self) -> u64 {
        let register = provider::Register { name: text("Dr. Grey"), credentials: None };
        let new = provider::NewProvider { provider_id: PROVIDER.into() };
        self.execute::<Provider, _>(PROVIDER, Role::Administrator, provider::Command::Register(register, new)).await;
        let register = patient::Register {
            given_name: text("Ada"),
            family_name: text("Muster"),
            birth_date: Private("1980-02-29".parse().unwrap()),
            mrn: None,
            phone: None,
            preferred_language: None,
        };
        let new = patient::NewPatient { patient_id: PATIENT.into() };
        self.execute::<Patient, _>(PATIENT, Role::FrontDesk, patient::Command::Register(register, new)).await
    }

    pub async fn visit(&self, visit: u128, role: Role, command: visit::Command) -> u64 {
        self.execute::<Visit, _>(Uuid::from_u128(visit), role, command).await
    }

    pub async fn schedule(&self, visit: u128, starts_at: DateTime<Utc>) -> u64 {
        let command = visit::Schedule {
            patient_id: PATIENT.into(),
            provider_id: PROVIDER.into(),
            starts_at: starts_at.into(),
            duration_minutes: 20,
            modality: visit::Modality::Video,
            reason: Some(text("Sore throat")),
            overbook: None,
            hold_id: None,
        };
        let when = visit::When { starts_at: Ok(starts_at), in_hours: true };
        let facts = visit::ScheduleFacts { patient_registered: true, provider_registered: true, when };
        self.visit(visit, Role::FrontDesk, visit::Command::Schedule(command, facts)).await
    }

    /// From scheduled to the waiting room.
    pub async fn check_in(&self, visit: u128) -> u64 {
        use visit::Command::*;
        self.visit(visit, Role::Patient, Arrive(visit::Arrive {})).await;
        let identifiers = vec![visit::Identifier::Name, visit::Identifier::BirthDate];
        let verify = visit::VerifyIdentity { method: visit::IdentityMethod::Spoken, identifiers };
        self.visit(visit, Role::FrontDesk, VerifyIdentity(verify)).await;
        let attest = visit::AttestLocation { jurisdiction: "WI".try_into().unwrap(), address: text("12 Lake Street") };
        self.visit(visit, Role::Patient, AttestLocation(attest, licensed())).await;
        let number = visit::GiveCallbackNumber { number: "+1 608 555 0142".try_into().unwrap() };
        self.visit(visit, Role::Patient, GiveCallbackNumber(number)).await;
        let nobody = visit::RecordEmergencyContact { answer: visit::ContactAnswer::None, contact: None };
        self.visit(visit, Role::Patient, RecordEmergencyContact(nobody)).await;
        self.visit(visit, Role::Patient, CheckIn(visit::CheckIn {})).await
    }

    /// From the waiting room to a signed note and the end.
    pub async fn treat(&self, visit: u128) -> u64 {
        use visit::Command::*;
        self.visit(visit, Role::Provider, Admit(visit::Admit {}, licensed())).await;
        let draft = visit::DraftNote {
            note_id: None,
            based_on: None,
            template_version: "soap/1".try_into().unwrap(),
            body: [("plan".try_into().unwrap(), text("Rest."))].into_iter().collect(),
        };
        let note = visit::NewNote { note_id: Uuid::from_u128(visit + 1_000).into(), salt: [7; 32] };
        self.visit(visit, Role::Provider, DraftNote(draft, note)).await;
        self.visit(visit, Role::Provider, End(visit::End { outcome: visit::Outcome::Completed })).await
    }

    /// An event this program does not know.
    pub async fn poison(&self, stream: &'static str, id: u128) -> u64 {
        let stream = Stream::new(stream, Uuid::from_u128(id));
        let event = Unsealed {
            event_id: System.internal(),
            event_type: "teleported",
            event_version: "1.0",
            payload: serde_json::json!({}),
        };
        let draft = Draft::seal(event, CLINIC, &stream, None, &metadata(), self.ledger.sealer()).await.unwrap();
        let append = Append {
            clinic: CLINIC,
            command: CommandKey { id: System.internal(), request_hash: [0; 32] },
            streams: vec![StreamAppend { stream, expected: Expected::Any, events: vec![draft] }],
            guards: Vec::new(),
        };
        self.ledger.append(append).await.unwrap().events[0].position
    }
}

pub fn now() -> DateTime<Utc> {
    System.now()
}

fn text<const MAX: usize>(text: &str) -> daybook_domain::Text<MAX> {
    text.try_into().unwrap()
}

fn licensed() -> visit::AdmitFacts {
    let licence = Licence::new(
        "WI".try_into().unwrap(),
        text("1-20"),
        LicenceKind::Full,
        "2000-01-01".parse().unwrap(),
        "2999-12-31".parse().unwrap(),
    );
    visit::AdmitFacts { licences: vec![licence], ..Default::default() }
}

fn metadata() -> Metadata {
    [("actor", "desk-7"), ("role", "front-desk")].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn actor(role: Role) -> Actor {
    let person = match role {
        Role::Patient => Some(PATIENT),
        Role::Provider => Some(PROVIDER),
        _ => None,
    };
    Actor { role, subject: role.name().into(), person }
}
