//! What is another between two states, field by field.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// A field that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Which, from the outermost name to the innermost, with dots between.
    pub field: String,
    /// Null where it was not there.
    pub before: Value,
    /// Null where it is not there any more.
    pub after: Value,
}

/// Every field of the second that is not as in the first, in order of its name. Items of lists are told by their number.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    walk(String::new(), before, after, &mut found);
    found
}

fn walk(field: String, before: &Value, after: &Value, found: &mut Vec<Change>) {
    let inner = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                walk(inner(name), &before[name.as_str()], &after[name.as_str()], found);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for number in 0..old.len().max(new.len()) {
                walk(inner(&number.to_string()), &before[number], &after[number], found);
            }
        }
        _ => found.push(Change { field, before: before.clone(), after: after.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_came_went_or_changed_are_told_and_no_others() {
        let before = json!({ "state": "arrived", "notes": [{ "id": 1 }], "place": { "of": "WI" }, "gone": true });
        let after = json!({ "state": "ended", "notes": [{ "id": 1 }, { "id": 2 }], "place": { "of": "WI" } });
        let told: Vec<_> = changes(&before, &after).into_iter().map(|c| (c.field, c.before, c.after)).collect();
        let expected = [
            ("gone", json!(true), Value::Null),
            ("notes.1", Value::Null, json!({ "id": 2 })),
            ("state", json!("arrived"), json!("ended")),
        ];
        assert_eq!(told, expected.map(|(field, before, after)| (field.to_owned(), before, after)));
        assert_eq!(changes(&after, &after), []);
    }
}
