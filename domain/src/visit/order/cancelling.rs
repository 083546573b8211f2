//! Taking back an order that has not gone out.

use super::drafting::require_state;
use super::{CancelOrder, OrderCancelled, OrderState};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi};

impl Visit {
    /// Possible after the bill too: an order that is not to be carried out must not look as if it were.
    pub(in crate::visit) fn cancel_order(&self, command: CancelOrder, actor: &Actor) -> Result<Event, Error> {
        const SINCE_ADMISSION: [State; 3] = [State::Admitted, State::Ended, State::Closed];
        self.require(&SINCE_ADMISSION, "cancel-order", "an order is cancelled after it was written")?;
        let provider_id = self.require_own_provider(actor, "cancel-order")?;
        let CancelOrder { order_id, reason, details } = command;
        const STILL_HERE: [OrderState; 2] = [OrderState::Drafted, OrderState::Signed];
        let hint = "only an order that has not gone out is cancelled here";
        require_state(self.order(order_id)?, &STILL_HERE, "cancel-order", hint)?;
        Ok(OrderCancelled { order_id, reason, details: details.map(Phi::Clear), provider_id }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, given};
    use crate::visit::FailureStage;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    fn ordered_then(more: &[Event]) -> Given<Visit> {
        let ordered = [diagnosis_recorded(1), prescription_drafted()];
        given(story(State::Admitted).into_iter().chain(ordered).chain(more.to_vec()))
    }

    #[test]
    fn a_drafted_or_signed_order_is_taken_back_once() {
        ordered_then(&[]).when(Role::Provider, cancel_order()).then([order_cancelled()]);
        ordered_then(&[order_signed()]).when(Role::Provider, cancel_order()).then([order_cancelled()]);
        ordered_then(&[order_cancelled()]).when(Role::Provider, cancel_order()).refused("wrong-state");
        let closed = [order_signed(), ended(), note_signed(), charge_captured_for(&[1]), billed()];
        ordered_then(&closed).when(Role::Provider, cancel_order()).then([order_cancelled()]);
        ordered_then(&[]).when(Role::Billing, cancel_order()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Admitted)).when(Role::Provider, cancel_order()).refused("unknown-order");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, cancel_order()).refused("wrong-state");
    }

    #[test]
    fn what_went_out_is_not_taken_back_here() {
        let sent = [order_signed(), order_transmitted()];
        ordered_then(&sent).when(Role::Provider, cancel_order()).refused("wrong-state");
        let refused = [sent.as_slice(), &[order_failed(FailureStage::AfterSending)]].concat();
        ordered_then(&refused).when(Role::Provider, cancel_order()).refused("wrong-state");
        assert!(!Visit::replay(&refused).orders().iter().any(|(_, order)| order.is_open()));
    }
}
