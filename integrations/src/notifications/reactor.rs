//! The reactor that reminds patients. Every server runs it and none leads: what it writes has a command id made of visit,
//! kind and start, so that however many servers look at once, the log gets one fact.
//!
//! What a crash leaves: before the intent is appended, nothing, and the next look intends it. Between the intent and its
//! outcome, an open intent: the next look hands it to the notifier (again), or says that it is superseded. After the outcome,
//! nothing is open. The intent is decided on the visit as it stood at the append, so a visit that was moved or called off
//! meanwhile is not reminded of.

use chrono::{DateTime, Duration, Utc};
use daybook_access::{Access, Action, Asking, Principal, Resource};
use daybook_domain::visit::{
    Command, IntendReminder, RecordReminderNotSent, ReminderFacts, ReminderKind, State, Visit,
};
use daybook_domain::{Clinic, ClinicId, Request, VisitId};
use daybook_ledger::aggregate::{self, LoadError};
use daybook_ledger::append::{AppendError, CommandKey};
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use daybook_ledger::{Intent, Ledger, Loaded};
use daybook_projections::Views;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Notification, Notifier, Outcome};

/// The program, as the log names it.
const PROGRAM: &str = "reminders";
/// No reminder is due longer before its visit.
const AHEAD: Duration = Duration::hours(24);
/// How long after its start a visit is looked at still: what was intended before may have no outcome yet.
const BEHIND: Duration = Duration::hours(24);

/// Why a look came to no end. The next one begins anew.
#[derive(Debug, thiserror::Error)]
pub enum ReactorError {
    /// The log.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// Loading what is in it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The read model that says which visits there are.
    #[error(transparent)]
    View(#[from] daybook_projections::Error),
    /// The list of clinics.
    #[error("the log does not say which clinics there are")]
    Clinics,
    /// The policies do not let this program do its work.
    #[error("the policies do not permit it")]
    Denied,
}

/// Reminds the patients of an installation.
#[derive(Clone, Copy)]
pub struct Reminding<'a> {
    /// The log.
    pub ledger: &'a Ledger,
    /// The policies.
    pub access: &'a Access,
    /// The read models.
    pub views: &'a Views,
    /// What sends.
    pub notifier: &'a dyn Notifier,
}

