//! What must hold, whatever was asked.

use chrono::{DateTime, Utc};

use super::told::*;
use crate::visit::example::{self, place};
use crate::visit::*;
use crate::{Catalogue, Phi};

/// What must hold for one event, given everything before it. Told from the events alone, not from the state under test.
pub(super) fn check(before: &[Event], event: &Event, at: DateTime<Utc>, asked: &Command) {
    let happened = |kinds: &[&str]| before.iter().any(|event| kinds.contains(&event.event_type()));
    const FINAL: [&str; 6] = [
        "billed",
        "no-charge-recorded",
        "cancelled",
        "no-show-recorded",
        "provider-no-show-recorded",
        "request-expired",
    ];
    // What was final until the visit was moved, or until a no-show was taken back, is no longer.
    let reopened = before.iter().rposition(|event| ["rescheduled", "no-show-reversed"].contains(&event.event_type()));
    let final_so_far =
        before[reopened.map_or(0, |at| at + 1)..].iter().any(|event| FINAL.contains(&event.event_type()));
    // A visit that was moved begins anew: who is here, and where, is told again at the new time.
    let moved = before.iter().rposition(|event| event.event_type() == "rescheduled").map_or(0, |at| at + 1);
    let since = &before[moved..];
    let happened_since = |kinds: &[&str]| since.iter().any(|event| kinds.contains(&event.event_type()));
    match event {
        Event::CheckedIn(_) => {
            assert!(happened_since(&["identity-verified"]), "checked in without identity");
            assert!(happened_since(&["location-attested"]), "checked in nowhere");
            let excused = !open_emergencies(before).is_empty();
            assert!(excused || happened_since(&["emergency-contact-recorded"]), "nobody asked whom to call");
            let number = happened_since(&["callback-number-given"]) || happened_since(&["contact-attempted"]);
            assert!(excused || number, "no number to call back");
        }
        Event::Roomed(roomed) => {
            assert_eq!(before.iter().rev().find_map(State::after), Some(State::CheckedIn), "roomed from nowhere");
            assert_eq!(roomed.roomed_by, crate::Role::ClinicalStaff, "roomed by somebody else");
        }
        Event::Claimed(claimed) => {
            assert!(
                happened(&["requested"]) && !happened(&["claimed"]),
                "took what nobody asked for, or took it twice"
            );
            let Command::Claim(_, facts) = asked else { panic!("claimed without being asked to") };
            let Some(Event::Requested(requested)) = before.first() else { panic!("a request is where a visit begins") };
            let licence =
                facts.licences.permitting(requested.jurisdiction, facts.starts_at).expect("took it unlicensed");
            assert_eq!(licence.number, claimed.licence_number, "on another licence");
        }
        Event::Scheduled(scheduled) if happened(&["requested"]) => {
            let Some(Event::Claimed(claimed)) = before.last() else { panic!("set up without a claim") };
            assert_eq!(claimed.provider_id, scheduled.provider_id, "set up for somebody else than who claimed");
        }
        Event::ReminderIntended(intended) => {
            assert_eq!(before.iter().rev().find_map(State::after), Some(State::Scheduled), "reminded of nothing");
            let start = before.iter().rev().find_map(|event| match event {
                Event::Scheduled(scheduled) => Some(scheduled.starts_at),
                Event::Rescheduled(moved) => Some(moved.starts_at),
                _ => None,
            });
            assert_eq!(start, Some(intended.starts_at), "reminded of another time");
            assert!(intended.due_at <= at && at < intended.starts_at, "reminded at the wrong time");
        }
        Event::ReminderNotSent(not_sent) => {
            let intended = before.iter().any(|event| {
                matches!(event, Event::ReminderIntended(intended)
                    if (intended.kind, intended.starts_at) == (not_sent.kind, not_sent.starts_at))
            });
            assert!(intended, "an outcome of what nobody intended");
        }
        Event::RequestDeclined(_) | Event::RequestExpired(_) => {
            assert!(happened(&["requested"]) && !happened(&["claimed"]), "declined or expired what was not open");
        }
        Event::Admitted(admitted) => {
            let open = open_emergencies(before);
            assert_eq!(admitted.emergency_id.is_some(), !admitted.overridden_gates.is_empty(), "overridden by nothing");
            assert!(admitted.emergency_id.is_none_or(|id| open.contains(&id)), "overridden by no open emergency");
            let overridden = |gate| admitted.overridden_gates.contains(&gate);
            assert!(
                happened_since(&["checked-in", "returned-to-waiting"]) || overridden(Gate::WaitingRoom),
                "admitted from nowhere"
            );
            assert!(happened_since(&["identity-verified"]) != overridden(Gate::Identity), "admitted without identity");
            let last = since.iter().rev().find_map(|event| match event {
                Event::LocationAttested(location) => Some(location.jurisdiction),
                _ => None,
            });
            assert_eq!(last, admitted.jurisdiction, "admitted on an old location");
            assert!(last.is_some() != overridden(Gate::Location), "admitted without an attested location");
            let Command::Admit(_, facts) = asked else { panic!("admitted without being asked to") };
            let licensed = last.is_some_and(|place| facts.permitting(place, at).is_ok());
            assert!(licensed != overridden(Gate::Licence), "admitted without a licence");
            assert!(!licensed || last == Some(place("WI")), "the only licence there is");
        }
        Event::ReturnedToWaiting(returned) if returned.sent_back_by.is_some() => {
            const BEGUN: [&str; 4] =
                ["note-drafted", "diagnosis-recorded", "prescription-drafted", "lab-order-drafted"];
            assert!(!happened(&BEGUN), "sent back although the encounter had begun");
        }
        Event::MessageRead(read) => {
            let sent = |event: &Event| matches!(event, Event::MessageSent(sent) if sent.message_id == read.message_id);
            assert!(before.iter().any(sent), "read what was never sent");
            assert!(!withdrawn(before, read.message_id), "read what was withdrawn");
        }
        Event::MessageWithdrawn(taken) => {
            let sent = |event: &Event| matches!(event, Event::MessageSent(sent) if sent.message_id == taken.message_id);
            assert!(before.iter().any(sent), "withdrew what was never sent");
            assert!(!withdrawn(before, taken.message_id), "withdrawn twice");
        }
        Event::MessageSent(_) => {
            let ended = before.iter().rev().find_map(|event| match event {
                Event::Ended(ended) => Some(ended.ended_at),
                _ => None,
            });
            assert!(ended.is_none_or(|ended| at - ended <= chrono::TimeDelta::hours(72)), "written long after the end");
        }
        Event::FileAttached(attached) => {
            let file = attached.file_id;
            let same = |event: &Event| matches!(event, Event::FileAttached(other) if other.file_id == file);
            assert!(!before.iter().any(same), "a file attached twice");
        }
        Event::FileRemoved(removed) => {
            let file = removed.file_id;
            let told = before.iter().filter(|event| match event {
                Event::FileAttached(attached) => attached.file_id == file,
                Event::FileRemoved(other) => other.file_id == file,
                _ => false,
            });
            assert_eq!(told.map(|event| event.event_type()).collect::<Vec<_>>(), ["file-attached"]);
        }
        Event::EstimateTold(told) => {
            assert!(told.p80_minutes.is_none() || told.from_visits >= LEAST_MEASURED, "told what was not measured");
        }
        Event::NoShowRecorded(_) => assert!(!happened_since(&["arrived"]), "a no-show who had arrived"),
        Event::ProviderNoShowRecorded(_) => {
            assert!(!happened_since(&["provider-ready"]), "a no-show who had been ready")
        }
        Event::Rescheduled(_) | Event::HandedOver(_) | Event::Cancelled(_) => {
            assert!(!is_seated(before), "kept a place in a session with another time or provider, or with nobody")
        }
        Event::EmergencyClosed(closed) => {
            assert!(open_emergencies(before).contains(&closed.emergency_id), "closed twice")
        }
        Event::IdentityConfirmed(_) | Event::IdentityDoubted(_) => {
            assert!(happened(&["admitted"]), "the provider saw nobody");
        }
        Event::InterpreterAssigned(assigned) => {
            let last = before.iter().rev().find_map(|event| match event {
                Event::InterpreterRequested(requested) => Some(Some(&requested.language)),
                Event::InterpreterDeclined(_) => Some(None),
                _ => None,
            });
            assert_eq!(last, Some(Some(&assigned.language)), "an interpreter nobody asked for");
        }
        Event::InterpreterJoined(joined) => {
            let assigned = |event: &Event| match event {
                Event::InterpreterAssigned(assigned) => assigned.participant_id == joined.participant_id,
                _ => false,
            };
            assert!(before.iter().any(assigned), "nobody assigned this interpreter");
        }
        Event::ConsentGiven(ConsentGiven { participant, participant_id, authority_id, .. })
        | Event::ConsentDeclined(ConsentDeclined { participant, participant_id, authority_id, .. })
        | Event::ConsentWithdrawn(ConsentWithdrawn { participant, participant_id, authority_id, .. }) => {
            let verified = |event: &Event| match event {
                Event::ProxyVerified(verified) => {
                    Some(verified.participant_id) == *participant_id && Some(verified.authority_id) == *authority_id
                }
                _ => false,
            };
            match participant {
                Participant::Patient => assert_eq!((*participant_id, *authority_id), (None, None)),
                Participant::Proxy => assert!(before.iter().any(verified), "a proxy nobody identified answered"),
                other => panic!("{other:?} answered for the patient"),
            }
        }
        Event::SupervisorNamed(named) => assert_ne!(named.trainee_id, named.supervisor_id, "supervises themselves"),
        Event::InvitationUsed(used) => {
            let about = |event: &&Event| match event {
                Event::ParticipantInvited(invited) => invited.participant_id == used.participant_id,
                Event::InvitationUsed(other) => other.participant_id == used.participant_id,
                Event::InvitationRevoked(revoked) => revoked.participant_id == used.participant_id,
                _ => false,
            };
            let told: Vec<_> = before.iter().filter(about).map(|event| event.event_type()).collect();
            assert_eq!(told, ["participant-invited"], "an invitation was used that was not open");
        }
        Event::ModalityChanged(changed) => assert_ne!(changed.from, changed.to),
        Event::NoteDrafted(drafted) => {
            assert!(!signed(before, drafted.note_id), "a signed note was written anew");
            assert!(!in_error(before, drafted.note_id), "a note entered in error was written anew");
            let older = |event: &Event| match event {
                Event::NoteDrafted(older) => older.note_id != drafted.note_id || older.revision < drafted.revision,
                _ => true,
            };
            assert!(before.iter().all(older), "a draft that is not newer");
        }
        Event::NoteSigned(now_signed) => {
            assert!(!signed(before, now_signed.note_id), "signed twice");
            assert!(!in_error(before, now_signed.note_id), "signed although entered in error");
            let required = ["subjective", "assessment", "plan"];
            let written =
                |body: &NoteBody| required.iter().all(|key| body.iter().any(|(written, _)| written.as_str() == *key));
            let latest = before.iter().rev().find_map(|event| match event {
                Event::NoteDrafted(drafted) if drafted.note_id == now_signed.note_id => Some(drafted),
                _ => None,
            });
            let latest = latest.expect("signed without a draft");
            assert_eq!(latest.content_sha256, now_signed.content_sha256, "signed something else than the latest draft");
            let (Phi::Clear(body), Phi::Clear(salt)) = (&latest.body, &latest.salt) else { panic!("open in memory") };
            assert_eq!(*salt, "07".repeat(32));
            assert!(written(body), "signed without a section its template requires");
            assert_eq!(content_sha256(&example::SALT, body), latest.content_sha256, "the hash is that of the body");
        }
        Event::NoteAddended(addended) => assert!(stands_signed(before, addended.note_id), "added to an unsigned note"),
        Event::NoteCorrected(corrected) => {
            assert!(stands_signed(before, corrected.note_id), "corrected what is not signed");
            let newest = signatures(before, corrected.note_id);
            assert_eq!(newest.last(), Some(&corrected.replaces_sha256), "corrected something else than what it says");
            let (Phi::Clear(body), Phi::Clear(_)) = (&corrected.body, &corrected.salt) else {
                panic!("open in memory")
            };
            assert_eq!(content_sha256(&example::SALT, body), corrected.content_sha256, "the hash is that of the body");
        }
        Event::NoteEnteredInError(error) => assert!(!in_error(before, error.note_id), "entered in error twice"),
        Event::CosignRequested(requested) => {
            assert!(stands_signed(before, requested.note_id), "asked to cosign what is not signed");
            assert_ne!(requested.cosigner_id, requested.requested_by, "asked themselves");
        }
        Event::Cosigned(cosigned) => {
            assert!(stands_signed(before, cosigned.note_id), "cosigned what is not signed");
            let newest = signatures(before, cosigned.note_id);
            assert_eq!(newest.last(), Some(&cosigned.signed_sha256), "cosigned something else than what it says");
            let asked = before.iter().rev().find_map(|event| match event {
                Event::CosignRequested(requested) if requested.note_id == cosigned.note_id => {
                    Some(requested.cosigner_id)
                }
                _ => None,
            });
            assert_eq!(asked, Some(cosigned.cosigner_id), "cosigned by somebody who was not asked");
        }
        Event::DiagnosisRecorded(recorded) => {
            let number = recorded.diagnosis_number;
            let given =
                |event: &Event| matches!(event, Event::DiagnosisRecorded(old) if old.diagnosis_number == number);
            assert!(!before.iter().any(given), "a number given twice");
        }
        Event::DiagnosisRemoved(removed) => {
            assert!(standing_diagnoses(before).contains(&removed.diagnosis_number), "removed what does not stand");
        }
        Event::OrderSigned(now_signed) => {
            let of_this =
                |event: &&Event| Transmission::after(event).is_some() && order_id(event) == now_signed.order_id;
            let latest = before.iter().rev().find(of_this).expect("signed without a draft");
            let (pointers, hash) = match latest {
                Event::PrescriptionDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                Event::LabOrderDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                other => panic!("signed after {}", other.event_type()),
            };
            assert_eq!(*hash, now_signed.content_sha256, "signed something else than the latest draft");
            let listed = standing_diagnoses(before);
            assert!(pointers.iter().all(|number| listed.contains(number)), "signed for what does not stand");
            assert!(now_signed.kind == OrderKind::LabOrder || !pointers.is_empty(), "prescribed for nothing");
        }
        Event::ResultReceived(received) => {
            let signed =
                |event: &Event| matches!(event, Event::OrderSigned(signed) if signed.order_id == received.order_id);
            let cancelled =
                |event: &Event| matches!(event, Event::OrderCancelled(gone) if gone.order_id == received.order_id);
            assert!(before.iter().any(|event| signed(event) || cancelled(event)), "a result of what was never ordered");
        }
        Event::ResultReviewed(reviewed) => {
            let received =
                |event: &Event| matches!(event, Event::ResultReceived(it) if it.result_id == reviewed.result_id);
            let again =
                |event: &Event| matches!(event, Event::ResultReviewed(it) if it.result_id == reviewed.result_id);
            assert!(before.iter().any(received) && !before.iter().any(again), "reviewed nothing, or twice");
        }
        Event::OrderTransmitted(_) | Event::OrderAccepted(_) | Event::OrderFailed(_) => {
            panic!("nothing here can transmit")
        }
        Event::ChargeCaptured(captured) => {
            assert!(happened(&["ended"]), "charged before the end");
            assert!(charge(before, captured.charge_id).is_empty(), "an id used twice");
            let listed = standing_diagnoses(before);
            assert!(
                captured.diagnosis_pointers.iter().all(|number| listed.contains(number)),
                "for what does not stand"
            );
            assert!(listed.is_empty() || !captured.diagnosis_pointers.is_empty(), "for something off the list");
            let by_time = captured.basis == Some(crate::law::billing::Basis::Time);
            assert!(!by_time || captured.minutes.is_some() && happened(&["minutes-attested"]), "time nobody attested");
            if happened(&["billed", "no-charge-recorded"]) {
                let replaced = captured.replaces.map(|old| charge(before, old));
                assert!(replaced.is_some_and(|old| old.last() == Some(&"charge-corrected")), "charged after the bill");
            }
        }
        Event::ChargeCorrected(corrected) => {
            assert!(stands(before, corrected.charge_id), "corrected what does not stand")
        }
        Event::ChargeVoided(voided) => assert!(stands(before, voided.charge_id), "voided what does not stand"),
        Event::NoChargeRecorded(_) => {
            let outstanding = |event: &Event| match event {
                Event::ChargeCaptured(captured) => charge(before, captured.charge_id) == ["charge-captured"],
                _ => false,
            };
            assert!(!before.iter().any(outstanding), "a captured charge was forgotten");
        }
        Event::Billed(billed) => {
            for id in &billed.charge_ids {
                assert_eq!(charge(before, *id), ["charge-captured"], "billed what was billed, corrected or voided");
            }
            let drafted = before.iter().filter_map(|event| match event {
                Event::NoteDrafted(drafted) => Some(drafted.note_id),
                _ => None,
            });
            let drafted: Vec<_> = drafted.collect();
            assert!(drafted.iter().any(|note| stands_signed(before, *note)), "billed before a note was signed");
            assert!(happened(&["charge-captured"]), "billed nothing");
            if is_supervised(before) {
                let counts = drafted.iter().filter(|note| stands_signed(before, **note));
                let cosigned = |note: &crate::NoteId| {
                    let by = |event: &Event| matches!(event, Event::Cosigned(by) if by.note_id == *note);
                    before.iter().any(by)
                };
                assert!(counts.into_iter().all(cosigned), "what a trainee signed was billed without a cosignature");
            }
            for note in drafted {
                assert!(signed(before, note) || in_error(before, note), "billed with an unsigned note");
                assert!(in_error(before, note) || !waits_for_cosigner(before, note), "billed before it was cosigned");
            }
        }
        _ => {}
    }
    if final_so_far {
        const STILL: [&str; 18] = [
            "message-read",
            "message-withdrawn",
            "file-removed",
            "reminder-not-sent",
            "participant-joined",
            "participant-left",
            "note-addended",
            "note-corrected",
            "note-entered-in-error",
            "cosign-requested",
            "cosigned",
            "consent-withdrawn",
            "contact-attempted",
            "technical-failure",
            "emergency-declared",
            "emergency-closed",
            "session-left",
            "invitation-revoked",
        ];
        const ONCE_CLOSED: [&str; 13] = [
            "message-sent",
            "minutes-attested",
            "charge-captured",
            "charge-corrected",
            "charge-voided",
            "billed",
            "note-drafted",
            "note-signed",
            "diagnosis-recorded",
            "diagnosis-removed",
            "order-cancelled",
            "result-received",
            "result-reviewed",
        ];
        let closed = happened(&["billed", "no-charge-recorded"]);
        let last_final = before.iter().rev().find(|event| FINAL.contains(&event.event_type()));
        let reopens = match last_final.map(Catalogue::event_type) {
            Some("no-show-recorded") => event.event_type() == "no-show-reversed",
            Some("provider-no-show-recorded") => event.event_type() == "rescheduled",
            _ => false,
        };
        let permitted =
            reopens || STILL.contains(&event.event_type()) || closed && ONCE_CLOSED.contains(&event.event_type());
        assert!(permitted, "{} after the visit was final", event.event_type());
    }
}
