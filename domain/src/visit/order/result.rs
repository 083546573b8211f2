//! Results of lab orders: taken down by hand from what a laboratory reported, and reviewed by a provider of the visit. A
//! result says nothing of whether the order went out: patients carry papers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::drafting::require_state;
use super::{
    NewResult, OrderKind, OrderState, ReceiveResult, ResultEntry, ResultReceived, ResultReviewed, ReviewResult,
};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, OrderId, Phi, ProviderId, ResultId, Role, Text};

/// What a laboratory reported, as whoever entered it read it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabResult {
    /// What it says.
    pub report: Text<10000>,
    /// The day the laboratory put on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<NaiveDate>,
    /// Which laboratory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Text<200>>,
    /// Whether the laboratory marked something as out of its range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<bool>,
}

/// Without what it says.
impl std::fmt::Debug for LabResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LabResult(hidden)")
    }
}

/// One result, without what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultState {
    /// Of which order.
    pub order_id: OrderId,
    /// Who reviewed it; `None`: nobody yet.
    pub reviewer: Option<ProviderId>,
}

/// The results of a visit's orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results(BTreeMap<ResultId, ResultState>);

impl Results {
    /// One result.
    pub fn get(&self, id: ResultId) -> Option<ResultState> {
        self.0.get(&id).copied()
    }

    /// Every result.
    pub fn iter(&self) -> impl Iterator<Item = (ResultId, ResultState)> {
        self.0.iter().map(|(id, result)| (*id, *result))
    }

    /// How many nobody has reviewed.
    pub fn to_review(&self) -> usize {
        self.0.values().filter(|result| result.reviewer.is_none()).count()
    }

    /// Takes an event in; one that is not of a result changes nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::ResultReceived(received) => {
                self.0.insert(received.result_id, ResultState { order_id: received.order_id, reviewer: None });
            }
            Event::ResultReviewed(reviewed) => {
                if let Some(result) = self.0.get_mut(&reviewed.result_id) {
                    result.reviewer = Some(reviewed.reviewer_id);
                }
            }
            _ => {}
        }
    }
}

const SINCE_ADMISSION: [State; 3] = [State::Admitted, State::Ended, State::Closed];
/// More than a visit's orders have.
const MOST: usize = 200;

impl Visit {
    /// Also after the bill, which is when most results come, and of an order that was cancelled: what came has come.
    pub(in crate::visit) fn receive_result(
        &self,
        command: ReceiveResult,
        new: NewResult,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&SINCE_ADMISSION, "receive-result", "a result comes after the order was written")?;
        require_role(actor, &[Role::ClinicalStaff, Role::Provider], "receive-result", "clinical staff and providers")?;
        let ReceiveResult { order_id, source, result } = command;
        let order = self.order(order_id)?;
        if order.kind != OrderKind::LabOrder {
            return Err(Error::UnknownOrder);
        }
        const NOT_A_DRAFT: [OrderState; 5] = [
            OrderState::Signed,
            OrderState::Cancelled,
            OrderState::Transmitted,
            OrderState::Accepted,
            OrderState::Failed,
        ];
        require_state(order, &NOT_A_DRAFT, "receive-result", "nobody ordered what is a draft; sign the order first")?;
        if self.results().get(new.result_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.results().iter().count() >= MOST {
            return Err(Error::TooManyResults);
        }
        let (result_id, entered, result, received_by) =
            (new.result_id, ResultEntry::ByHand, Phi::Clear(result), actor.role);
        Ok(ResultReceived { result_id, order_id, source, entered, result, received_by }.into())
    }

