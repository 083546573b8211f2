//! A visit somebody acts on or wants to see: loaded, put to the policies as its stream tells it, and only then decided on
//! or shown.

use std::future::ready;
use std::ops::Deref;

use daybook_access::{Action, Denial, Receipt, Resource};
use daybook_domain::law::Service;
use daybook_domain::visit::{
    AdmitFacts, ChargeFacts, Command, ConsentFacts, Event, NoteTrail, ProxyFacts, SignatureFacts, SupervisorFacts,
    Visit,
};
use daybook_domain::{AuthorityId, ChargeId, Clinic, NoteId, ParticipantId, Provider, ProviderId, VisitId};
use daybook_ledger::append::{Appended, Guard};
use daybook_ledger::cqrs::{self, ExecuteError};
use daybook_ledger::{Intent, Loaded};

use crate::age::Age;
use crate::caller::{Call, Caller};
use crate::command::{Answer, Parts, Written};
use crate::glass;
use crate::problem::Problem;
use crate::state::State;

/// A visit as an attempt at a command loaded it, once the policies permit the command.
pub struct Permitted<'a, const MAX: usize> {
    pub(crate) call: &'a Call<MAX>,
    visit: Loaded<Visit>,
    name: &'static str,
    policies: Vec<String>,
}

impl<const MAX: usize> Deref for Permitted<'_, MAX> {
    type Target = Loaded<Visit>;
    fn deref(&self) -> &Loaded<Visit> {
        &self.visit
    }
}

impl<const MAX: usize> Permitted<'_, MAX> {
    /// What the licence gate needs to know: the licences of the provider who treats, the clinic's zone and the rules it may
    /// rely on; and the guards that all of it is still so when the event is written.
    pub async fn licences(&self) -> Result<(AdmitFacts, Vec<Guard>), Problem> {
        let Some(provider) = self.visit.provider() else { return Ok((AdmitFacts::default(), Vec::new())) };
        let (provider, clinic): (Loaded<Provider>, Loaded<Clinic>) =
            self.call.load((provider.0, self.call.clinic())).await?;
        let (facts, mut guards) = (AdmitFacts::of(&provider, &clinic), vec![provider.guard(), clinic.guard()]);
        let Some(supervision) = self.visit.supervision() else { return Ok((facts, guards)) };
        let supervisor: Loaded<Provider> = self.call.load(supervision.supervisor.0).await?;
        guards.push(supervisor.guard());
        Ok((facts.supervised_by(&supervisor), guards))
    }

    /// What is on record of somebody who is to supervise, and the guards that it is still so when the event is written.
    pub async fn supervisor_facts(&self, supervisor: ProviderId) -> Result<(SupervisorFacts, Vec<Guard>), Problem> {
        let (supervisor, clinic): (Loaded<Provider>, Loaded<Clinic>) =
            self.call.load((supervisor.0, self.call.clinic())).await?;
        let guards = if supervisor.exists() { vec![supervisor.guard(), clinic.guard()] } else { vec![clinic.guard()] };
        Ok((SupervisorFacts::of(&supervisor, &clinic), guards))
    }

    /// What a new charge needs to know, and the guard that the clinic still relies on these rules when it is written.
    pub async fn charge_facts(&self) -> Result<(ChargeFacts, Guard), Problem> {
        let clinic: Loaded<Clinic> = self.call.load(self.call.clinic()).await?;
        let charge_id = ChargeId(self.call.state.ledger.ids().public());
        Ok((ChargeFacts::of(charge_id, &clinic), clinic.guard()))
    }

    /// What the log says of what somebody signs under a note. Read after the visit was loaded: whatever came in between lets
    /// the append fail, and the attempt is made anew.
    pub async fn signature_facts(&self, note: NoteId) -> Result<SignatureFacts, Problem> {
        let (ledger, clinic) = (&self.call.state.ledger, self.call.clinic());
        let mut trail = NoteTrail::of(note);
        for recorded in ledger.read_stream(clinic, self.visit.stream(), 0).await? {
            trail.observe(recorded.position, recorded.recorded_at, &recorded.decode::<Event>()?);
        }
        let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
        Ok(trail.facts(size.saturating_sub(1), ledger.saved_revision(clinic, note.0).await?))
    }

    /// Whether the patient may consent alone, and the guards that it is still so when the event is written.
    pub async fn consent_facts(&self, service: Option<Service>) -> Result<(ConsentFacts, Vec<Guard>), Problem> {
        let age = Age::of_patient(self.call, &self.visit, service).await?;
        let guards = age.guards();
        Ok((ConsentFacts { standing: age.standing }, guards))
    }

    /// What the patient's record says of a proxy's authority, and the guards that it still says so when the event is
    /// written.
    pub async fn proxy_facts(&self, authority: Option<AuthorityId>) -> Result<(ProxyFacts, Vec<Guard>), Problem> {
        let age = Age::of_patient(self.call, &self.visit, None).await?;
        let zone = age.clinic.time_zone();
        let today = zone.day(self.call.state.ledger.clock().now());
        let facts = ProxyFacts::of(authority, &age.patient, age.standing.clone(), today);
        Ok((facts, age.guards()))
    }

    /// The authority on which a proxy of this visit acts.
    pub fn authority_of(&self, proxy: ParticipantId) -> Option<AuthorityId> {
        self.visit.proxies().get(proxy).map(|proxy| proxy.authority_id)
    }

    /// The command the policies were asked for, with the facts looked up for it.
    pub fn intent(self, command: Command) -> Intent<Visit> {
        debug_assert_eq!(command.name(), self.name, "the policies were asked for another command");
        self.call.intent(self.visit, command, &self.policies)
    }
}

