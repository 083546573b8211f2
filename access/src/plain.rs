//! An opened payload as a reader sees it.

use daybook_domain::phi::{CLEAR, ERASED, KEY_MISSING, PHI};
use serde_json::{Value, json};

/// The values themselves, and a word where one is gone.
pub fn plain(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.len() == 1 => {
            if let Some(clear) = map.remove(CLEAR) {
                return clear;
            }
            if map.contains_key(ERASED) {
                return json!({ "erased": true });
            }
            if map.contains_key(KEY_MISSING) {
                return json!({ "key_missing": true });
            }
            if map.contains_key(PHI) {
                return json!({ "sealed": true });
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_values_and_says_so_where_one_is_gone() {
        let opened =
            json!({ "a": { "$clear": { "b": 1 } }, "c": [{ "$erased": true }], "d": { "$key-missing": true } });
        let seen = json!({ "a": { "b": 1 }, "c": [{ "erased": true }], "d": { "key_missing": true } });
        assert_eq!(plain(opened), seen);
    }
}
