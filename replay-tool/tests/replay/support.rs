//! A log with visits in a database of its own, and the program to look at it.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use daybook_access::{Access, Policies};
use daybook_domain::visit::{self, *};
use daybook_domain::{Actor, ClinicId, PatientId, ProviderId, Request, Role, VisitId};
use daybook_ledger::append::CommandKey;
use daybook_ledger::clock::System;
use daybook_ledger::cqrs::{ExecuteError, Execution, execute};
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyProvider, KeyRing, LocalKeys};
use daybook_ledger::{Clock, Ids, Intent, Ledger, Loaded, Metadata, Options, aggregate};
use sqlx::PgPool;
use uuid::Uuid;

pub const CLINIC: Uuid = Uuid::from_u128(0xC11);
pub const VISIT: Uuid = Uuid::from_u128(0x715);
pub const PATIENT: PatientId = PatientId(Uuid::from_u128(0xA));
pub const PROVIDER: ProviderId = ProviderId(Uuid::from_u128(0xD));
pub const ROOT: [u8; 32] = [7; 32];
pub const ORIGIN: &str = "daybook.test";

/// A database with a log, as a server writes it.
pub struct Log {
    pub url: String,
    pub owner: PgPool,
    pub ledger: Ledger,
    pub access: Access,
}

/// A database without a log, as its owner.
pub async fn empty_database() -> String {
    private_postgres::fresh_database("ledger", async |url: &str| Ok(database::migrate(url).await?))
        .await
        .unwrap()
        .url
        .clone()
}

impl Log {
    pub async fn start() -> Self {
        Self::start_with(Arc::new(LocalKeys::new(ROOT))).await
    }

    /// With keys of another provider than the program's.
    pub async fn start_with(provider: Arc<dyn KeyProvider>) -> Self {
        Self::over(empty_database().await, provider).await
    }

    /// Whatever is in this database, as a server writes it.
    pub async fn of(url: String) -> Self {
        Self::over(url, Arc::new(LocalKeys::new(ROOT))).await
    }

    async fn over(url: String, provider: Arc<dyn KeyProvider>) -> Self {
        let keys = database::connect(&url, DatabaseRole::Keys, 2).await.unwrap();
        let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
        let pool = database::connect(&url, DatabaseRole::Append, 6).await.unwrap();
        let options = Options { origin: ORIGIN.into(), ..Options::default() };
        let ledger = Ledger::start(pool, provider, ring.sealer, Arc::new(System), Arc::new(System), &options);
        let access = Access::new(ledger.clone(), ring.opener, Policies::embedded().unwrap());
        let owner = PgPool::connect(&url).await.unwrap();
        Self { url, owner, ledger, access }
    }

    /// Carries a command out on the visit; returns when it was recorded.
    pub async fn does(&self, role: Role, command: visit::Command) -> DateTime<Utc> {
        let person = match role {
            Role::Patient => Some(PATIENT.0),
            Role::Provider => Some(PROVIDER.0),
            _ => None,
        };
        let subject = format!("{}-7", role.name());
        let metadata = Metadata::from(
            [("actor", &*subject), ("role", role.name())].map(|(key, value)| (key.into(), value.into())),
        );
        let request = Request { at: System.now(), actor: Actor { role, subject, person }, command };
        let key = CommandKey { id: System.internal(), request_hash: [0; 32] };
        let appended = execute(&self.ledger, Execution { clinic: CLINIC, key, expected: None }, || async {
            let visit: Loaded<visit::Visit> = aggregate::load(&self.ledger, CLINIC, VISIT).await?;
            Ok::<_, ExecuteError>(Intent::new(visit, request.clone(), metadata.clone()))
        })
        .await
        .unwrap();
        appended.events[0].recorded_at
    }

    /// Seven events: scheduled, arrived, identity verified, location attested, call-back number given, emergency contact
    /// asked for, checked in.
    pub async fn checked_in() -> Self {
        Self::start().await.with_visit().await
    }

