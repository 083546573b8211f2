//! Orders in examples.

use super::*;
use crate::given::{PROVIDER, code, id, now, text};
use crate::law::Reliance;
use crate::visit::example::SALT;
use crate::visit::{Command, Event};
use crate::{OrderId, Phi, Role};

pub const PRESCRIPTION: u128 = 70;
pub const LAB_ORDER: u128 = 71;
pub const RESULT: u128 = 73;

fn prescription() -> Prescription {
    Prescription {
        medication: text("Feels-better 250 mg tablet"),
        rxnorm: Some("308182".try_into().unwrap()),
        dose: text("1 tablet"),
        directions: text("Rest, and one tablet twice a day for five days."),
        quantity: "10".try_into().unwrap(),
        quantity_unit: text("tablet"),
        refills: 0,
        days_supply: Some(5),
        substitution_allowed: true,
        pharmacy: Some(text("Lake Street Pharmacy")),
        pharmacy_ncpdp: Some(code("5140608")),
        schedule: None,
        buprenorphine: false,
        opioid_use_disorder: false,
    }
}

fn lab_order() -> LabOrder {
    LabOrder {
        tests: vec![LabTest { name: text("Culture of the throat"), loinc: Some("626-2".try_into().unwrap()) }],
        specimen: Some(text("Swab, Sore throat")),
        priority: LabPriority::Routine,
        laboratory: None,
        instructions: Some(text("Before work.")),
    }
}

fn lab_result() -> LabResult {
    LabResult {
        report: text("Rest of the culture: no growth."),
        reported_on: Some("2026-03-04".parse().unwrap()),
        laboratory: Some(text("Lake Street Laboratory")),
        flagged: Some(false),
    }
}

fn content(of: impl Into<OrderContent>) -> OrderContent {
    of.into()
}

impl From<Prescription> for OrderContent {
    fn from(prescription: Prescription) -> Self {
        OrderContent::Prescription(Box::new(prescription))
    }
}

impl From<LabOrder> for OrderContent {
    fn from(lab_order: LabOrder) -> Self {
        OrderContent::LabOrder(lab_order)
    }
}

pub mod events {
    use super::*;

    pub fn prescription_drafted() -> Event {
        prescription_drafted_as(PRESCRIPTION)
    }

    pub fn prescription_drafted_as(order: u128) -> Event {
        PrescriptionDrafted {
            order_id: id(order),
            content_sha256: order_sha256(&SALT, &content(prescription()), &[1]),
            prescription: Phi::Clear(prescription()),
            diagnosis_pointers: vec![1],
            salt: Phi::Clear("07".repeat(32)),
            author_id: id(PROVIDER),
        }
        .into()
    }

    pub fn lab_order_drafted() -> Event {
        LabOrderDrafted {
            order_id: id(LAB_ORDER),
            content_sha256: order_sha256(&SALT, &content(lab_order()), &[1]),
            lab_order: Phi::Clear(lab_order()),
            diagnosis_pointers: vec![1],
            salt: Phi::Clear("07".repeat(32)),
            author_id: id(PROVIDER),
        }
        .into()
    }

    fn signed(order: u128, of: OrderContent) -> Event {
        OrderSigned {
            order_id: id(order),
            kind: of.kind(),
            signer_id: id(PROVIDER),
            content_sha256: order_sha256(&SALT, &of, &[1]),
            rendered_at_position: 41,
            on: "2026-03-02".parse().unwrap(),
            ground: None,
            examined_in_person: None,
            rules: None,
        }
        .into()
    }

    pub fn order_signed() -> Event {
        signed(PRESCRIPTION, content(prescription()))
    }

    pub fn lab_order_signed() -> Event {
        signed(LAB_ORDER, content(lab_order()))
    }

    pub fn result_received() -> Event {
        ResultReceived {
            result_id: id(RESULT),
            order_id: id(LAB_ORDER),
            source: ResultSource::Paper,
            entered: ResultEntry::ByHand,
            result: Phi::Clear(lab_result()),
            received_by: Role::ClinicalStaff,
        }
        .into()
    }

