//! Signing an order, once. What is signed is a hash of exactly what was shown, and it stays NOT SENT.

use super::controlled::Permitted;
use super::drafting::{OPEN, WHILE_OPEN, require_state};
use super::{OrderContent, OrderKind, OrderSigned, OrderState, SignOrder, SignOrderFacts, order_sha256};
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi};

impl Visit {
    /// The opened draft that is handed in is believed only if it has the hash that is signed.
    pub(in crate::visit) fn sign_order(
        &self,
        command: SignOrder,
        facts: &SignOrderFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "sign-order", WHILE_OPEN)?;
        let signer_id = self.require_own_provider(actor, "sign-order")?;
        let SignOrder { order_id, content_sha256, rendered_at_position, examined_in_person } = command;
        let order = self.order(order_id)?;
        require_state(
            order,
            &[OrderState::Drafted],
            "sign-order",
            "an order is signed once, and not after it was cancelled",
        )?;
        let draft = facts
            .draft
            .as_ref()
            .filter(|(content, salt)| order_sha256(salt, content, &order.diagnosis_pointers) == order.content_sha256);
        let Some((content, _)) = draft.filter(|_| order.content_sha256 == content_sha256) else {
            return Err(Error::OrderChanged);
        };
        let SignOrderFacts { drafted_at: from, newest: to, .. } = *facts;
        if !(from..=to).contains(&rendered_at_position) {
            return Err(Error::RenderedPositionWrong { from, to });
        }
        if order.kind == OrderKind::Prescription && order.diagnosis_pointers.is_empty() {
            return Err(Error::DiagnosisNeeded);
        }
        self.require_diagnoses(&order.diagnosis_pointers)?;
        let permitted = match content {
            OrderContent::Prescription(prescription) => {
                self.permitted_substance(prescription, examined_in_person, facts)?
            }
            OrderContent::LabOrder(_) => None,
        };
        let (ground, examined_in_person, rules) = match permitted {
            Some(Permitted { ground, examined_in_person, because }) => {
                (Some(Phi::Clear(ground)), Some(Phi::Clear(examined_in_person)), Some(Phi::Clear(because)))
            }
            None => (None, None, None),
        };
        let (kind, on) = (order.kind, facts.on);
        Ok(OrderSigned {
            order_id,
            kind,
            signer_id,
            content_sha256,
            rendered_at_position,
            on,
            ground,
            examined_in_person,
            rules,
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, actor, given, id};
    use crate::law::{PrescribedBy, Reliance, Schedule};
    use crate::visit::example::{SALT, commands::*, events::*, story};
    use crate::visit::{Command, Modality, Prescription, State};
    use crate::{Private, Role, Sha256Hex};

    fn ordered_then(more: &[Event]) -> Given<Visit> {
        let ordered = [diagnosis_recorded(1), prescription_drafted(), lab_order_drafted()];
        given(story(State::Admitted).into_iter().chain(ordered).chain(more.to_vec()))
    }

    fn with(change: impl FnOnce(&mut SignOrder, &mut SignOrderFacts)) -> Command {
        let Command::SignOrder(mut command, mut facts) = sign_order() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::SignOrder(command, facts)
    }

    #[test]
    fn this_visits_provider_signs_once_what_was_shown() {
        ordered_then(&[]).when(Role::Provider, sign_order()).then([order_signed()]);
        ordered_then(&[ended()]).when(Role::Provider, sign_order()).then([order_signed()]);
        ordered_then(&[]).when(Role::Billing, sign_order()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        ordered_then(&[]).when_by(colleague, sign_order()).refused("not-this-visits-provider");
        ordered_then(&[order_signed()]).when(Role::Provider, sign_order()).refused("wrong-state");
        ordered_then(&[order_cancelled()]).when(Role::Provider, sign_order()).refused("wrong-state");
        given::<Visit>(story(State::Admitted)).when(Role::Provider, sign_order()).refused("unknown-order");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, sign_order()).refused("wrong-state");
        ordered_then(&[]).when(Role::Provider, sign_lab_order()).then([lab_order_signed()]);
    }

    #[test]
    fn nothing_but_the_latest_draft_can_be_signed_nor_another_one_be_handed_in() {
        let stale = with(|command, _| command.content_sha256 = Sha256Hex::of(&[b"another draft"]));
        ordered_then(&[]).when(Role::Provider, stale).refused("order-changed");
        let not_opened = with(|_, facts| facts.draft = None);
        ordered_then(&[]).when(Role::Provider, not_opened).refused("order-changed");
        let Some((_, lab, _)) = OrderContent::of(&lab_order_drafted()) else { unreachable!() };
        let another = with(|_, facts| facts.draft = Some((lab, SALT)));
        ordered_then(&[]).when(Role::Provider, another).refused("order-changed");
    }

    #[test]
    fn what_is_signed_was_in_the_log_that_was_shown() {
        for position in [29, 61] {
            let misplaced = with(|command, _| command.rendered_at_position = position);
            ordered_then(&[]).when(Role::Provider, misplaced).refused("rendered-position-wrong");
        }
    }

    #[test]
    fn a_prescription_is_for_something_and_still_is_when_it_is_signed() {
        let (drafted, sign) = drafted_and_sign(|_| {}, &[]);
        let visit = given::<Visit>(story(State::Admitted).into_iter().chain([drafted]));
        visit.when(Role::Provider, sign).refused("diagnosis-needed");
        // Removed while it was a draft: only an older program would have allowed it, and it is looked at all the same.
        ordered_then(&[diagnosis_removed(1)]).when(Role::Provider, sign_order()).refused("unknown-diagnosis");
    }

    /// A prescription of this kind, for these diagnoses, and the command to sign it.
    fn drafted_and_sign(change: impl FnOnce(&mut Prescription), pointers: &[u8]) -> (Event, Command) {
        let Event::PrescriptionDrafted(mut drafted) = prescription_drafted() else { unreachable!() };
        let Phi::Clear(mut prescription) = drafted.prescription else { unreachable!() };
        change(&mut prescription);
        let content = OrderContent::Prescription(Box::new(prescription.clone()));
        let hash = order_sha256(&SALT, &content, pointers);
        (drafted.prescription, drafted.content_sha256) = (Phi::Clear(prescription), hash.clone());
        drafted.diagnosis_pointers = pointers.to_vec();
        let sign = with(|command, facts| {
            command.content_sha256 = hash;
            facts.draft = Some((content, SALT));
        });
        (drafted.into(), sign)
    }

    fn controlled(
        change: impl FnOnce(&mut Prescription),
        more: &[Event],
        say: impl FnOnce(&mut SignOrder, &mut SignOrderFacts),
    ) -> (Given<Visit>, Command) {
        let (drafted, sign) = drafted_and_sign(change, &[1]);
        let story = story(State::Admitted).into_iter().chain([diagnosis_recorded(1), drafted]).chain(more.to_vec());
        let Command::SignOrder(mut command, mut facts) = sign else { unreachable!() };
        say(&mut command, &mut facts);
        (given(story), Command::SignOrder(command, facts))
    }

    fn stimulant(prescription: &mut Prescription) {
        prescription.schedule = Some(Schedule::Ii);
    }

    fn unseen(command: &mut SignOrder, _: &mut SignOrderFacts) {
        command.examined_in_person = Some(Private(false));
    }

    #[test]
    fn a_controlled_substance_is_signed_on_a_ground_that_is_told() {
        let (visit, sign) = controlled(stimulant, &[], unseen);
        let events = visit.when(Role::Provider, sign).events();
        let [Event::OrderSigned(signed)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(signed.ground, Some(Phi::Clear(PrescribedBy::Flexibility)));
        assert_eq!(signed.examined_in_person, Some(Phi::Clear(false)));
        let Some(Phi::Clear(rules)) = &signed.rules else { panic!("no rules") };
        assert_eq!(rules[0].rule.as_str(), "controlled-substance.flexibility");
        assert_eq!(signed.order_id, id(crate::visit::example::PRESCRIPTION));
    }

    #[test]
    fn without_a_ground_it_is_refused_and_why_is_said() {
        let refused =
            |(visit, sign): (Given<Visit>, Command), code: &str| visit.when(Role::Provider, sign).refused(code);
        refused(controlled(stimulant, &[], |_, _| {}), "rule-needs-fact");
        refused(controlled(stimulant, &[by_phone()], unseen), "controlled-substance-not-permitted");
        let later = |command: &mut SignOrder, facts: &mut SignOrderFacts| {
            unseen(command, facts);
            facts.on = "2027-01-01".parse().unwrap();
        };
        refused(controlled(stimulant, &[], later), "rule-unknown");
        let real = |command: &mut SignOrder, facts: &mut SignOrderFacts| {
            unseen(command, facts);
            facts.reliance = Reliance::default();
        };
        refused(controlled(stimulant, &[], real), "rule-unreviewed");
        assert_eq!(Visit::default().modality(), None::<Modality>);
    }

    #[test]
    fn who_was_examined_in_person_gets_it_after_the_flexibilities_too() {
        let seen = |command: &mut SignOrder, facts: &mut SignOrderFacts| {
            command.examined_in_person = Some(Private(true));
            facts.on = "2027-01-01".parse().unwrap();
        };
        let (visit, sign) = controlled(stimulant, &[], seen);
        let events = visit.when(Role::Provider, sign).events();
        let [Event::OrderSigned(signed)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(signed.ground, Some(Phi::Clear(PrescribedBy::InPersonExamination)));
    }
}