    pub async fn with_visit(self) -> Self {
        let log = self;
        let text = "Sore throat".try_into().unwrap();
        let starts_at = System.now() + Duration::minutes(5);
        let schedule = Schedule {
            patient_id: PATIENT,
            provider_id: PROVIDER,
            starts_at: starts_at.into(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(text),
            overbook: None,
            hold_id: None,
        };
        let when = When { starts_at: Ok(starts_at), in_hours: true };
        let facts = ScheduleFacts { patient_registered: true, provider_registered: true, when };
        log.does(Role::FrontDesk, visit::Command::Schedule(schedule, facts)).await;
        log.does(Role::Patient, visit::Command::Arrive(Arrive {})).await;
        let identifiers = vec![Identifier::Name, Identifier::BirthDate];
        let verify = VerifyIdentity { method: IdentityMethod::Spoken, identifiers };
        log.does(Role::FrontDesk, visit::Command::VerifyIdentity(verify)).await;
        let address = "12 Lake Street, Madison".try_into().unwrap();
        let attest = AttestLocation { jurisdiction: "WI".try_into().unwrap(), address };
        log.does(Role::Patient, visit::Command::AttestLocation(attest, AdmitFacts::default())).await;
        let number = GiveCallbackNumber { number: "+1 608 555 0142".try_into().unwrap() };
        log.does(Role::Patient, visit::Command::GiveCallbackNumber(number)).await;
        let nobody = RecordEmergencyContact { answer: ContactAnswer::None, contact: None };
        log.does(Role::Patient, visit::Command::RecordEmergencyContact(nobody)).await;
        log.does(Role::Patient, visit::Command::CheckIn(CheckIn {})).await;
        log
    }

    /// Reads the visit as its provider, as a server would.
    pub async fn is_read(&self) {
        self.is_read_for(daybook_access::Action::ReadChart).await;
    }

    /// The same for this; answers where that is recorded.
    pub async fn is_read_for(&self, action: daybook_access::Action) -> u64 {
        self.reads(action).await.unwrap()
    }

    pub async fn reads(&self, action: daybook_access::Action) -> Result<u64, daybook_access::AccessError> {
        let provider = principal(Role::Provider, Some(PROVIDER.0));
        let visit: Loaded<visit::Visit> = aggregate::load(&self.ledger, CLINIC, VISIT).await.unwrap();
        let resource = daybook_access::Resource::visit(ClinicId(CLINIC), VisitId(VISIT), &visit);
        let asking = daybook_access::Asking::new(&provider, System.internal());
        Ok(self.access.read(&asking, action, &resource, &[PATIENT]).await?.position().unwrap())
    }

    /// As somebody with the rights of the database's owner.
    pub async fn tamper(&self, sql: &str) {
        let sql = format!("ALTER TABLE ledger.events DISABLE TRIGGER append_only; {sql}");
        sqlx::raw_sql(&sql).execute(&self.owner).await.unwrap();
    }

    /// Runs the program, with nothing of this environment but the database.
    pub async fn replay(&self, arguments: &[&str]) -> Answer {
        self.replay_with(arguments, &[]).await
    }

    pub async fn replay_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Answer {
        replay_on(&self.url, arguments, environment).await
    }

    /// The log's checkpoint as it is now.
    pub async fn checkpoint(&self) -> String {
        let key = self.ledger.verifier(CLINIC).await.unwrap().unwrap();
        self.ledger.head(CLINIC).await.unwrap().unwrap().note(&key)
    }
}

/// The program on a database, not yet begun.
pub fn program(url: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook-replay"));
    command.env_clear().env("DAYBOOK_DATABASE_URL", url).envs(environment.iter().copied());
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program on a database. What it says goes into a pipe: there is not one escape in it that nobody forced.
pub async fn replay_on(url: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Answer {
    let mut command = program(url, arguments, environment);
    let answer: Answer = tokio::task::spawn_blocking(move || command.output().unwrap().into()).await.unwrap();
    let set = |name| environment.iter().any(|(set, _)| *set == name);
    let toned = answer.out.contains('\u{1b}') || answer.error.contains('\u{1b}');
    assert!(!toned || (set("CLICOLOR_FORCE") && !set("NO_COLOR")), "{answer:?}");
    answer
}

/// Somebody at the clinic of the tests.
pub fn principal(role: Role, person: Option<Uuid>) -> daybook_access::Principal {
    let subject = format!("{}-7", role.name());
    daybook_access::Principal { subject, role, clinic: ClinicId(CLINIC), person, session: Uuid::from_u128(0x5E) }
}

/// How the program ended and what it said.
#[derive(Debug)]
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), error: text(output.stderr) }
    }
}

impl Answer {
    /// Ended like this, and said each of these.
    #[track_caller]
    pub fn ended(&self, code: i32, said: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for words in said {
            assert!(
                self.out.contains(words) || self.error.contains(words),
                "not said: {words}\n{}{}",
                self.out,
                self.error
            );
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

/// An id as the command line takes it.
pub fn id(id: Uuid) -> String {
    id.to_string()
}