/// Why an attempt came to no decision.
enum Stop {
    Denied(Denial),
    Failed(Problem),
}

impl From<Denial> for Stop {
    fn from(denial: Denial) -> Self {
        Stop::Denied(denial)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Failed(problem)
    }
}

impl From<ExecuteError> for Stop {
    fn from(error: ExecuteError) -> Self {
        Stop::Failed(error.into())
    }
}

impl<const MAX: usize> Call<MAX> {
    /// Carries out a command on a visit. Every attempt loads the visit once; what its stream tells goes to the policies,
    /// and with their permit to `intend`, which looks up what else the command needs.
    pub async fn on_visit<'a, F>(
        &'a self,
        id: VisitId,
        name: &'static str,
        intend: impl Fn(Permitted<'a, MAX>) -> F,
    ) -> Answer
    where
        F: Future<Output = Result<Intent<Visit>, Problem>>,
    {
        let intend = &intend;
        let attempt = move || async move { Ok::<_, Stop>(intend(self.permitted(id, name).await?).await?) };
        let result = match cqrs::execute(&self.state.ledger, self.execution(), attempt).await {
            Ok(appended) => Ok(appended),
            Err(Stop::Failed(problem)) => Err(problem),
            Err(Stop::Denied(denial)) => self.denied(denial).await,
        };
        let appended = self.counted(name, result)?;
        Ok(Written { visit_id: Some(id), ..Written::new(&appended) })
    }

