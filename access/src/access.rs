//! The door: decides, records, opens. Holds the only opener there is.

use std::collections::BTreeSet;

use daybook_domain::{AccessEvent, DataKeyId, PatientId, Subject};
use daybook_ledger::sealing::{EventKey, FileOpener, FilePlace, Opener, RingError};
use daybook_ledger::{Ledger, Metadata, Recorded};

use crate::denials::{Denials, Recording};
use crate::{
    AccessError, Action, Asking, Decision, Denial, Denied, Opened, Permit, Policies, Principal, Receipt, Resource,
    facts,
};

/// The only door to unsealed PHI. One an installation; shared by reference.
pub struct Access {
    pub(crate) ledger: Ledger,
    pub(crate) opener: Opener,
    policies: Policies,
    denials: Denials,
}

impl Access {
    /// Takes the opener: from here on nothing is opened without a receipt.
    pub fn new(ledger: Ledger, opener: Opener, policies: Policies) -> Self {
        Self { ledger, opener, policies, denials: Denials::default() }
    }

    /// What the policies say, without recording that anybody asked: to show or hide a button. For the role's usual purpose.
    pub fn decide(&self, principal: &Principal, action: Action, resource: &Resource) -> Decision {
        self.policies.decide(principal, action, resource, principal.usual_purpose())
    }

    /// Permits a command, which shows no PHI. A denial is recorded; if that fails, it is still a denial.
    pub async fn permit(&self, asking: &Asking<'_>, action: Action, resource: &Resource) -> Result<Permit, Denied> {
        match self.judge(asking, action, resource) {
            Ok(permit) => Ok(permit),
            Err(denial) => Err(self.deny(asking, denial).await),
        }
    }

    /// The same, where a denial may turn out not to matter: who gets it decides whether to [`Self::deny`].
    pub fn judge(&self, asking: &Asking<'_>, action: Action, resource: &Resource) -> Result<Permit, Denial> {
        let patients = resource.patient.into_iter().collect();
        let policies = self.ask(asking, action, resource, patients)?;
        Ok(Permit { policies })
    }

    /// Records a denial; if that fails, it is still a denial.
    pub async fn deny(&self, asking: &Asking<'_>, denial: Denial) -> Denied {
        self.record(asking, &denial).await;
        denial.denied
    }

    /// Permits a read and records it durably; only then the receipt exists. `patients` is everyone whose PHI will be in
    /// it; the one the resource is about belongs to them in any case. A read that concerns no patient needs no fact, and
    /// its receipt opens nothing that is sealed; only reading the record of access is always recorded.
    pub async fn read(
        &self,
        asking: &Asking<'_>,
        action: Action,
        resource: &Resource,
        patients: &[PatientId],
    ) -> Result<Receipt, AccessError> {
        let (patients, policies) = self.concerned_and_permitted(asking, action, resource, patients).await?;
        let mut facts = Vec::new();
        if !patients.is_empty() || action == Action::ReadAccesses {
            facts.push(facts::phi_read(asking, action, resource, &patients, &policies));
        }
        self.receipt(asking, (action, resource), (patients, policies), &facts).await
    }

    /// Everyone a read concerns, and the policies that permit it.
    pub(crate) async fn concerned_and_permitted(
        &self,
        asking: &Asking<'_>,
        action: Action,
        resource: &Resource,
        patients: &[PatientId],
    ) -> Result<(Vec<PatientId>, Vec<String>), AccessError> {
        let patients = concerned(resource, patients)?;
        let policies = self.ask_for_read(asking, action, resource, &patients).await?;
        Ok((patients, policies))
    }

