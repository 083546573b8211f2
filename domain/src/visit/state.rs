//! What a visit's stream adds up to. Holds no PHI and is cheap to clone: it goes into every decision.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Charges, Consents, Contacts, DeviceCheck, Diagnoses, Emergencies, EstimateTold, Event, Files, IdentityConfirmation,
    Interpretation, InvitationState, Invitations, LateArrival, Messages, Modality, ModalityChange, Notes, Orders,
    Outcome, Presence, Proxies, Readiness, RecordingAnswers, Reminders, Results, Supervision, Told, VisitRequest,
};
use crate::{Jurisdiction, PatientId, ProviderId, SessionId};

/// Where a visit stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is no visit yet.
    #[default]
    NotScheduled,
    /// Asked for, and nobody took it yet.
    Requested,
    /// Set up, nobody here yet.
    Scheduled,
    /// The patient is here and is being checked in.
    Arrived,
    /// The patient waits.
    CheckedIn,
    /// The patient waits, and clinical staff are with them.
    Roomed,
    /// The patient waits, on hold.
    Held,
    /// The patient is with the provider.
    Admitted,
    /// Over, not yet billed.
    Ended,
    /// Billed, or nothing is charged.
    Closed,
    /// Called off.
    Cancelled,
    /// The patient never came.
    NoShow,
    /// The patient left without being seen, and may come back.
    Left,
    /// The provider never came while the patient waited.
    ProviderNoShow,
    /// Nobody took the request in the time the patient gave.
    Expired,
}

impl State {
    /// Every state there is.
    pub const ALL: [State; 15] = [
        State::NotScheduled,
        State::Requested,
        State::Scheduled,
        State::Arrived,
        State::CheckedIn,
        State::Roomed,
        State::Held,
        State::Admitted,
        State::Ended,
        State::Closed,
        State::Cancelled,
        State::NoShow,
        State::Left,
        State::ProviderNoShow,
        State::Expired,
    ];

    /// The state's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            State::NotScheduled => "not-scheduled",
            State::Requested => "requested",
            State::Scheduled => "scheduled",
            State::Arrived => "arrived",
            State::CheckedIn => "checked-in",
            State::Roomed => "roomed",
            State::Held => "held",
            State::Admitted => "admitted",
            State::Ended => "ended",
            State::Closed => "closed",
            State::Cancelled => "cancelled",
            State::NoShow => "no-show",
            State::Left => "left",
            State::ProviderNoShow => "provider-no-show",
            State::Expired => "expired",
        }
    }

    /// Where a visit stands after this event; `None`: where it stood before.
    pub fn after(event: &Event) -> Option<State> {
        Some(match event {
            Event::Requested(_) => State::Requested,
            Event::RequestExpired(_) => State::Expired,
            Event::Scheduled(_) | Event::Rescheduled(_) | Event::NoShowReversed(_) => State::Scheduled,
            Event::Cancelled(_) => State::Cancelled,
            Event::NoShowRecorded(_) => State::NoShow,
            Event::ProviderNoShowRecorded(_) => State::ProviderNoShow,
            Event::Arrived(_) => State::Arrived,
            Event::CheckedIn(_) | Event::ReturnedToWaiting(_) => State::CheckedIn,
            Event::Roomed(_) => State::Roomed,
            Event::Held(_) => State::Held,
            Event::LeftWaitingRoom(_) => State::Left,
            Event::Admitted(_) => State::Admitted,
            Event::Ended(_) => State::Ended,
            Event::Billed(_) | Event::NoChargeRecorded(_) => State::Closed,
            _ => return None,
        })
    }

    /// Whether nothing but observations, what is done about signed notes, withdrawn consents and, of a closed visit, attested
    /// minutes, diagnoses, cancelled orders, changed charges and a note in place of one entered in error can follow.
    pub fn is_final(self) -> bool {
        matches!(self, State::Closed | State::Cancelled | State::NoShow | State::ProviderNoShow | State::Expired)
    }
}

/// Where the patient attested to be. The address is sealed in the event and not kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The state or territory.
    pub jurisdiction: Jurisdiction,
    /// Whether no licence of the provider is valid there, found out during the visit.
    pub licence_gap: bool,
}