    /// The visit, if the policies permit the command on it. One that does not exist, or is another clinic's, is put to
    /// them all the same, so that neither the answer nor its time tells it from one that is closed.
    async fn permitted(&self, id: VisitId, name: &'static str) -> Result<Permitted<'_, MAX>, Stop> {
        let visit: Loaded<Visit> = self.load(id.0).await?;
        let resource = Resource::visit(self.principal.clinic, id, &visit);
        let permit = self.state.access.judge(&self.asking(), Action::VisitCommand(name), &resource)?;
        if !visit.exists() {
            return Err(Problem::not_found().into());
        }
        Ok(Permitted { call: self, visit, name, policies: permit.policies })
    }

    /// The visit, if the policies permit the command on it: for what is decided like the command and kept beside the log.
    pub async fn beside_the_log(&self, id: VisitId, name: &'static str) -> Result<Permitted<'_, MAX>, Problem> {
        match self.permitted(id, name).await {
            Ok(visit) => Ok(visit),
            Err(Stop::Failed(problem)) => Err(problem),
            Err(Stop::Denied(denial)) => {
                let problem = self.hidden(denial.resource());
                self.state.access.deny(&self.asking(), denial).await;
                Err(problem)
            }
        }
    }

    /// The answer to a command that is closed to the caller. It may have been open when they first sent it: what it did
    /// then may be why it is closed now, and a repetition is answered as the first time.
    async fn denied(&self, denial: Denial) -> Result<Appended, Problem> {
        if let Ok(Some(appended)) = cqrs::repeated(&self.state.ledger, self.execution()).await {
            return Ok(appended);
        }
        let problem = self.hidden(denial.resource());
        self.state.access.deny(&self.asking(), denial).await;
        Err(problem)
    }

    /// A command on a visit that needs no facts from elsewhere.
    pub async fn visit_command(self, id: VisitId, command: Command) -> Answer {
        self.detached(move |call| async move {
            call.on_visit(id, command.name(), |visit| ready(Ok(visit.intent(command.clone())))).await
        })
        .await
    }

    /// The same, when the command makes something whose id the caller needs.
    pub async fn visit_command_with_parts(self, id: VisitId, command: Command) -> Answer {
        self.detached(move |call| async move {
            let intend = |visit: Permitted<'_, MAX>| ready(Ok(visit.intent(command.clone())));
            call.on_visit_with_parts(id, command.name(), intend).await
        })
        .await
    }

    /// As [`Self::on_visit`], when the command makes something whose id the caller needs.
    pub async fn on_visit_with_parts<'a, F>(
        &'a self,
        id: VisitId,
        name: &'static str,
        intend: impl Fn(Permitted<'a, MAX>) -> F,
    ) -> Answer
    where
        F: Future<Output = Result<Intent<Visit>, Problem>>,
    {
        let mut written = self.on_visit(id, name, intend).await?;
        written.parts = parts(&self.state, self.clinic(), &written.positions).await?;
        Ok(written)
    }
}

impl Caller {
    /// The visit, if the policies permit the command on it: asked before a body is read that is too large to be read first.
    pub async fn visit_if_permitted(&self, id: VisitId, name: &'static str) -> Result<Loaded<Visit>, Problem> {
        let visit: Loaded<Visit> = self.load(id.0).await?;
        let resource = Resource::visit(self.principal.clinic, id, &visit);
        match self.state.access.judge(&self.asking(), Action::VisitCommand(name), &resource) {
            Ok(_) if visit.exists() => Ok(visit),
            Ok(_) => Err(Problem::not_found()),
            Err(denial) => {
                let problem = self.hidden(denial.resource());
                self.state.access.deny(&self.asking(), denial).await;
                Err(problem)
            }
        }
    }

    /// The receipt for showing a visit. One that does not exist is put to the policies like any other.
    pub async fn read_visit(&self, action: Action, id: VisitId, visit: &Visit) -> Result<Receipt, Problem> {
        let resource = Resource::visit(self.principal.clinic, id, visit);
        let resource = glass::seen(self, resource, visit.patient()).await?;
        let receipt = self.state.access.read(&self.asking(), action, &resource, &[]).await;
        receipt.map_err(|error| self.hidden_if_denied(&resource, error))
    }
}

/// Reads back what a command made, wherever it was made: after a repeated request these are the ids of the first time. Where
/// several events name one, the last of them counts.
pub async fn parts(state: &State, clinic: uuid::Uuid, positions: &[u64]) -> Result<Parts, Problem> {
    let mut all = serde_json::Map::new();
    for event in state.ledger.read_positions(clinic, positions).await? {
        match serde_json::from_slice(&event.payload) {
            Ok(serde_json::Value::Object(payload)) => all.extend(payload),
            _ => return Err(Problem::internal()),
        }
    }
    serde_json::from_value(serde_json::Value::Object(all)).map_err(|_| Problem::internal())
}
