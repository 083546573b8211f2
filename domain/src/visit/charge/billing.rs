//! What closes a visit: the bill, or that nothing is charged.

use super::{Billed, NoChargeRecorded, RecordNoCharge};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    /// Nothing is billed before the note is signed, and cosigned where that was asked for. A visit with several notes needs
    /// all of them signed, but for those entered in error, which count for nothing. A closed visit is billed again for charges that were corrected.
    pub(in crate::visit) fn bill(&self) -> Result<Event, Error> {
        let charge_ids: Vec<_> = self.charges().captured().collect();
        let again = self.state() == State::Closed && !charge_ids.is_empty();
        if !again {
            let hint = "a visit is billed once, after it ended, and again only for charges that were corrected since";
            self.require(&[State::Ended], "bill", hint)?;
        }
        if !self.notes().all_signed() {
            return Err(Error::NoteNotSigned);
        }
        if !self.notes().all_cosigned() {
            return Err(Error::NoteNotCosigned);
        }
        if charge_ids.is_empty() {
            return Err(Error::NoChargeCaptured);
        }
        Ok(Billed { charge_ids }.into())
    }

    /// Closes a visit like a bill does. A visit that was documented must be documented to the end; one without any note
    /// (nobody was seen) can be closed without one. Charges already captured are voided first, so that none is forgotten.
    pub(in crate::visit) fn record_no_charge(&self, command: RecordNoCharge) -> Result<Event, Error> {
        self.require(
            &[State::Ended],
            "record-no-charge",
            "that nothing is charged is recorded once, after the visit ended",
        )?;
        if !self.notes().none_unfinished() {
            return Err(Error::NoteNotSigned);
        }
        if self.charges().captured().next().is_some() {
            return Err(Error::ChargesOutstanding);
        }
        Ok(NoChargeRecorded { reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, given, id};
    use crate::visit::example::{CHARGE, commands::*, events::*, story};
    use crate::visit::{ChargeState, ChargeVoided, VoidReason};
    use crate::{Role, Rules};

    fn admitted_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Admitted).into_iter().chain(more.to_vec()))
    }

    #[test]
    fn nothing_is_billed_before_the_note_is_signed_and_a_charge_captured() {
        let billing = |more: &[Event]| admitted_then(more).when(Role::Billing, bill());
        billing(&[note_signed()]).refused("wrong-state");
        billing(&[ended(), charge_captured()]).refused("note-not-signed");
        billing(&[ended(), note_signed()]).refused("no-charge-captured");
        billing(&[ended(), charge_captured(), note_signed()]).then([billed()]);
        given::<Visit>(story(State::Closed)).when(Role::Billing, bill()).refused("wrong-state");
    }

    #[test]
    fn a_note_that_waits_for_its_cosigner_is_not_billed() {
        let billing = |more: &[Event]| {
            let signed = [ended(), charge_captured(), note_signed(), cosign_requested()];
            admitted_then(&[&signed[..], more].concat()).when(Role::Billing, bill())
        };
        billing(&[]).refused("note-not-cosigned");
        billing(&[cosigned()]).then([billed()]);
        billing(&[cosigned(), note_corrected()]).refused("note-not-cosigned");
    }

    #[test]
    fn a_note_entered_in_error_has_to_be_replaced_before_billing() {
        let billing = |more: &[Event]| {
            let in_error = [ended(), charge_captured(), note_signed(), note_entered_in_error()];
            admitted_then(&[&in_error[..], more].concat()).when(Role::Billing, bill())
        };
        billing(&[]).refused("note-not-signed");
        billing(&[drafted_as(20)]).refused("note-not-signed");
        billing(&[drafted_as(20), signed_as(20)]).then([billed()]);
        // A draft that was an error blocks nothing, and stands for nothing.
        let only_draft = [ended(), charge_captured(), note_entered_in_error()];
        admitted_then(&only_draft).when(Role::Billing, bill()).refused("note-not-signed");
        let uncharged = admitted_then(&[ended(), note_entered_in_error()]);
        uncharged.when(Role::Billing, record_no_charge()).then([no_charge_recorded()]);
        let signed = admitted_then(&[ended(), note_signed(), note_entered_in_error()]);
        signed.when(Role::Billing, record_no_charge()).refused("note-not-signed");
    }

    #[test]
    fn a_closed_visit_is_billed_again_for_what_was_corrected_and_for_nothing_else() {
        let closed = || story(State::Closed).into_iter();
        given::<Visit>(closed()).when(Role::Billing, bill()).refused("wrong-state");
        let corrected = closed().chain([charge_corrected(), charge_captured_instead()]);
        let again: Event = Billed { charge_ids: vec![id(CHARGE + 1)] }.into();
        given::<Visit>(corrected).when(Role::Billing, bill()).then([again]);
        given::<Visit>(closed().chain([charge_voided()])).when(Role::Billing, bill()).refused("wrong-state");
    }

    #[test]
    fn nothing_charged_closes_the_visit_once_no_charge_and_no_draft_is_left() {
        let closing = |more: &[Event]| admitted_then(more).when(Role::Billing, record_no_charge());
        closing(&[note_signed()]).refused("wrong-state");
        closing(&[ended()]).refused("note-not-signed");
        closing(&[ended(), note_signed(), charge_captured()]).refused("charges-outstanding");
        closing(&[ended(), note_signed()]).then([no_charge_recorded()]);
        let voided = ChargeVoided { charge_id: id(CHARGE), was_billed: false, reason: VoidReason::Courtesy };
        closing(&[ended(), note_signed(), charge_captured(), voided.into()]).then([no_charge_recorded()]);
        // Nobody wrote a note: there is nothing to sign.
        let unwritten = story(State::CheckedIn).into_iter().chain([admitted(), ended()]);
        given::<Visit>(unwritten).when(Role::Billing, record_no_charge()).then([no_charge_recorded()]);
        let closed = [ended(), note_signed(), no_charge_recorded()];
        assert_eq!(Visit::replay(story(State::Admitted).iter().chain(&closed)).state(), State::Closed);
        admitted_then(&closed).when(Role::Billing, record_no_charge()).refused("wrong-state");
    }

    #[test]
    fn a_bill_turns_captured_charges_into_billed_ones() {
        let visit = Visit::replay(&story(State::Closed));
        assert_eq!(visit.charges().get(id(CHARGE)).unwrap().state, ChargeState::Billed);
        assert_eq!(visit.charges().captured().count(), 0);
    }
}