    /// The receipt, once these facts are in the log.
    pub(crate) async fn receipt(
        &self,
        asking: &Asking<'_>,
        (action, resource): (Action, &Resource),
        (patients, policies): (Vec<PatientId>, Vec<String>),
        facts: &[AccessEvent],
    ) -> Result<Receipt, AccessError> {
        let mut fact = None;
        if !facts.is_empty() {
            let stream = facts::stream_of_read(asking, &patients);
            fact = Some(facts::append(&self.ledger, resource.clinic, stream, facts, asking, Metadata::new()).await?);
        }
        Ok(Receipt {
            principal: asking.principal.clone(),
            purpose: asking.purpose,
            correlation_id: asking.correlation_id,
            reason: asking.reason.clone(),
            action,
            resource: resource.clone(),
            patients,
            policies,
            fact,
        })
    }

    /// Widens a live view's receipt to the patients it does not name yet: decides again, and records them alone, in the
    /// reader's session stream.
    pub async fn read_more(&self, receipt: &mut Receipt, patients: &[PatientId]) -> Result<(), AccessError> {
        let mut new = concerned(&receipt.resource, patients)?;
        new.retain(|patient| !receipt.covers(*patient));
        if new.is_empty() {
            return Ok(());
        }
        let asking = receipt.asking();
        let (action, resource) = (receipt.action, &receipt.resource);
        let policies = self.ask_for_read(&asking, action, resource, &new).await?;
        let event = facts::phi_read(&asking, action, resource, &new, &policies);
        let stream = facts::stream_of_session(&asking);
        let fact = facts::append(&self.ledger, resource.clinic, stream, &[event], &asking, Metadata::new()).await?;
        receipt.fact = Some(fact);
        receipt.patients.extend(new);
        receipt.patients.sort_unstable();
        Ok(())
    }

    /// Opens events under a receipt: of its clinic only, and of its patients.
    pub async fn open(&self, receipt: &Receipt, events: &[Recorded]) -> Result<Vec<Opened>, AccessError> {
        events.iter().try_for_each(|event| covered(receipt, event))?;
        let permitted = |clinic, subject: Subject| clinic == receipt.clinic().0 && receipt.covers(subject.patient);
        let mut doubtful = self.opener.doubtful(events).await.map_err(AccessError::Open)?;
        let payloads = loop {
            let destroyed = self.destroyed(receipt, &doubtful).await?;
            let payloads = self.opener.open(events, &destroyed, permitted).await.map_err(not_opened)?;
            // Keys that were destroyed meanwhile would look as if they were missing.
            let still = self.opener.doubtful(events).await.map_err(AccessError::Open)?;
            if still == doubtful {
                break payloads;
            }
            doubtful = still;
        };
        Ok(events.iter().zip(payloads).map(|(event, payload)| Opened::new(event, payload)).collect())
    }

    /// What opens each of these events alone, in order, to be handed to whoever the receipt says: for an export with content.
    pub async fn event_keys(&self, receipt: &Receipt, events: &[Recorded]) -> Result<Vec<EventKey>, AccessError> {
        events.iter().try_for_each(|event| covered(receipt, event))?;
        let permitted = |clinic, subject: Subject| clinic == receipt.clinic().0 && receipt.covers(subject.patient);
        let mut doubtful = self.opener.doubtful(events).await.map_err(AccessError::Open)?;
        loop {
            let destroyed = self.destroyed(receipt, &doubtful).await?;
            let keys = self.opener.event_keys(events, &destroyed, permitted).await.map_err(not_opened)?;
            // As for `open`.
            let still = self.opener.doubtful(events).await.map_err(AccessError::Open)?;
            if still == doubtful {
                return Ok(keys);
            }
            doubtful = still;
        }
    }

    /// What opens a file's sealed bytes, from their head, under a receipt: of its clinic only, and of its patients.
    pub async fn open_file(&self, receipt: &Receipt, place: FilePlace, head: &[u8]) -> Result<FileOpener, AccessError> {
        if place.clinic != receipt.clinic().0 {
            return Err(AccessError::OtherClinic);
        }
        let permitted = |clinic, subject: Subject| clinic == receipt.clinic().0 && receipt.covers(subject.patient);
        let doubtful = self.opener.doubtful_file(head).await.map_err(AccessError::Open)?;
        if let Some(key) = doubtful
            && self.destroyed(receipt, &[key]).await?.contains(&key)
        {
            return Err(AccessError::Erased);
        }
        self.opener.file(place, head, permitted).await.map_err(not_opened)
    }

