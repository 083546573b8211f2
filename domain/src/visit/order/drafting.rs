//! Drafting an order, and drafting it anew until it is signed.

use super::{
    DraftLabOrder, DraftPrescription, LabOrder, LabOrderDrafted, NewOrder, Order, OrderContent, OrderKind, OrderState,
    Prescription, PrescriptionDrafted, order_sha256,
};
use crate::codes::hex;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, OrderId, Phi};

/// While orders are written and signed: in the visit, and after it until it is billed.
pub(super) const OPEN: [State; 2] = [State::Admitted, State::Ended];
pub(super) const WHILE_OPEN: &str = "orders are written and signed from admission until the visit is closed";
/// Orders of one visit.
const MOST: usize = 50;

impl Visit {
    pub(in crate::visit) fn draft_prescription(
        &self,
        command: DraftPrescription,
        new: NewOrder,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "draft-prescription", WHILE_OPEN)?;
        let author_id = self.require_own_provider(actor, "draft-prescription")?;
        let DraftPrescription { order_id, prescription, diagnosis_pointers } = command;
        let order_id = self.order_to_draft(order_id, new.order_id, OrderKind::Prescription, "draft-prescription")?;
        self.require_diagnoses(&diagnosis_pointers)?;
        require_prescribable(&prescription)?;
        let content = OrderContent::Prescription(Box::new(prescription.clone()));
        Ok(PrescriptionDrafted {
            order_id,
            content_sha256: order_sha256(&new.salt, &content, &diagnosis_pointers),
            prescription: Phi::Clear(prescription),
            diagnosis_pointers,
            salt: Phi::Clear(hex(&new.salt)),
            author_id,
        }
        .into())
    }

    pub(in crate::visit) fn draft_lab_order(
        &self,
        command: DraftLabOrder,
        new: NewOrder,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "draft-lab-order", WHILE_OPEN)?;
        let author_id = self.require_own_provider(actor, "draft-lab-order")?;
        let DraftLabOrder { order_id, lab_order, diagnosis_pointers } = command;
        let order_id = self.order_to_draft(order_id, new.order_id, OrderKind::LabOrder, "draft-lab-order")?;
        self.require_diagnoses(&diagnosis_pointers)?;
        require_orderable(&lab_order)?;
        let content = OrderContent::LabOrder(lab_order.clone());
        Ok(LabOrderDrafted {
            order_id,
            content_sha256: order_sha256(&new.salt, &content, &diagnosis_pointers),
            lab_order: Phi::Clear(lab_order),
            diagnosis_pointers,
            salt: Phi::Clear(hex(&new.salt)),
            author_id,
        }
        .into())
    }

    /// A draft of the same kind, or a fresh id. What was signed or cancelled is not written anew.
    fn order_to_draft(
        &self,
        existing: Option<OrderId>,
        fresh: OrderId,
        kind: OrderKind,
        command: &'static str,
    ) -> Result<OrderId, Error> {
        let Some(order_id) = existing else {
            return match self.orders().get(fresh) {
                Some(_) => Err(Error::IdAlreadyUsed),
                None if self.orders().count() >= MOST => Err(Error::TooManyOrders),
                None => Ok(fresh),
            };
        };
        let order = self.order(order_id)?;
        if order.kind != kind {
            return Err(Error::UnknownOrder);
        }
        require_state(
            order,
            &[OrderState::Drafted],
            command,
            "a signed order never changes; cancel it and write another",
        )?;
        Ok(order_id)
    }

    pub(super) fn order(&self, id: OrderId) -> Result<&Order, Error> {
        self.orders().get(id).ok_or(Error::UnknownOrder)
    }
}

/// Passes for an order in one of these states only.
pub(super) fn require_state(
    order: &Order,
    states: &[OrderState],
    command: &'static str,
    hint: &'static str,
) -> Result<(), Error> {
    if states.contains(&order.state) {
        return Ok(());
    }
    Err(Error::WrongState { state: format!("the order is {}", order.state.name()), command, hint })
}

fn require_prescribable(prescription: &Prescription) -> Result<(), Error> {
    let days = prescription.days_supply.is_none_or(|days| (1..=366).contains(&days));
    if prescription.refills > 99 || !days {
        return Err(Error::SupplyOutOfRange);
    }
    let controlled = prescription.schedule.is_some();
    if prescription.buprenorphine && !controlled {
        return Err(Error::ScheduleMissing);
    }
    Ok(())
}