    /// By who treats, or supervises: once.
    pub(in crate::visit) fn review_result(&self, command: ReviewResult, actor: &Actor) -> Result<Event, Error> {
        let reviewer_id = self.team().find(|provider| actor.is_provider(Some(*provider)));
        let reviewer_id = reviewer_id.ok_or(Error::NotThisVisitsProvider { command: "review-result" })?;
        let ReviewResult { result_id, action, details } = command;
        let result = self.results().get(result_id).ok_or(Error::UnknownResult)?;
        if result.reviewer.is_some() {
            return Err(crate::visit::error::already("the result is reviewed", "review-result"));
        }
        let (order_id, action, details) = (result.order_id, Phi::Clear(action), details.map(Phi::Clear));
        Ok(ResultReviewed { result_id, order_id, reviewer_id, action, details }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, actor, given, id};
    use crate::visit::Command;
    use crate::visit::example::{COSIGNER, PRESCRIPTION, RESULT, commands::*, events::*, story};
    use crate::{Rules, visit::Transmission};

    fn ordered_then(more: &[Event]) -> Given<Visit> {
        let ordered = [diagnosis_recorded(1), lab_order_drafted(), prescription_drafted()];
        given(story(State::Admitted).into_iter().chain(ordered).chain(more.to_vec()))
    }

    fn provider(number: u128) -> Actor {
        Actor { person: Some(uuid::Uuid::from_u128(number)), ..actor(Role::Provider) }
    }

    #[test]
    fn a_result_is_taken_down_by_hand_by_staff_and_says_nothing_of_the_order() {
        let signed = ordered_then(&[lab_order_signed()]);
        signed.when(Role::ClinicalStaff, receive_result()).then([result_received()]);
        assert_eq!(signed.when(Role::Provider, receive_result()).events().len(), 1);
        for role in [Role::Patient, Role::FrontDesk, Role::Billing, Role::System] {
            signed.when(role, receive_result()).refused("role-not-permitted");
        }
        let story: Vec<_> = story(State::Admitted)
            .into_iter()
            .chain([diagnosis_recorded(1), lab_order_drafted(), lab_order_signed(), result_received()])
            .collect();
        let visit = Visit::replay(&story);
        assert!(visit.orders().iter().all(|(_, order)| order.transmission() == Transmission::NotSent));
        assert_eq!(visit.results().to_review(), 1);
        assert_eq!(Transmission::after(&result_received()), None);
    }

    #[test]
    fn it_comes_for_a_lab_order_that_was_ordered_also_once_the_visit_is_closed_or_the_order_cancelled() {
        ordered_then(&[]).when(Role::ClinicalStaff, receive_result()).refused("wrong-state");
        let Command::ReceiveResult(mut of_prescription, new) = receive_result() else { unreachable!() };
        of_prescription.order_id = id(PRESCRIPTION);
        let of_prescription = Command::ReceiveResult(of_prescription, new);
        ordered_then(&[order_signed()]).when(Role::ClinicalStaff, of_prescription).refused("unknown-order");
        given::<Visit>(story(State::Admitted)).when(Role::ClinicalStaff, receive_result()).refused("unknown-order");
        given::<Visit>(story(State::Roomed)).when(Role::ClinicalStaff, receive_result()).refused("wrong-state");
        let closed = [lab_order_signed(), ended(), note_signed(), charge_captured_for(&[1]), billed()];
        ordered_then(&closed).when(Role::ClinicalStaff, receive_result()).then([result_received()]);
        let twice = [lab_order_signed(), result_received()];
        ordered_then(&twice).when(Role::ClinicalStaff, receive_result()).refused("id-already-used");
    }

    #[test]
    fn who_treats_or_supervises_reviews_it_once() {
        let received = [lab_order_signed(), result_received()];
        let visit = ordered_then(&received);
        visit.when(Role::Provider, review_result()).then([result_reviewed()]);
        visit.when(Role::ClinicalStaff, review_result()).refused("not-this-visits-provider");
        visit.when_by(provider(COSIGNER), review_result()).refused("not-this-visits-provider");
        let supervised = ordered_then(&[&received[..], &[supervisor_named()]].concat());
        assert_eq!(supervised.when_by(provider(COSIGNER), review_result()).events().len(), 1);
        let reviewed = [&received[..], &[result_reviewed()]].concat();
        ordered_then(&reviewed).when(Role::Provider, review_result()).refused("wrong-state");
        let Command::ReviewResult(mut unknown) = review_result() else { unreachable!() };
        unknown.result_id = id(RESULT + 1);
        visit.when(Role::Provider, Command::ReviewResult(unknown)).refused("unknown-result");
    }

    #[test]
    fn there_is_an_end_to_results() {
        let Event::ResultReceived(one) = result_received() else { unreachable!() };
        let many = (0..MOST as u128).map(|number| ResultReceived { result_id: id(900 + number), ..one.clone() }.into());
        let full: Vec<_> = std::iter::once(lab_order_signed()).chain(many).collect();
        ordered_then(&full).when(Role::ClinicalStaff, receive_result()).refused("too-many-results");
    }
}