    /// Those of these keys that an event of the receipt's patients says are destroyed.
    async fn destroyed(&self, receipt: &Receipt, keys: &[DataKeyId]) -> Result<BTreeSet<DataKeyId>, AccessError> {
        if keys.is_empty() {
            return Ok(BTreeSet::new());
        }
        let destroyed = self.ledger.destroyed_keys(receipt.clinic().0, receipt.patients()).await;
        destroyed.map_err(|error| AccessError::Open(error.into()))
    }

    /// Puts a read to the policies; records a denial.
    async fn ask_for_read(
        &self,
        asking: &Asking<'_>,
        action: Action,
        resource: &Resource,
        patients: &[PatientId],
    ) -> Result<Vec<String>, Denied> {
        match self.ask(asking, action, resource, patients.to_vec()) {
            Ok(policies) => Ok(policies),
            Err(denial) => Err(self.deny(asking, denial).await),
        }
    }

    /// Puts it to the policies.
    fn ask(
        &self,
        asking: &Asking<'_>,
        action: Action,
        resource: &Resource,
        patients: Vec<PatientId>,
    ) -> Result<Vec<String>, Denial> {
        match self.policies.decide(asking.principal, action, resource, asking.purpose) {
            Decision::Permit { policies } => Ok(policies),
            Decision::Deny { policies } => {
                let denied = Denied { action: action.name(), policies };
                Err(Denial { resource: Box::new(resource.clone()), patients, denied })
            }
        }
    }

    /// Into the log of the principal's own clinic, whatever they asked for.
    async fn record(&self, asking: &Asking<'_>, denial: &Denial) {
        let Recording::Record { unrecorded } = self.denials.note(asking.principal, self.ledger.clock().now()) else {
            return;
        };
        let mut more = Metadata::new();
        if unrecorded > 0 {
            more.insert("unrecorded_denials".into(), unrecorded.to_string());
        }
        let event = facts::access_denied(asking, denial);
        let stream = facts::stream_of_session(asking);
        if let Err(error) = facts::append(&self.ledger, asking.principal.clinic, stream, &[event], asking, more).await {
            tracing::error!(code = error.code(), action = denial.denied.action, "a denial could not be recorded");
        }
    }
}

/// Everyone a read concerns, once, in order. What is about one patient was decided for that one, so nobody else may ride
/// along; and that one is named even by a caller who forgot.
fn concerned(resource: &Resource, patients: &[PatientId]) -> Result<Vec<PatientId>, AccessError> {
    if let Some(one) = resource.patient {
        return if patients.iter().all(|patient| *patient == one) {
            Ok(vec![one])
        } else {
            Err(AccessError::OtherPatient)
        };
    }
    let mut patients = patients.to_vec();
    patients.sort_unstable();
    patients.dedup();
    Ok(patients)
}

/// Why something was not opened.
fn not_opened(error: RingError) -> AccessError {
    match error {
        RingError::NotPermitted => AccessError::OtherPatient,
        error => AccessError::Open(error),
    }
}

/// Whether a receipt is good for an event.
fn covered(receipt: &Receipt, event: &Recorded) -> Result<(), AccessError> {
    if event.clinic != receipt.clinic().0 {
        return Err(AccessError::OtherClinic);
    }
    if event.sealed.is_empty() {
        return Ok(());
    }
    let of_a_patient = event.stream.kind == "patient";
    if receipt.patients().is_empty() || of_a_patient && !receipt.covers(PatientId(event.stream.id)) {
        return Err(AccessError::OtherPatient);
    }
    Ok(())
}
