//! Vitals as a patient reports them: what they read off their own devices, never what somebody measured here. Each kind has
//! units, and in each unit a range outside of which nobody lives: a slip of the finger is told from a fever.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::ShapeError;
use crate::visit::Error;
use crate::visit::declare::terms;

terms! {
    /// What was read.
    VitalKind {
        /// Temperature of the body.
        Temperature,
        /// Beats of the heart.
        HeartRate,
        /// Breaths.
        RespiratoryRate,
        /// Oxygen saturation of the blood.
        OxygenSaturation,
        /// Blood pressure, the upper number.
        SystolicPressure,
        /// Blood pressure, the lower number.
        DiastolicPressure,
        /// Weight of the body.
        Weight,
        /// Height of the body.
        Height,
        /// Sugar in the blood.
        BloodGlucose,
        /// Pain, as the patient rates it.
        Pain,
    }

    /// In which unit.
    VitalUnit {
        /// Degrees Celsius.
        Celsius,
        /// Degrees Fahrenheit.
        Fahrenheit,
        /// A minute.
        PerMinute,
        /// Of a hundred.
        Percent,
        /// Millimetres of mercury.
        MmHg,
        /// Kilograms.
        Kilogram,
        /// Pounds.
        Pound,
        /// Centimetres.
        Centimetre,
        /// Inches.
        Inch,
        /// Milligrams in a decilitre.
        MgPerDl,
        /// Millimoles in a litre.
        MmolPerL,
        /// Of ten, ten being the worst.
        OfTen,
    }
}

/// A number with at most one decimal, kept exactly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Reading {
    tenths: i32,
}

impl Reading {
    const fn tenths(tenths: i32) -> Self {
        Self { tenths }
    }
}

impl TryFrom<f64> for Reading {
    type Error = ShapeError;

    fn try_from(number: f64) -> Result<Self, ShapeError> {
        let tenths = (number * 10.0).round();
        // Which number was meant is known where the nearest one with a decimal is the number itself.
        if (0.0..=100_000.0).contains(&tenths) && tenths / 10.0 == number {
            Ok(Self { tenths: tenths as i32 })
        } else {
            Err(ShapeError { expected: "a number from 0 to 10000 with at most one decimal" })
        }
    }
}

impl From<Reading> for f64 {
    fn from(reading: Reading) -> f64 {
        f64::from(reading.tenths) / 10.0
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f64::from(*self).fmt(f)
    }
}

/// It tells about a person.
impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl JsonSchema for Reading {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Reading".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 10_000, "multipleOf": 0.1 })
    }
}

/// What a patient read off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedVital {
    /// What was read.
    pub kind: VitalKind,
    /// The number.
    pub value: Reading,
    /// In which unit.
    pub unit: VitalUnit,
}

/// What a living person can have, in tenths of the unit.
const RANGES: [(VitalKind, VitalUnit, i32, i32); 14] = [
    (VitalKind::Temperature, VitalUnit::Celsius, 250, 450),
    (VitalKind::Temperature, VitalUnit::Fahrenheit, 770, 1_130),
    (VitalKind::HeartRate, VitalUnit::PerMinute, 200, 3_000),
    (VitalKind::RespiratoryRate, VitalUnit::PerMinute, 40, 1_000),
    (VitalKind::OxygenSaturation, VitalUnit::Percent, 400, 1_000),
    (VitalKind::SystolicPressure, VitalUnit::MmHg, 400, 3_200),
    (VitalKind::DiastolicPressure, VitalUnit::MmHg, 200, 2_200),
    (VitalKind::Weight, VitalUnit::Kilogram, 3, 6_500),
    (VitalKind::Weight, VitalUnit::Pound, 6, 14_300),
    (VitalKind::Height, VitalUnit::Centimetre, 200, 2_750),
    (VitalKind::Height, VitalUnit::Inch, 80, 1_080),
    (VitalKind::BloodGlucose, VitalUnit::MgPerDl, 100, 20_000),
    (VitalKind::BloodGlucose, VitalUnit::MmolPerL, 5, 1_110),
    (VitalKind::Pain, VitalUnit::OfTen, 0, 100),
];

