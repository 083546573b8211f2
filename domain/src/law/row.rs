//! One row of a rule: what it says, for which days, where that is written, and who has vouched for it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Code, Sha256Hex};

/// A row's name, such as `recording-consent.ca`; unique among all rows.
pub type RuleId = Code;

/// How sure the one who wrote the row was of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Read in the source, or beyond dispute.
    High,
    /// From a secondary source or general knowledge.
    Medium,
    /// Sources disagree, or it is a cautious reading of an unclear one.
    Low,
}

/// A row of any kind, as it is listed and reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// What question it answers.
    pub kind: &'static str,
    /// First day it answers for.
    pub from: NaiveDate,
    /// Last day it answers for; none: until a later row.
    pub to: Option<NaiveDate>,
    /// What it says, in words.
    pub says: String,
    /// What follows from it, as the program reads it.
    pub effect: Value,
    /// Where it is written.
    pub source: String,
    /// The day the source is from, where it has one.
    pub source_date: Option<NaiveDate>,
    /// How sure its writer was.
    pub confidence: Confidence,
    /// Who reviewed it before it was delivered; none: nobody.
    pub reviewed_by: Option<String>,
    /// SHA-256 of all of this but `reviewed_by`: what a review is of.
    pub content_sha256: Sha256Hex,
}

/// A row as it stands in its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: RuleId,
    from: NaiveDate,
    to: Option<NaiveDate>,
    says: String,
    effect: Value,
    source: String,
    source_date: Option<NaiveDate>,
    confidence: Confidence,
    reviewed_by: Option<String>,
}

impl Written {
    /// The row, with the hash of its content.
    pub fn into_rule(self, kind: &'static str) -> Rule {
        let Written { id, from, to, says, effect, source, source_date, confidence, reviewed_by } = self;
        let content = serde_json::json!({
            "id": id, "kind": kind, "from": from, "to": to, "says": says, "effect": effect, "source": source,
            "source_date": source_date, "confidence": confidence,
        });
        let content_sha256 = Sha256Hex::of(&[b"daybook/rule/v1\n\0", canonical(&content).as_bytes()]);
        Rule { id, kind, from, to, says, effect, source, source_date, confidence, reviewed_by, content_sha256 }
    }
}

/// JSON with the names of its objects in order and no white space, however `serde_json` was built.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<_, _> = object.iter().map(|(name, value)| (name, canonical(value))).collect();
            let members: Vec<_> =
                ordered.iter().map(|(name, text)| format!("{}:{text}", Value::from(name.as_str()))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        serde_json::from_str::<Written>(text).unwrap().into_rule("test")
    }

    #[test]
    fn a_review_is_of_the_content_whatever_the_order_it_is_written_in() {
        let one = rule(
            r#"{"id":"a.b","from":"2025-01-01","says":"Yes.","effect":{"x":1,"y":[2]},"source":"S","confidence":"low"}"#,
        );
        let same = rule(
            r#"{"effect":{"y":[2],"x":1},"to":null,"id":"a.b","from":"2025-01-01","says":"Yes.","source":"S",
                "confidence":"low","reviewed_by":"Counsel"}"#,
        );
        let other = rule(
            r#"{"id":"a.b","from":"2025-01-02","says":"Yes.","effect":{"x":1,"y":[2]},"source":"S","confidence":"low"}"#,
        );
        assert_eq!(one.content_sha256, same.content_sha256);
        assert_ne!(one.content_sha256, other.content_sha256);
    }
}