fn require_orderable(lab_order: &LabOrder) -> Result<(), Error> {
    if (1..=20).contains(&lab_order.tests.len()) { Ok(()) } else { Err(Error::TestsOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{Given, actor, given, id};
    use crate::visit::Command;
    use crate::visit::example::{LAB_ORDER, PRESCRIPTION, commands::*, events::*, story};

    fn diagnosed_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Admitted).into_iter().chain([diagnosis_recorded(1)]).chain(more.to_vec()))
    }

    fn with(change: impl FnOnce(&mut DraftPrescription)) -> Command {
        let Command::DraftPrescription(mut command, new) = draft_prescription() else { unreachable!() };
        change(&mut command);
        Command::DraftPrescription(command, new)
    }

    #[test]
    fn orders_are_written_by_this_visits_provider_from_admission_until_the_bill() {
        let both = [(draft_prescription(), prescription_drafted()), (draft_lab_order(), lab_order_drafted())];
        for (command, event) in both {
            diagnosed_then(&[]).when(Role::Provider, command.clone()).then([event.clone()]);
            diagnosed_then(&[ended()]).when(Role::Provider, command.clone()).then([event]);
            diagnosed_then(&[]).when(Role::FrontDesk, command.clone()).refused("not-this-visits-provider");
            let mut colleague = actor(Role::Provider);
            colleague.person = Some(uuid::Uuid::from_u128(88));
            diagnosed_then(&[]).when_by(colleague, command.clone()).refused("not-this-visits-provider");
            given::<Visit>(story(State::CheckedIn)).when(Role::Provider, command.clone()).refused("wrong-state");
            given::<Visit>(story(State::Closed)).when(Role::Provider, command).refused("wrong-state");
        }
    }

    #[test]
    fn an_order_is_for_diagnoses_that_stand() {
        let admitted = given::<Visit>(story(State::Admitted));
        admitted.when(Role::Provider, draft_prescription()).refused("unknown-diagnosis");
        let without = with(|command| command.diagnosis_pointers.clear());
        assert_eq!(admitted.when(Role::Provider, without).events().len(), 1, "for what is said before signing");
        let twice = with(|command| command.diagnosis_pointers = vec![1, 1]);
        diagnosed_then(&[]).when(Role::Provider, twice).refused("diagnosis-pointers-out-of-range");
    }

    #[test]
    fn a_draft_is_written_anew_until_it_is_signed_and_stays_what_it_is() {
        let anew = || with(|command| command.order_id = Some(id(PRESCRIPTION)));
        diagnosed_then(&[prescription_drafted()]).when(Role::Provider, anew()).then([prescription_drafted()]);
        diagnosed_then(&[prescription_drafted()]).when(Role::Provider, draft_prescription()).refused("id-already-used");
        diagnosed_then(&[]).when(Role::Provider, anew()).refused("unknown-order");
        let signed = diagnosed_then(&[prescription_drafted(), order_signed()]);
        signed.when(Role::Provider, anew()).refused("wrong-state");
        let other_kind = with(|command| command.order_id = Some(id(LAB_ORDER)));
        diagnosed_then(&[lab_order_drafted()]).when(Role::Provider, other_kind).refused("unknown-order");
    }

    #[test]
    fn what_cannot_be_dispensed_or_measured_is_refused() {
        let diagnosed = diagnosed_then(&[]);
        let refused = |change: &dyn Fn(&mut Prescription), code: &str| {
            diagnosed.when(Role::Provider, with(|command| change(&mut command.prescription))).refused(code);
        };
        refused(&|prescription| prescription.refills = 100, "supply-out-of-range");
        refused(&|prescription| prescription.days_supply = Some(0), "supply-out-of-range");
        refused(&|prescription| prescription.days_supply = Some(367), "supply-out-of-range");
        refused(&|prescription| prescription.buprenorphine = true, "schedule-missing");
        let Command::DraftLabOrder(mut command, new) = draft_lab_order() else { unreachable!() };
        command.lab_order.tests.clear();
        diagnosed.when(Role::Provider, Command::DraftLabOrder(command, new)).refused("tests-out-of-range");
    }

    #[test]
    fn a_visit_has_no_endless_orders() {
        let fifty: Vec<_> = (0..50).map(|number| prescription_drafted_as(500 + number)).collect();
        diagnosed_then(&fifty).when(Role::Provider, draft_prescription()).refused("too-many-orders");
        let Command::DraftPrescription(command, new) = draft_prescription() else { unreachable!() };
        let anew = DraftPrescription { order_id: Some(id(500)), ..command };
        assert_eq!(
            diagnosed_then(&fifty).when(Role::Provider, Command::DraftPrescription(anew, new)).events().len(),
            1
        );
    }
}
