//! The words of diagnoses and orders. Whether an order went out is added to each of them by [`words::event`](super::event).

use daybook_domain::law::Because;
use daybook_domain::visit::{
    DiagnosisRecorded, DiagnosisRemoved, LabOrder, LabOrderDrafted, OrderAccepted, OrderCancelled, OrderFailed,
    OrderSigned, OrderTransmitted, Prescription, PrescriptionDrafted, ResultReceived, ResultReviewed,
};

use super::text::{details, phi};
use crate::words::{short, term, time};

pub fn diagnosis(recorded: &DiagnosisRecorded) -> String {
    let code = phi(&recorded.code, |code| code.as_str().into());
    let description = phi(&recorded.description, |text| text.as_str().into());
    let foremost = if recorded.primary { ", the foremost" } else { "" };
    let (provider, number) = (recorded.provider_id, recorded.diagnosis_number);
    format!("Provider {provider} recorded diagnosis {number}{foremost}: {code}, {description}")
}

fn medication(prescription: &Prescription) -> String {
    let Prescription { medication, rxnorm, dose, directions, quantity, quantity_unit, refills, .. } = prescription;
    let code = rxnorm.as_ref().map_or_else(String::new, |code| format!(" (RxNorm {})", code.as_str()));
    let days = prescription.days_supply.map_or_else(String::new, |days| format!(", for {days} days"));
    let equivalent = if prescription.substitution_allowed { "may be substituted" } else { "not to be substituted" };
    let pharmacy = prescription.pharmacy.as_ref().map_or("no pharmacy named", |pharmacy| pharmacy.as_str());
    let controlled = prescription
        .schedule
        .map_or_else(String::new, |schedule| format!("; controlled, schedule {}", term(&schedule)));
    format!(
        "{}{code}, {}: {} Dispense {} {}{days}, {refills} refills, {equivalent}, at {pharmacy}{controlled}.",
        medication.as_str(),
        dose.as_str(),
        directions.as_str(),
        quantity.as_str(),
        quantity_unit.as_str()
    )
}

fn tests(order: &LabOrder) -> String {
    let tests = order.tests.iter().map(|test| {
        let code = test.loinc.as_ref().map_or_else(String::new, |code| format!(" (LOINC {})", code.as_str()));
        format!("{}{code}", test.name.as_str())
    });
    let tests = tests.collect::<Vec<_>>().join(", ");
    let named = |label: &str, text: Option<&str>| text.map_or_else(String::new, |text| format!(" {label}: {text}"));
    format!(
        "{tests}; {}.{}{}{}",
        term(&order.priority),
        named("Specimen", order.specimen.as_ref().map(|text| text.as_str())),
        named("Laboratory", order.laboratory.as_ref().map(|text| text.as_str())),
        named("Instructions", order.instructions.as_ref().map(|text| text.as_str()))
    )
}

pub fn signed(signed: &OrderSigned) -> String {
    let ground = signed.ground.as_ref().map_or_else(String::new, |ground| {
        let rules = signed.rules.as_ref().map_or_else(String::new, |rules| {
            let names = |rules: &Vec<Because>| {
                rules.iter().map(|rule| rule.rule.as_str().to_owned()).collect::<Vec<_>>().join(", ")
            };
            format!(" by {}", phi(rules, names))
        });
        format!(" Controlled, on the ground of {}{rules}.", phi(ground, term))
    });
    format!(
        "Provider {} signed {} {} (content {}) on {}, shown to them as of position {}.{ground}",
        signed.signer_id,
        term(&signed.kind),
        signed.order_id,
        short(signed.content_sha256.as_str()),
        signed.on,
        signed.rendered_at_position
    )
}

pub fn failed(failed: &OrderFailed) -> String {
    let (when, stage, why) = (time(failed.observed_at), term(&failed.stage), term(&failed.failure));
    format!("Observed at {when}: order {} failed {stage}: {why}.{}", failed.order_id, details(&failed.details))
}

fn pointing(pointers: &[u8]) -> String {
    match pointers {
        [] => String::new(),
        _ => format!(", for diagnosis {}", pointers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")),
    }
}

pub fn diagnosis_removed(removed: &DiagnosisRemoved) -> String {
    let (number, provider, why) = (removed.diagnosis_number, removed.provider_id, term(&removed.reason));
    format!("Provider {provider} took diagnosis {number} off the list: {why}.{}", details(&removed.details))
}

pub fn prescription(drafted: &PrescriptionDrafted) -> String {
    let (author, order, hash) = (drafted.author_id, drafted.order_id, short(drafted.content_sha256.as_str()));
    let (diagnoses, text) = (pointing(&drafted.diagnosis_pointers), phi(&drafted.prescription, medication));
    format!("Provider {author} wrote prescription {order} (content {hash}){diagnoses}.\n{text}\n")
}

pub fn lab_order(drafted: &LabOrderDrafted) -> String {
    let (author, order, hash) = (drafted.author_id, drafted.order_id, short(drafted.content_sha256.as_str()));
    let (diagnoses, text) = (pointing(&drafted.diagnosis_pointers), phi(&drafted.lab_order, tests));
    format!("Provider {author} wrote lab order {order} (content {hash}){diagnoses}.\n{text}\n")
}

pub fn cancelled(cancelled: &OrderCancelled) -> String {
    let (provider, order, why) = (cancelled.provider_id, cancelled.order_id, term(&cancelled.reason));
    format!("Provider {provider} took order {order} back: {why}.{}", details(&cancelled.details))
}

pub fn transmitted(sent: &OrderTransmitted) -> String {
    let (when, through) = (time(sent.observed_at), sent.transmitter.as_str());
    let reference = phi(&sent.reference, |text| text.as_str().into());
    format!("Observed at {when}: order {} went out through {through} as {reference}.", sent.order_id)
}

pub fn accepted(accepted: &OrderAccepted) -> String {
    let (when, reference) = (time(accepted.observed_at), phi(&accepted.reference, |text| text.as_str().into()));
    format!("Observed at {when}: order {} was taken as {reference}.", accepted.order_id)
}

pub fn result(received: &ResultReceived) -> String {
    let (result, order, source) = (received.result_id, received.order_id, term(&received.source));
    let (entered, by) = (term(&received.entered), term(&received.received_by));
    let text = phi(&received.result, |result| {
        let laboratory = result.laboratory.as_ref().map_or("no laboratory named", |text| text.as_str());
        let day = result.reported_on.map_or_else(|| "no day named".into(), |day| day.to_string());
        let flagged = if result.flagged == Some(true) { ", FLAGGED by the laboratory" } else { "" };
        format!("{laboratory}, {day}{flagged}: {}", result.report.as_str())
    });
    format!("Result {result} of order {order} came by {source}, entered {entered} in the role {by}.\n{text}")
}

pub fn reviewed(reviewed: &ResultReviewed) -> String {
    let action = phi(&reviewed.action, term);
    let (provider, result) = (reviewed.reviewer_id, reviewed.result_id);
    format!("Provider {provider} reviewed result {result}: {action}.{}", details(&reviewed.details))
}