/// A visit, as its events tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    state: State,
    patient: Option<PatientId>,
    request: Option<VisitRequest>,
    provider: Option<ProviderId>,
    starts_at: Option<DateTime<Utc>>,
    duration_minutes: u16,
    modality: Option<Modality>,
    modality_changes: Vec<ModalityChange>,
    expected_at: Option<DateTime<Utc>>,
    late_arrival: LateArrival,
    reminders: Reminders,
    readiness: Readiness,
    messages: Messages,
    files: Files,
    told: Option<Told>,
    identity_verified: bool,
    identity_confirmation: IdentityConfirmation,
    intake_recorded: bool,
    device_check: Option<DeviceCheck>,
    location: Option<Location>,
    contacts: Contacts,
    emergencies: Emergencies,
    interpretation: Interpretation,
    proxies: Proxies,
    invitations: Invitations,
    supervision: Option<Supervision>,
    session: Option<SessionId>,
    outcome: Option<Outcome>,
    ended_at: Option<DateTime<Utc>>,
    consents: Consents,
    recording_answers: RecordingAnswers,
    notes: Notes,
    diagnoses: Diagnoses,
    orders: Orders,
    results: Results,
    charges: Charges,
    presence: Presence,
    date_of_service: Option<NaiveDate>,
}

impl Visit {
    /// Where the visit stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// The request it began with, if it was one.
    pub fn requested(&self) -> Option<&VisitRequest> {
        self.request.as_ref()
    }

    /// Whom it is for, once scheduled or asked for.
    pub fn patient(&self) -> Option<PatientId> {
        self.patient
    }

    /// Who treats, once scheduled.
    pub fn provider(&self) -> Option<ProviderId> {
        self.provider
    }

    /// Every provider who belongs to it: who treats, and who supervises them.
    pub fn team(&self) -> impl Iterator<Item = ProviderId> + use<> {
        self.provider.into_iter().chain(self.supervision.map(|supervision| supervision.supervisor))
    }

    /// Under whose supervision the provider treats, if somebody's.
    pub fn supervision(&self) -> Option<Supervision> {
        self.supervision
    }

