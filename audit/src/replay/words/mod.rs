//! What happened, in words: a sentence for every event of a visit. A new event does not compile before it has one; longer
//! ones stand with their family.

mod arrival;
mod charges;
mod notes;
mod orders;
mod people;
mod safety;
mod scheduling;
mod text;

use daybook_domain::visit::{Event, Transmission};

use text::{details, phi, reason};

use crate::words::{term, time};

/// What this event says. Sealed values read `[sealed]`; longer ones stand on lines of their own. Whatever is said of an order
/// ends with whether it went out, so that no sentence below can forget it.
pub fn event(event: &Event) -> String {
    let said = sentence(event);
    match Transmission::after(event) {
        Some(transmission) if said.ends_with('\n') => format!("{said}{transmission}."),
        Some(transmission) => format!("{said} {transmission}."),
        None => said,
    }
}

fn sentence(event: &Event) -> String {
    match event {
        Event::Scheduled(scheduled) => scheduling::scheduled(scheduled),
        Event::Requested(requested) => scheduling::requested(requested),
        Event::Claimed(claimed) => format!(
            "Provider {} took the request, on licence {}.",
            claimed.provider_id,
            claimed.licence_number.as_str()
        ),
        Event::RequestDeclined(declined) => {
            format!("Provider {} did not take the request: {}.", declined.provider_id, term(&declined.reason))
        }
        Event::RequestExpired(expired) => format!("Nobody took the request until {}.", time(expired.latest)),
        Event::Rescheduled(moved) => scheduling::rescheduled(moved),
        Event::Cancelled(cancelled) => scheduling::cancelled(cancelled),
        Event::NoShowRecorded(no_show) => {
            format!("The patient never came; {} minutes of grace had passed.", no_show.grace_minutes)
        }
        Event::HandedOver(handed) => {
            format!("The visit was handed over to another provider: {}.", term(&handed.reason))
        }
        Event::NoShowReversed(reversed) => {
            format!("The patient was no no-show after all: {}.", term(&reversed.reason))
        }
        Event::ReminderIntended(reminder) => format!(
            "The patient is to be reminded ({}, by {}) of the start at {}. Intended is not sent.",
            term(&reminder.kind),
            term(&reminder.channel),
            time(reminder.starts_at)
        ),
        Event::ReminderNotSent(reminder) => format!(
            "The reminder ({}) of the start at {} was NOT SENT: {}.",
            term(&reminder.kind),
            time(reminder.starts_at),
            term(&reminder.reason)
        ),
        Event::LateArrivalRecorded(late) => scheduling::late_arrival(late),
        Event::LateArrivalReversed(reversed) => format!(
            "The patient did not come late after all: {}, as entered in the role {}.",
            term(&reversed.reason),
            term(&reversed.reversed_by)
        ),
        Event::Arrived(arrived) if arrived.returning => "The patient came back.".into(),
        Event::Arrived(arrived) => match arrived.late_minutes {
            Some(minutes) => format!("The patient arrived, {minutes} minutes late."),
            None => "The patient arrived.".into(),
        },
        Event::IdentityVerified(verified) => {
            let identifiers: Vec<String> = verified.identifiers.iter().map(term).collect();
            let (how, by) = (term(&verified.method), term(&verified.verified_by));
            format!("The patient's identity was verified by {} ({how}), in the role {by}.", identifiers.join(" and "))
        }
        Event::LocationAttested(attested) => arrival::location(attested),
        Event::LicenceGapObserved(gap) => {
            format!(
                "Observed: the patient is in {}, where provider {} has no licence.",
                gap.jurisdiction, gap.provider_id
            )
        }
        Event::CheckedIn(_) => "The patient was let into the waiting room.".into(),
        Event::Roomed(roomed) => format!("The patient was roomed, in the role {}.", term(&roomed.roomed_by)),
        Event::IdentityConfirmed(confirmed) => {
            let identifiers: Vec<String> = confirmed.identifiers.iter().map(term).collect();
            let (how, by) = (term(&confirmed.method), confirmed.confirmed_by);
            format!("Provider {by}, seeing the patient, confirmed who it is by {} ({how}).", identifiers.join(" and "))
        }
        Event::IdentityDoubted(doubted) => {
            let mismatched: Vec<String> = doubted.mismatched.iter().map(term).collect();
            let (what, by) = (mismatched.join(" and "), doubted.doubted_by);
            format!("DOUBT: provider {by}, seeing the patient, found no match of {what}.{}", details(&doubted.details))
        }
        Event::IntakeRecorded(intake) => arrival::intake(intake),
        Event::DeviceChecked(checked) => format!(
            "Devices were tried at {}: camera {}, microphone {}, speaker {}, network {}; recorded in the role {}.",
            time(checked.checked_at),
            term(&checked.camera),
            term(&checked.microphone),
            term(&checked.speaker),
            term(&checked.network),
            term(&checked.recorded_by)
        ),
        Event::ProviderDelayed(delayed) => {
            let expected = time(delayed.expected_at);
            format!("The provider will be late and is expected at {expected}.{}", reason(&delayed.reason))
        }
        Event::ProviderReady(ready) => format!("Provider {} is ready to see the patient.", ready.provider_id),
        Event::ProviderNotReady(ready) => format!("Provider {} is not ready after all.", ready.provider_id),
        Event::ProviderNoShowRecorded(no_show) => format!(
            "Provider {} never came while the patient waited; {} minutes of grace had passed.",
            no_show.provider_id, no_show.grace_minutes
        ),
        Event::ContactAttempted(attempted) => arrival::contact(attempted),
        Event::ModalityChanged(changed) => arrival::modality(changed),
        Event::TechnicalFailure(failure) => arrival::failure(failure),
        Event::CallbackNumberGiven(given) => {
            let number = phi(&given.number, |number| number.as_str().into());
            format!("The patient is called back at {number}, as entered in the role {}.", term(&given.given_by))
        }
        Event::EmergencyContactRecorded(recorded) => safety::emergency_contact(recorded),
        Event::EmergencyDeclared(declared) => safety::declared(declared),
        Event::EmergencyClosed(closed) => safety::closed(closed),
        Event::InterpreterRequested(requested) => people::interpreter_requested(requested),
        Event::InterpreterAssigned(assigned) => people::interpreter_assigned(assigned),
        Event::InterpreterJoined(joined) => {
            let (who, language, by) = (joined.participant_id, joined.language.as_str(), term(&joined.recorded_by));
            format!("Interpreter {who} is there and interprets {language}, as recorded in the role {by}.")
        }
        Event::InterpreterDeclined(declined) => {
            let (instead, by) = (term(&declined.instead), term(&declined.declined_by));
            format!(
                "The patient wants no interpreter; instead: {instead}, as entered in the role {by}.{}",
                reason(&declined.reason)
            )
        }
        Event::ProxyVerified(verified) => people::proxy(verified),
        Event::ParticipantInvited(invited) => {
            let (who, name) = (invited.participant_id, phi(&invited.name, |name| name.as_str().into()));
            let (kind, until, by) = (term(&invited.kind), time(invited.expires_at), term(&invited.invited_by));
            format!("{name} was invited as {kind} {who}, until {until}, in the role {by}.")
        }
        Event::InvitationUsed(used) => format!("Participant {} came with their invitation.", used.participant_id),
        Event::InvitationRevoked(revoked) => {
            let (who, by) = (revoked.participant_id, term(&revoked.revoked_by));
            format!("The invitation of participant {who} was taken back, in the role {by}.")
        }
        Event::SupervisorNamed(named) => format!(
            "Provider {} treats under the supervision of provider {}, as entered in the role {}.",
            named.trainee_id,
            named.supervisor_id,
            term(&named.named_by)
        ),
        Event::SessionJoined(joined) => format!("The visit takes part in group session {}.", joined.session_id),
        Event::SessionLeft(left) => format!("The visit takes part in group session {} no more.", left.session_id),
        Event::Held(held) => {
            format!("The patient was put on hold: {}.{}", term(&held.reason), details(&held.details))
        }
        Event::ReturnedToWaiting(returned) => match returned.sent_back_by {
            Some(provider) => format!("Provider {provider} sent the patient back: they are waiting again."),
            None => "The patient is waiting again.".into(),
        },
        Event::MessageSent(sent) => {
            let (who, role) = (term(&sent.from), term(&sent.sent_by));
            let canned = sent.canned.as_ref().map_or_else(String::new, |canned| format!(" {}", term(canned)));
            let text = sent
                .text
                .as_ref()
                .map_or_else(String::new, |text| format!("\n{}", phi(text, |text| text.as_str().into())));
            format!("The {who} wrote to the other side, in the role {role}:{canned}{text}")
        }
        Event::MessageRead(read) => {
            format!("Message {} was read, in the role {}.", read.message_id, term(&read.read_by))
        }
        Event::MessageWithdrawn(taken) => {
            let (why, by) = (term(&taken.reason), term(&taken.withdrawn_by));
            format!("Message {} was withdrawn: {why}, in the role {by}.{}", taken.message_id, details(&taken.details))
        }
        Event::FileAttached(attached) => {
            let (name, by) = (phi(&attached.name, |name| name.as_str().into()), term(&attached.attached_by));
            let (kind, bytes) = (attached.media_type.name(), attached.bytes);
            format!("A file came, in the role {by}: {name} ({kind}, {bytes} bytes), file {}.", attached.file_id)
        }
        Event::FileRemoved(removed) => {
            let (why, by) = (term(&removed.reason), term(&removed.removed_by));
            format!("File {} was removed: {why}, in the role {by}.{}", removed.file_id, details(&removed.details))
        }
        Event::EstimateTold(told) => arrival::estimate(told),
        Event::LeftWaitingRoom(left) => format!("The patient left without being seen.{}", reason(&left.reason)),
        Event::Admitted(admitted) => arrival::admitted(admitted),
        Event::ConsentGiven(given) => {
            let (who, what) = (people::answerer(given.participant, given.authority_id), term(&given.kind));
            let alone = given.self_consent.as_ref().map_or_else(String::new, |grounds| {
                let grounds =
                    phi(grounds, |grounds| format!("{} by {}", term(&grounds.service), grounds.rule.as_str()));
                format!(" A minor who may consent alone: {grounds}.")
            });
            format!("The {who} consented to {what}; the text was {}.{alone}", given.text_version.as_str())
        }
        Event::ConsentDeclined(declined) => {
            let (who, what) = (people::answerer(declined.participant, declined.authority_id), term(&declined.kind));
            format!("The {who} did not consent to {what}; the text was {}.", declined.text_version.as_str())
        }
        Event::ConsentWithdrawn(withdrawn) => {
            let (who, what) = (people::answerer(withdrawn.participant, withdrawn.authority_id), term(&withdrawn.kind));
            format!("The {who} withdrew consent to {what}; the text was {}.", withdrawn.text_version.as_str())
        }
        Event::RecordingConsentRecorded(answered) => {
            let who = answered.participant_id.map_or_else(String::new, |id| format!(" {id}"));
            format!(
                "Asked whether they may be recorded ({}), {}{who} answered: {}; recorded in the role {}.",
                answered.text_version.as_str(),
                term(&answered.participant),
                term(&answered.answer),
                term(&answered.recorded_by)
            )
        }
        Event::NoteDrafted(drafted) => notes::drafted(drafted),
        Event::NoteSigned(signed) => notes::signed(signed),
        Event::NoteAddended(addended) => notes::addended(addended),
        Event::NoteCorrected(corrected) => notes::corrected(corrected),
        Event::NoteEnteredInError(error) => notes::entered_in_error(error),
        Event::CosignRequested(requested) => notes::cosign_requested(requested),
        Event::Cosigned(cosigned) => notes::cosigned(cosigned),
        Event::DiagnosisRecorded(recorded) => orders::diagnosis(recorded),
        Event::DiagnosisRemoved(removed) => orders::diagnosis_removed(removed),
        Event::PrescriptionDrafted(drafted) => orders::prescription(drafted),
        Event::LabOrderDrafted(drafted) => orders::lab_order(drafted),
        Event::OrderSigned(signed) => orders::signed(signed),
        Event::OrderCancelled(cancelled) => orders::cancelled(cancelled),
        Event::OrderTransmitted(sent) => orders::transmitted(sent),
        Event::OrderAccepted(accepted) => orders::accepted(accepted),
        Event::OrderFailed(failed) => orders::failed(failed),
        Event::ResultReceived(received) => orders::result(received),
        Event::ResultReviewed(reviewed) => orders::reviewed(reviewed),
        Event::Ended(ended) => format!("The visit ended: {}.", term(&ended.outcome)),
        Event::MinutesAttested(attested) => charges::minutes(attested),
        Event::ChargeCaptured(captured) => charges::charge(captured),
        Event::ChargeCorrected(corrected) => {
            let (old, new, why) = (corrected.charge_id, corrected.replaced_by, term(&corrected.reason));
            format!("Charge {old} was wrong ({why}); charge {new} takes its place.")
        }
        Event::ChargeVoided(voided) => {
            let before = if voided.was_billed { "after it had been billed" } else { "before it was billed" };
            format!("Charge {} was taken back {before}: {}.", voided.charge_id, term(&voided.reason))
        }
        Event::NoChargeRecorded(recorded) => {
            let (why, more) = (term(&recorded.reason), details(&recorded.details));
            format!("Nothing is charged, and the visit is closed: {why}.{more}")
        }
        Event::Billed(billed) => {
            let ids: Vec<String> = billed.charge_ids.iter().map(ToString::to_string).collect();
            format!("Billed, and the visit is closed. Charges: {}.", ids.join(", "))
        }
        Event::ParticipantJoined(joined) => {
            let (who, when) = (term(&joined.participant), time(joined.observed_at));
            format!("Observed at {when}: the {who} connected ({}).", joined.connection.as_str())
        }
        Event::ParticipantLeft(left) => {
            let (who, when, how) = (term(&left.participant), time(left.observed_at), term(&left.reason));
            format!("Observed at {when}: the {who}'s connection ended ({}): {how}.", left.connection.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::Catalogue;
    use serde_json::{Value, json};

    use super::*;

    /// The published example of each event, with its protected values sealed and open.
    fn examples() -> Vec<(&'static str, Event, Event)> {
        let example = |kind: daybook_domain::EventKind| {
            let name = format!("{}.{}.example.json", kind.event_type, kind.event_version);
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/schemas/visit").join(name);
            let example: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let sealed = example["payload"].clone();
            let mut open = sealed.clone();
            unseal(&mut open, example["sealed"].as_array().unwrap());
            let decode = |payload: Value| {
                Event::decode(kind.event_type, kind.event_version, payload.to_string().as_bytes()).unwrap()
            };
            (kind.event_type, decode(sealed), decode(open))
        };
        Event::kinds().into_iter().map(example).collect()
    }

    fn unseal(payload: &mut Value, values: &[Value]) {
        let Some(fields) = payload.as_object_mut() else { return };
        for field in fields.values_mut() {
            match field["$phi"].as_u64() {
                Some(index) => *field = json!({ "$clear": values[index as usize] }),
                None => unseal(field, values),
            }
        }
    }

    #[test]
    fn every_event_has_its_words() {
        let told = examples().into_iter().map(|(name, sealed, open)| {
            format!("{name}\n  {}\n  {}", event(&sealed).replace('\n', "\n    "), event(&open).replace('\n', "\n    "))
        });
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_is_sealed_is_not_told() {
        for (name, sealed, open) in examples() {
            let told = event(&sealed);
            for phi in ["Sore", "Lake Street", "99213", "J02", "Rest", "Feels", "Hmong", "Culture", "at work", "92.00"]
            {
                assert!(!told.contains(phi), "{name}: {told}");
            }
            // And whatever holds something sealed says so.
            assert_eq!(told.contains("[sealed]"), told != event(&open), "{name}");
        }
    }
}
