//! Lifting protected values out of a payload, and putting them back.

use daybook_domain::phi::{CLEAR, ERASED, KEY_MISSING, PHI};
use serde_json::{Map, Value, json};

/// Nesting beyond which a payload is refused; serde_json's own limit when reading is 128.
const MAX_DEPTH: usize = 64;

/// A payload that cannot be sealed, or whose marks do not fit the sealed values.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum LiftError {
    #[error("an input may not contain the key $phi")]
    ForeignMark,
    #[error("nested deeper than 64 levels")]
    TooDeep,
    #[error("the payload's marks and its sealed values do not fit")]
    Mismatch,
}

/// Replaces every `{"$clear": v}` by `{"$phi": i}` and returns the values in order of their index.
pub fn lift(payload: &mut Value) -> Result<Vec<Value>, LiftError> {
    let mut lifted = Vec::new();
    lift_into(payload, &mut lifted, 0)?;
    Ok(lifted)
}

fn lift_into(value: &mut Value, lifted: &mut Vec<Value>, depth: usize) -> Result<(), LiftError> {
    if depth > MAX_DEPTH {
        return Err(LiftError::TooDeep);
    }
    match value {
        Value::Object(map) if is_mark(map, CLEAR) => {
            let clear = map.remove(CLEAR).unwrap_or_default();
            refuse_marks(&clear, depth)?;
            *value = json!({ PHI: lifted.len() });
            lifted.push(clear);
            Ok(())
        }
        Value::Object(map) if map.contains_key(PHI) => Err(LiftError::ForeignMark),
        Value::Object(map) => map.values_mut().try_for_each(|inner| lift_into(inner, lifted, depth + 1)),
        Value::Array(items) => items.iter_mut().try_for_each(|inner| lift_into(inner, lifted, depth + 1)),
        _ => Ok(()),
    }
}

fn refuse_marks(value: &Value, depth: usize) -> Result<(), LiftError> {
    if depth > MAX_DEPTH {
        return Err(LiftError::TooDeep);
    }
    match value {
        Value::Object(map) if map.contains_key(PHI) => Err(LiftError::ForeignMark),
        Value::Object(map) => map.values().try_for_each(|inner| refuse_marks(inner, depth + 1)),
        Value::Array(items) => items.iter().try_for_each(|inner| refuse_marks(inner, depth + 1)),
        _ => Ok(()),
    }
}

fn is_mark(map: &Map<String, Value>, key: &str) -> bool {
    map.len() == 1 && map.contains_key(key)
}

/// The way back: replaces every `{"$phi": i}` by `{"$clear": values[i]}`. Each value is used exactly once.
pub fn lower(payload: &mut Value, values: Vec<Value>) -> Result<(), LiftError> {
    let mut values: Vec<Option<Value>> = values.into_iter().map(Some).collect();
    replace(payload, &mut |index| {
        let clear = index.and_then(|index| values.get_mut(index)).and_then(Option::take).ok_or(LiftError::Mismatch)?;
        Ok(json!({ CLEAR: clear }))
    })?;
    if values.iter().all(Option::is_none) { Ok(()) } else { Err(LiftError::Mismatch) }
}

/// Marks every protected value as erased (an event says so) or as missing its key (a fault).
pub fn mark(payload: &mut Value, erased: bool) -> Result<(), LiftError> {
    let key = if erased { ERASED } else { KEY_MISSING };
    replace(payload, &mut |_| Ok(json!({ key: true })))
}

fn replace(
    value: &mut Value,
    with: &mut impl FnMut(Option<usize>) -> Result<Value, LiftError>,
) -> Result<(), LiftError> {
    match value {
        Value::Object(map) if is_mark(map, PHI) => {
            let index = map.get(PHI).and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
            *value = with(index)?;
            Ok(())
        }
        Value::Object(map) => map.values_mut().try_for_each(|inner| replace(inner, with)),
        Value::Array(items) => items.iter_mut().try_for_each(|inner| replace(inner, with)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn payloads() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            ".{0,12}".prop_map(|text| json!({ CLEAR: text })),
            any::<u32>().prop_map(|number| json!({ CLEAR: { "nested": [number] } })),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,6}", inner, 0..5).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_was_lifted_goes_back_where_it_was(payload in payloads()) {
            let mut lifted = payload.clone();
            let values = lift(&mut lifted).unwrap();
            prop_assert!(!lifted.to_string().contains(CLEAR));
            lower(&mut lifted, values).unwrap();
            prop_assert_eq!(lifted, payload);
        }
    }

    #[test]
    fn an_input_with_the_key_phi_is_refused_wherever_it_hides() {
        for payload in
            [json!({"$phi": 0}), json!({"a": [{"$phi": 1, "b": 2}]}), json!({"$clear": {"x": {"$phi": "y"}}})]
        {
            assert_eq!(lift(&mut payload.clone()), Err(LiftError::ForeignMark), "{payload}");
        }
    }

    #[test]
    fn a_value_used_twice_or_never_is_a_mismatch() {
        assert_eq!(lower(&mut json!([{"$phi": 0}, {"$phi": 0}]), vec![json!(1)]), Err(LiftError::Mismatch));
        assert_eq!(lower(&mut json!([{"$phi": 0}]), vec![json!(1), json!(2)]), Err(LiftError::Mismatch));
        assert_eq!(lower(&mut json!([{"$phi": "0"}]), vec![json!(1)]), Err(LiftError::Mismatch));
    }
}