    pub fn result_reviewed() -> Event {
        ResultReviewed {
            result_id: id(RESULT),
            order_id: id(LAB_ORDER),
            reviewer_id: id(PROVIDER),
            action: Phi::Clear(ResultAction::InformPatient),
            details: Some(Phi::Clear(text("Feels better, told by telephone."))),
        }
        .into()
    }

    pub fn order_cancelled() -> Event {
        OrderCancelled {
            order_id: id(PRESCRIPTION),
            reason: OrderCancelReason::NoLongerNeeded,
            details: Some(Phi::Clear(text("Culture negative."))),
            provider_id: id(PROVIDER),
        }
        .into()
    }

    pub fn order_transmitted() -> Event {
        let reference = Phi::Clear(text("Rest-7781"));
        OrderTransmitted { order_id: id(PRESCRIPTION), transmitter: code("test/1"), reference, observed_at: now() }
            .into()
    }

    pub fn order_accepted() -> Event {
        let reference = Phi::Clear(text("Rest-7781"));
        OrderAccepted { order_id: id(PRESCRIPTION), reference, observed_at: now() }.into()
    }

    pub fn order_failed(stage: FailureStage) -> Event {
        OrderFailed {
            order_id: id(PRESCRIPTION),
            stage,
            failure: OrderFailure::Rejected,
            details: Some(Phi::Clear(text("Feels-better is out of stock."))),
            observed_at: now(),
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            prescription_drafted(),
            lab_order_drafted(),
            order_signed(),
            order_cancelled(),
            order_transmitted(),
            order_accepted(),
            order_failed(FailureStage::BeforeSending),
            result_received(),
            result_reviewed(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn draft_prescription() -> Command {
        let command = DraftPrescription { order_id: None, prescription: prescription(), diagnosis_pointers: vec![1] };
        Command::DraftPrescription(command, new(PRESCRIPTION))
    }

    pub fn draft_lab_order() -> Command {
        let command = DraftLabOrder { order_id: None, lab_order: lab_order(), diagnosis_pointers: vec![1] };
        Command::DraftLabOrder(command, new(LAB_ORDER))
    }

    fn new(order: u128) -> NewOrder {
        NewOrder { order_id: id(order), salt: SALT }
    }

    fn sign(order_id: OrderId, of: OrderContent) -> Command {
        let content_sha256 = order_sha256(&SALT, &of, &[1]);
        let command = SignOrder { order_id, content_sha256, rendered_at_position: 41, examined_in_person: None };
        let (on, reliance) = ("2026-03-02".parse().unwrap(), Reliance::simulated());
        Command::SignOrder(
            command,
            SignOrderFacts { draft: Some((of, SALT)), drafted_at: 30, newest: 60, on, reliance },
        )
    }

    pub fn sign_order() -> Command {
        sign(id(PRESCRIPTION), content(prescription()))
    }

    pub fn sign_lab_order() -> Command {
        sign(id(LAB_ORDER), content(lab_order()))
    }

    pub fn receive_result() -> Command {
        let command = ReceiveResult { order_id: id(LAB_ORDER), source: ResultSource::Paper, result: lab_result() };
        Command::ReceiveResult(command, NewResult { result_id: id(RESULT) })
    }

    pub fn review_result() -> Command {
        let (action, details) = (ResultAction::InformPatient, Some(text("Feels better, told by telephone.")));
        Command::ReviewResult(ReviewResult { result_id: id(RESULT), action, details })
    }

    pub fn cancel_order() -> Command {
        let (reason, details) = (OrderCancelReason::NoLongerNeeded, Some(text("Culture negative.")));
        Command::CancelOrder(CancelOrder { order_id: id(PRESCRIPTION), reason, details })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Provider, draft_prescription()),
            (Role::Provider, draft_lab_order()),
            (Role::Provider, sign_order()),
            (Role::Provider, cancel_order()),
            (Role::ClinicalStaff, receive_result()),
            (Role::Provider, review_result()),
        ]
    }
}