/// Passes for readings a person can have, one of each kind.
pub(super) fn check(vitals: &[ReportedVital]) -> Result<(), Error> {
    let mut kinds = BTreeSet::new();
    for vital in vitals {
        if !kinds.insert(vital.kind) {
            return Err(Error::VitalNamedTwice);
        }
        let range = RANGES.iter().find(|(kind, unit, ..)| (*kind, *unit) == (vital.kind, vital.unit));
        let (_, _, from, to) = range.ok_or(Error::VitalUnitMisfit)?;
        let (from, to) = (Reading::tenths(*from), Reading::tenths(*to));
        if !(from..=to).contains(&vital.value) {
            return Err(Error::VitalOutOfRange { from, to });
        }
    }
    let reading = |kind| vitals.iter().find(|vital| vital.kind == kind).map(|vital| vital.value);
    match (reading(VitalKind::SystolicPressure), reading(VitalKind::DiastolicPressure)) {
        (Some(upper), Some(lower)) if upper <= lower => Err(Error::PressureReversed),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Refusal;

    fn vital(kind: VitalKind, tenths: i32, unit: VitalUnit) -> ReportedVital {
        ReportedVital { kind, value: Reading::tenths(tenths), unit }
    }

    fn refused(vitals: &[ReportedVital]) -> &'static str {
        check(vitals).unwrap_err().code()
    }

    #[test]
    fn a_reading_is_within_what_a_person_can_have_in_its_unit() {
        for (kind, unit, from, to) in RANGES {
            assert_eq!(check(&[vital(kind, from, unit)]), Ok(()));
            assert_eq!(check(&[vital(kind, to, unit)]), Ok(()));
            assert_eq!(refused(&[vital(kind, to + 1, unit)]), "vital-out-of-range");
            if from > 0 {
                assert_eq!(refused(&[vital(kind, from - 1, unit)]), "vital-out-of-range");
            }
        }
        // 98.6 is a temperature in one unit and none in the other.
        assert_eq!(check(&[vital(VitalKind::Temperature, 986, VitalUnit::Fahrenheit)]), Ok(()));
        assert_eq!(refused(&[vital(VitalKind::Temperature, 986, VitalUnit::Celsius)]), "vital-out-of-range");
    }

    #[test]
    fn a_unit_belongs_to_its_kind_and_a_kind_is_named_once() {
        let pulse = vital(VitalKind::HeartRate, 720, VitalUnit::PerMinute);
        assert_eq!(refused(&[ReportedVital { unit: VitalUnit::Percent, ..pulse }]), "vital-unit-misfit");
        assert_eq!(refused(&[pulse, pulse]), "vital-named-twice");
    }

    #[test]
    fn the_upper_pressure_is_above_the_lower_one() {
        let pressure = |upper, lower| {
            [
                vital(VitalKind::DiastolicPressure, lower, VitalUnit::MmHg),
                vital(VitalKind::SystolicPressure, upper, VitalUnit::MmHg),
            ]
        };
        assert_eq!(check(&pressure(1_200, 800)), Ok(()));
        assert_eq!(refused(&pressure(800, 800)), "pressure-reversed");
    }

    #[test]
    fn a_number_has_one_decimal_at_most() {
        for right in ["36.8", "120", "0", "10000"] {
            assert!(serde_json::from_str::<Reading>(right).is_ok(), "{right}");
        }
        for wrong in ["36.85", "-1", "1e300", "10000.1", "\"36.8\"", "null"] {
            assert!(serde_json::from_str::<Reading>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_reading_survives_being_stored(tenths in 0..=100_000_i32) {
            let reading = Reading::tenths(tenths);
            let stored = serde_json::to_string(&reading).unwrap();
            prop_assert_eq!(serde_json::from_str::<Reading>(&stored).unwrap(), reading);
        }
    }
}
