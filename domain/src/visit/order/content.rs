//! What an order says, and the hash of it that a signature commits to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LabPriority, OrderKind};
use crate::law::Schedule;
use crate::visit::Event;
use crate::{Code, LoincCode, OrderId, Phi, Quantity, RxNormCode, Sha256Hex, Text};

/// What a prescription says. Daybook has no list of drugs: the code is checked by its shape, and whether the medication is
/// a controlled substance is what the prescriber says it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prescription {
    /// The medication with its strength and form, in words.
    pub medication: Text<300>,
    /// The same by its RxNorm concept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rxnorm: Option<RxNormCode>,
    /// One dose: `1 tablet`, `5 mL`.
    pub dose: Text<100>,
    /// How it is to be taken.
    pub directions: Text<1000>,
    /// How much is dispensed.
    pub quantity: Quantity,
    /// Of what: tablets, mL.
    pub quantity_unit: Text<50>,
    /// How many times it may be refilled, 0 to 99.
    pub refills: u8,
    /// For how many days it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_supply: Option<u16>,
    /// Whether the pharmacist may dispense an equivalent.
    pub substitution_allowed: bool,
    /// To which pharmacy the patient wants it sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pharmacy: Option<Text<200>>,
    /// The pharmacy's NCPDP id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pharmacy_ncpdp: Option<Code>,
    /// The schedule, of a controlled substance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Whether it is buprenorphine.
    #[serde(default)]
    pub buprenorphine: bool,
    /// Whether it is to treat opioid use disorder.
    #[serde(default)]
    pub opioid_use_disorder: bool,
}

/// What a lab order says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabOrder {
    /// What is to be measured, 1 to 20 tests.
    pub tests: Vec<LabTest>,
    /// What it is measured in: blood, urine, a swab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<Text<200>>,
    /// How soon.
    pub priority: LabPriority,
    /// By which laboratory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Text<200>>,
    /// What the patient and the laboratory have to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Text<1000>>,
}

/// One test.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabTest {
    /// In words.
    pub name: Text<200>,
    /// The same by its LOINC code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loinc: Option<LoincCode>,
}

/// What an order says, of either kind.
#[derive(Clone, PartialEq, Eq)]
pub enum OrderContent {
    /// A medication.
    Prescription(Box<Prescription>),
    /// Tests.
    LabOrder(LabOrder),
}

/// None of these shows itself in a log line.
macro_rules! hidden {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("(hidden)")
            }
        }
    )*};
}

hidden! { Prescription LabOrder LabTest OrderContent }

impl OrderContent {
    /// What kind of order says this.
    pub fn kind(&self) -> OrderKind {
        match self {
            OrderContent::Prescription(_) => OrderKind::Prescription,
            OrderContent::LabOrder(_) => OrderKind::LabOrder,
        }
    }

    /// What a draft says and the salt of its hash; `None` for any other event, and where either is sealed.
    pub fn of(draft: &Event) -> Option<(OrderId, Self, [u8; 32])> {
        let (order_id, content, salt) = match draft {
            Event::PrescriptionDrafted(drafted) => {
                let content = Self::Prescription(Box::new(drafted.prescription.clear()?.clone()));
                (drafted.order_id, content, &drafted.salt)
            }
            Event::LabOrderDrafted(drafted) => {
                (drafted.order_id, Self::LabOrder(drafted.lab_order.clear()?.clone()), &drafted.salt)
            }
            _ => return None,
        };
        Some((order_id, content, bytes(salt)?))
    }

    fn json(&self) -> Value {
        // Strings, numbers and lists of them always serialize; null would only make hashes differ.
        match self {
            OrderContent::Prescription(prescription) => serde_json::to_value(prescription),
            OrderContent::LabOrder(lab_order) => serde_json::to_value(lab_order),
        }
        .unwrap_or_default()
    }
}

/// 32 bytes from their hexadecimal form.
fn bytes(salt: &Phi<String>) -> Option<[u8; 32]> {
    let text = salt.clear().filter(|text| text.len() == 64 && text.is_ascii())?;
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

/// What a signature commits to: SHA-256 over `daybook/order/v1\n\0`, the 32 bytes of salt and, as canonical JSON, what the
/// order says, what kind it is and which diagnoses it is for. With the salt erased along with the content, nobody can try
/// contents against the hash.
pub fn order_sha256(salt: &[u8; 32], content: &OrderContent, diagnosis_pointers: &[u8]) -> Sha256Hex {
    let whole = serde_json::json!({
        "content": content.json(), "diagnosis_pointers": diagnosis_pointers, "kind": content.kind(),
    });
    Sha256Hex::of(&[b"daybook/order/v1\n\0", salt, canonical(&whole).as_bytes()])
}

/// Canonical JSON (RFC 8785) of what has no fractions: sorted names, no white space.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<&String, &Value> = object.iter().collect();
            let members =
                sorted.into_iter().map(|(name, value)| format!("{}:{}", Value::from(&**name), canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::text;
    use crate::visit::example::events::{lab_order_drafted, prescription_drafted};

    #[test]
    fn the_hash_is_over_label_salt_and_the_whole_order() {
        let test = LabTest { name: text("Strep"), loinc: None };
        let priority = LabPriority::Routine;
        let order = LabOrder { tests: vec![test], specimen: None, priority, laboratory: None, instructions: None };
        let content = OrderContent::LabOrder(order);
        let canonical = br#"{"content":{"priority":"routine","tests":[{"name":"Strep"}]},"diagnosis_pointers":[2,1],"kind":"lab-order"}"#;
        let salt = [7; 32];
        let hash = order_sha256(&salt, &content, &[2, 1]);
        assert_eq!(hash, Sha256Hex::of(&[b"daybook/order/v1\n\0", &salt, canonical]));
        assert_ne!(hash, order_sha256(&[8; 32], &content, &[2, 1]));
        assert_ne!(hash, order_sha256(&salt, &content, &[1, 2]));
    }

    #[test]
    fn an_opened_draft_gives_back_what_its_hash_was_made_from() {
        for draft in [prescription_drafted(), lab_order_drafted()] {
            let (_, content, salt) = OrderContent::of(&draft).unwrap();
            let (pointers, hash) = match &draft {
                Event::PrescriptionDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                Event::LabOrderDrafted(drafted) => (&drafted.diagnosis_pointers, &drafted.content_sha256),
                _ => unreachable!(),
            };
            assert_eq!(order_sha256(&salt, &content, pointers), *hash);
            assert_eq!(format!("{content:?}"), "(hidden)");
        }
        assert!(OrderContent::of(&crate::visit::example::events::order_signed()).is_none());
    }
}