impl Reminding<'_> {
    /// Looks at every clinic once. One that fails does not keep the others waiting.
    pub async fn look(&self, at: DateTime<Utc>) -> Result<(), ReactorError> {
        for clinic in self.ledger.clinics().await.map_err(|_| ReactorError::Clinics)? {
            if let Err(error) = self.look_at(ClinicId(clinic), at).await {
                tracing::warn!(%clinic, %error, "reminders could not be looked after");
            }
        }
        Ok(())
    }

    /// Looks at one clinic's visits around a moment: intends what is due, and says what became of what was intended.
    pub async fn look_at(&self, clinic: ClinicId, at: DateTime<Utc>) -> Result<(), ReactorError> {
        let record: Loaded<Clinic> = aggregate::load(self.ledger, clinic.0, clinic.0).await?;
        // Nobody ever asked for reminders: none are open either.
        if record.reminder_policy().is_none() {
            return Ok(());
        }
        let (_, visits) = self.views.starting(clinic.0, None, at - BEHIND, at + AHEAD).await?;
        for visit in visits {
            self.look_at_visit(clinic, visit.visit_id, &record, at).await?;
        }
        Ok(())
    }

    async fn look_at_visit(
        &self,
        clinic: ClinicId,
        id: VisitId,
        record: &Clinic,
        at: DateTime<Utc>,
    ) -> Result<(), ReactorError> {
        let mut visit: Loaded<Visit> = aggregate::load(self.ledger, clinic.0, id.0).await?;
        let policy = record.reminder_policy().filter(|_| visit.state() == State::Scheduled);
        let due = policy.map(|policy| visit.due_reminders(at, policy)).unwrap_or_default();
        for kind in &due {
            self.intend(clinic, id, *kind, &visit, at).await?;
        }
        if !due.is_empty() {
            visit = aggregate::load(self.ledger, clinic.0, id.0).await?;
        }
        let open: Vec<_> = visit.open_reminders().collect();
        for (reminder, superseded) in open {
            let Some(patient) = visit.patient() else { continue };
            let notification = Notification { clinic, visit: id, patient, reminder };
            let Outcome::NotSent(reason) = match superseded {
                Some(reason) => Outcome::NotSent(reason),
                None => self.notifier.notify(&notification),
            };
            let (kind, starts_at) = (reminder.kind, reminder.starts_at);
            let command = Command::RecordReminderNotSent(RecordReminderNotSent { kind, starts_at, reason });
            self.execute(clinic, id, key("outcome", id, kind, starts_at), &command, at).await?;
        }
        Ok(())
    }

    async fn intend(
        &self,
        clinic: ClinicId,
        id: VisitId,
        kind: ReminderKind,
        seen: &Visit,
        at: DateTime<Utc>,
    ) -> Result<(), ReactorError> {
        let Some(starts_at) = seen.starts_at() else { return Ok(()) };
        // The policy is taken anew with the visit: what the clinic switched off meanwhile is not intended.
        let key = key("intent", id, kind, starts_at);
        let attempt = || async {
            let (visit, record): (Loaded<Visit>, Loaded<Clinic>) =
                aggregate::load(self.ledger, clinic.0, (id.0, clinic.0)).await?;
            let facts = ReminderFacts::of(&record);
            let command = Command::IntendReminder(IntendReminder { kind }, facts);
            Ok(self.decided(clinic, id, key, visit, command, at)?.relying_on([record.guard()]))
        };
        settled(cqrs::execute(self.ledger, execution(clinic, key), attempt).await)
    }

    async fn execute(
        &self,
        clinic: ClinicId,
        id: VisitId,
        key: CommandKey,
        command: &Command,
        at: DateTime<Utc>,
    ) -> Result<(), ReactorError> {
        let attempt = || async {
            let visit: Loaded<Visit> = aggregate::load(self.ledger, clinic.0, id.0).await?;
            self.decided(clinic, id, key, visit, command.clone(), at)
        };
        settled(cqrs::execute(self.ledger, execution(clinic, key), attempt).await)
    }

    fn decided(
        &self,
        clinic: ClinicId,
        id: VisitId,
        key: CommandKey,
        visit: Loaded<Visit>,
        command: Command,
        at: DateTime<Utc>,
    ) -> Result<Intent<Visit>, ReactorError> {
        let program = Principal::system(PROGRAM, clinic);
        let asking = Asking::new(&program, key.id);
        let resource = Resource::visit(clinic, id, &visit);
        let permit = self.access.judge(&asking, Action::VisitCommand(command.name()), &resource);
        let permit = permit.map_err(|_| ReactorError::Denied)?;
        let metadata = asking.metadata(key.id, &permit.policies);
        Ok(Intent::new(visit, Request { at, actor: program.actor(), command }, metadata))
    }
}

fn execution(clinic: ClinicId, key: CommandKey) -> Execution {
    Execution { clinic: clinic.0, key, expected: None }
}

/// A refusal means that the visit has moved on, or that another server said the same in other words: nothing is missing, and
/// the next look sees how it stands.
fn settled<T>(result: Result<T, ReactorError>) -> Result<(), ReactorError> {
    match result {
        Ok(_) | Err(ReactorError::Execute(ExecuteError::Refused(_))) => Ok(()),
        Err(ReactorError::Execute(ExecuteError::Append(AppendError::CommandReused))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The id of the command that writes this fact, whichever server does.
fn key(what: &str, visit: VisitId, kind: ReminderKind, starts_at: DateTime<Utc>) -> CommandKey {
    let mut hasher = Sha256::new();
    for part in ["daybook/reminder/v1", what, &visit.to_string(), kind.name(), &starts_at.to_rfc3339()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    CommandKey { id: Uuid::from_bytes(bytes), request_hash: hash }
}