    /// When it is to start, once scheduled.
    pub fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.starts_at
    }

    /// How long it is to take.
    pub fn duration_minutes(&self) -> u16 {
        self.duration_minutes
    }

    /// How it is to be held, or is held now.
    pub fn modality(&self) -> Option<Modality> {
        self.modality
    }

    /// Every change of modality, oldest first.
    pub fn modality_changes(&self) -> &[ModalityChange] {
        &self.modality_changes
    }

    /// When a late provider was last expected.
    pub fn expected_at(&self) -> Option<DateTime<Utc>> {
        self.expected_at
    }

    /// How late the patient came, and what is done of it.
    pub fn late_arrival(&self) -> LateArrival {
        self.late_arrival
    }

    /// The reminders that were intended.
    pub fn reminders(&self) -> &Reminders {
        &self.reminders
    }

    /// Whether the provider is ready to see the patient.
    pub fn readiness(&self) -> Readiness {
        self.readiness
    }

    /// What staff and the patient wrote to each other.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// What was attached.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What the waiting patient was last told of how long it takes.
    pub fn told(&self) -> Option<Told> {
        self.told
    }

    /// What is known of numbers to call.
    pub fn contacts(&self) -> Contacts {
        self.contacts
    }

    /// The emergencies.
    pub fn emergencies(&self) -> &Emergencies {
        &self.emergencies
    }

    /// Whether somebody interprets, or should.
    pub fn interpretation(&self) -> &Interpretation {
        &self.interpretation
    }

    /// Who acts for the patient.
    pub fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Who was invited besides.
    pub fn invitations(&self) -> &Invitations {
        &self.invitations
    }

    /// The group session it takes part in.
    pub fn session(&self) -> Option<SessionId> {
        self.session
    }

    /// Whether staff made sure who the patient is.
    pub fn identity_verified(&self) -> bool {
        self.identity_verified
    }

    /// What the provider found, seeing the patient.
    pub fn identity_confirmation(&self) -> IdentityConfirmation {
        self.identity_confirmation
    }

    /// Whether the patient told what a provider needs to know; what they told is sealed in its event.
    pub fn intake_recorded(&self) -> bool {
        self.intake_recorded
    }

    /// How the patient's devices last did.
    pub fn device_check(&self) -> Option<DeviceCheck> {
        self.device_check
    }

    /// Where the patient last attested to be.
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// How it came out, once ended.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at
    }

    /// The clinic's calendar day on which the patient was admitted.
    pub fn date_of_service(&self) -> Option<NaiveDate> {
        self.date_of_service
    }

    /// What the patient consented to.
    pub fn consents(&self) -> &Consents {
        &self.consents
    }

    /// Who besides the patient may be recorded.
    pub fn recording_answers(&self) -> &RecordingAnswers {
        &self.recording_answers
    }

    /// The notes.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// What the patient has, by number.
    pub fn diagnoses(&self) -> &Diagnoses {
        &self.diagnoses
    }

    /// The orders.
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    /// What came of the lab orders.
    pub fn results(&self) -> &Results {
        &self.results
    }

    /// The charges.
    pub fn charges(&self) -> &Charges {
        &self.charges
    }

    /// Who is on the call.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        self.state = State::after(event).unwrap_or(self.state);
        match event {
            Event::Requested(requested) => {
                self.patient = Some(requested.patient_id);
                self.modality = Some(requested.modality);
                self.request = Some(VisitRequest::of(requested));
            }
            Event::Claimed(claimed) => self.request.iter_mut().for_each(|request| request.claim(claimed)),
            Event::RequestDeclined(declined) => self.request.iter_mut().for_each(|request| request.decline(declined)),
            Event::Scheduled(scheduled) => {
                self.patient = Some(scheduled.patient_id);
                self.provider = Some(scheduled.provider_id);
                self.starts_at = Some(scheduled.starts_at);
                self.duration_minutes = scheduled.duration_minutes;
                self.modality = Some(scheduled.modality);
            }
            // Whoever was here comes again, and is checked in anew.
            Event::Rescheduled(moved) => {
                self.starts_at = Some(moved.starts_at);
                self.duration_minutes = moved.duration_minutes;
                self.expected_at = None;
                self.late_arrival = LateArrival::default();
                self.identity_verified = false;
                self.identity_confirmation = IdentityConfirmation::default();
                self.location = None;
                self.contacts = Contacts::default();
                self.readiness = Readiness::default();
                self.told = None;
                self.presence.begin_anew();
                self.interpretation.apply(event);
            }
            // They keep their place; what the other found, or was ready for, says nothing of this one.
            Event::HandedOver(handed) => {
                self.provider = Some(handed.to_provider_id);
                self.supervision = None;
                self.identity_confirmation = IdentityConfirmation::default();
                self.expected_at = None;
                self.readiness = Readiness::default();
                self.told = None;
            }
            // Whoever comes back was here in time, or late, before.
            Event::Arrived(arrived) if !arrived.returning => {
                self.late_arrival = LateArrival { minutes: arrived.late_minutes.unwrap_or(0), response: None };
            }
            Event::Arrived(_) => {}
            Event::LateArrivalRecorded(recorded) => self.late_arrival.response = Some(recorded.response),
            Event::ReminderIntended(intended) => self.reminders.intend(intended),
            Event::ReminderNotSent(not_sent) => self.reminders.not_sent(not_sent),
            Event::LateArrivalReversed(_) => self.late_arrival.response = None,
            Event::IdentityVerified(_) => self.identity_verified = true,
            Event::IdentityConfirmed(_) => self.identity_confirmation = IdentityConfirmation::Confirmed,
            Event::IdentityDoubted(_) => self.identity_confirmation = IdentityConfirmation::Doubted,
            Event::IntakeRecorded(_) => self.intake_recorded = true,
            Event::DeviceChecked(checked) => self.device_check = Some(DeviceCheck::of(checked)),
            Event::LocationAttested(attested) => {
                self.location = Some(Location { jurisdiction: attested.jurisdiction, licence_gap: false });
            }
            Event::LicenceGapObserved(gap) => {
                self.location = Some(Location { jurisdiction: gap.jurisdiction, licence_gap: true });
            }
            // Whoever is sent back was not seen on that day.
            Event::ReturnedToWaiting(_) => self.date_of_service = None,
            Event::MessageSent(sent) => self.messages.send(sent),
            Event::MessageRead(read) => self.messages.read(read),
            Event::MessageWithdrawn(withdrawn) => self.messages.withdraw(withdrawn),
            Event::FileAttached(attached) => self.files.attach(attached),
            Event::FileRemoved(removed) => self.files.remove(removed),
            Event::EstimateTold(told) => {
                let EstimateTold { p50_minutes, p80_minutes, from_visits, .. } = *told;
                self.told = Some(Told { p50_minutes, p80_minutes, from_visits });
            }
            Event::ProviderDelayed(delayed) => {
                self.expected_at = Some(delayed.expected_at);
                self.readiness = self.readiness.taken_back();
            }
            Event::ProviderReady(_) => self.readiness = Readiness::Ready,
            Event::ProviderNotReady(_) => self.readiness = self.readiness.taken_back(),
            Event::ModalityChanged(changed) => {
                self.modality = Some(changed.to);
                let (from, to, reason, at) = (changed.from, changed.to, changed.reason, changed.changed_at);
                self.modality_changes.push(ModalityChange { from, to, reason, at });
            }
            // Where the visit stands is all that is decided by these.
            Event::RequestExpired(_)
            | Event::Cancelled(_)
            | Event::NoShowRecorded(_)
            | Event::NoShowReversed(_)
            | Event::ProviderNoShowRecorded(_)
            | Event::CheckedIn(_)
            | Event::Roomed(_)
            | Event::Held(_)
            | Event::LeftWaitingRoom(_)
            | Event::NoChargeRecorded(_) => {}
            Event::ContactAttempted(attempted) => self.contacts.attempt(attempted),
            // A failure is told by the stream; nothing is decided by it.
            Event::TechnicalFailure(_) => {}
            Event::CallbackNumberGiven(_) => self.contacts.callback_number = true,
            Event::EmergencyContactRecorded(recorded) => self.contacts.emergency_contact = Some(recorded.answer),
            Event::EmergencyDeclared(declared) => self.emergencies.declare(declared.emergency_id),
            Event::EmergencyClosed(closed) => self.emergencies.close(closed.emergency_id),
            Event::InterpreterRequested(_)
            | Event::InterpreterAssigned(_)
            | Event::InterpreterJoined(_)
            | Event::InterpreterDeclined(_) => self.interpretation.apply(event),
            Event::ProxyVerified(verified) => self.proxies.verify(verified),
            Event::ParticipantInvited(invited) => self.invitations.invite(invited),
            Event::InvitationUsed(used) => self.invitations.become_of(used.participant_id, InvitationState::Used),
            Event::InvitationRevoked(revoked) => {
                self.invitations.become_of(revoked.participant_id, InvitationState::Revoked);
            }
            Event::SupervisorNamed(named) => self.supervision = Some(Supervision::of(named)),
            Event::SessionJoined(joined) => self.session = Some(joined.session_id),
            Event::SessionLeft(_) => self.session = None,
            Event::Admitted(admitted) => self.date_of_service = Some(admitted.on),
            Event::Ended(ended) => (self.outcome, self.ended_at) = (Some(ended.outcome), Some(ended.ended_at)),
            Event::Billed(billed) => self.charges.bill(billed),
            Event::ConsentGiven(_) | Event::ConsentDeclined(_) | Event::ConsentWithdrawn(_) => {
                self.consents.apply(event)
            }
            Event::RecordingConsentRecorded(recorded) => self.recording_answers.take(recorded),
            Event::NoteDrafted(_)
            | Event::NoteSigned(_)
            | Event::NoteAddended(_)
            | Event::NoteCorrected(_)
            | Event::NoteEnteredInError(_)
            | Event::CosignRequested(_)
            | Event::Cosigned(_) => self.notes.apply(event),
            Event::DiagnosisRecorded(recorded) => self.diagnoses.record(recorded),
            Event::DiagnosisRemoved(removed) => self.diagnoses.remove(removed),
            Event::PrescriptionDrafted(_)
            | Event::LabOrderDrafted(_)
            | Event::OrderSigned(_)
            | Event::OrderCancelled(_)
            | Event::OrderTransmitted(_)
            | Event::OrderAccepted(_)
            | Event::OrderFailed(_) => self.orders.apply(event),
            Event::ResultReceived(_) | Event::ResultReviewed(_) => self.results.apply(event),
            Event::MinutesAttested(attested) => self.charges.attest(attested),
            Event::ChargeCaptured(captured) => self.charges.capture(captured),
            Event::ChargeCorrected(corrected) => self.charges.correct(corrected),
            Event::ChargeVoided(voided) => self.charges.void(voided),
            Event::ParticipantJoined(joined) => self.presence.join(joined),
            Event::ParticipantLeft(left) => self.presence.leave(left),
        }
    }
}
