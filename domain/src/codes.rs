//! Short strings with a shape: identifiers of our own, languages, time zones, procedure and diagnosis codes.
//! A shape leaves no room for free text, which is why some of them may stand unsealed in an event.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A string that has not the shape its field asks for. Never quotes the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct ShapeError {
    /// What would be right.
    pub expected: &'static str,
}

macro_rules! shaped {
    ($($(#[$doc:meta])* $name:ident($expected:literal, $pattern:literal, $debug:ident) = $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The string.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = ShapeError;
            fn try_from(text: &str) -> Result<Self, ShapeError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(ShapeError { expected: $expected }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = ShapeError;
            fn try_from(text: String) -> Result<Self, ShapeError> {
                Self::try_from(text.as_str())
            }
        }

        impl From<$name> for String {
            fn from(shaped: $name) -> String {
                shaped.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                shaped!(@debug $debug, self, f)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
    (@debug shown, $self:ident, $f:ident) => { std::fmt::Debug::fmt(&$self.0, $f) };
    (@debug hidden, $self:ident, $f:ident) => { $f.write_str("(hidden)") };
}

shaped! {
    /// A name given by a program: a version, a template, a connection, a policy.
    Code("a code of 1 to 64 letters, digits and . _ : / -, beginning with a letter or digit",
        "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$", shown) = |text| {
        text.len() <= 64 && starts_alphanumeric(text) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
    };
    /// A language tag such as `en`, `es-MX` or `zh-Hans` (BCP 47).
    Language("a language tag such as en or es-MX", "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", shown) = |text| {
        let mut parts = text.split('-');
        let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()));
        language && parts.clone().count() <= 3
            && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    /// A time zone's name in the IANA database, checked by shape: `America/Chicago`, `UTC`.
    TimeZone("a time zone such as America/Chicago", "^(UTC|[A-Z][A-Za-z_]{1,31}(/[A-Z][A-Za-z_-]{1,31}){1,2})$", shown) = |text| {
        let parts: Vec<&str> = text.split('/').collect();
        text == "UTC" || (2..=3).contains(&parts.len()) && parts.iter().enumerate().all(|(index, part)| {
            (2..=32).contains(&part.len())
                && part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_' || (index > 0 && b == b'-'))
        })
    };
    /// A procedure code, CPT or HCPCS Level II: `99213`, `G2012`, `0591T`. It tells what was done, so events seal it.
    ProcedureCode("a CPT or HCPCS code of five characters", "^[0-9A-Z][0-9]{3}[0-9A-Z]$", hidden) = |text| {
        let bytes = text.as_bytes();
        bytes.len() == 5 && upper_or_digit(bytes[0]) && bytes[1..4].iter().all(u8::is_ascii_digit) && upper_or_digit(bytes[4])
    };
    /// A diagnosis code, ICD-10-CM: `J06.9`, `E11`, `S52.521A`. It tells what the patient has, so events seal it.
    DiagnosisCode("an ICD-10-CM code such as J06.9", "^[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?$", hidden) = |text| {
        let (category, detail) = text.split_once('.').map_or((text, None), |(category, detail)| (category, Some(detail)));
        let category = category.as_bytes();
        category.len() == 3 && category[0].is_ascii_uppercase() && category[1].is_ascii_digit() && upper_or_digit(category[2])
            && detail.is_none_or(|detail| (1..=4).contains(&detail.len()) && detail.bytes().all(upper_or_digit))
    };
    /// A medication's concept in RxNorm: `308182`. It tells what the patient takes, so events seal it.
    RxNormCode("an RxNorm concept of 1 to 8 digits", "^[1-9][0-9]{0,7}$", hidden) = |text| {
        (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
    };
    /// A LOINC code with its check digit: `2345-7`. It tells what is looked for, so events seal it.
    LoincCode("a LOINC code such as 2345-7, its last digit the check digit", "^[1-9][0-9]{0,6}-[0-9]$", hidden) = |text| {
        text.split_once('-').is_some_and(|(number, check)| {
            let digits = |text: &str, most: usize| {
                (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
            };
            digits(number, 7) && !number.starts_with('0') && digits(check, 1) && check.as_bytes()[0] == b'0' + mod_10(number)
        })
    };
    /// How much is dispensed: `30`, `0.5`. It tells what the patient takes, so events seal it.
    Quantity("a quantity such as 30 or 0.5, more than nothing", "^[0-9]{1,6}(\\.[0-9]{1,3})?$", hidden) = |text| {
        let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
        let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits(whole, 6) && part.is_none_or(|part| digits(part, 3)) && text.bytes().any(|b| (b'1'..=b'9').contains(&b))
    };
    /// A telephone number of 7 to 15 digits, with the signs people write between them: `+1 608 555 0142`. It leads to a
    /// person, so events seal it.
    PhoneNumber("a telephone number of 7 to 15 digits, such as +1 608 555 0142", "^\\+?[0-9(][0-9 ().-]{5,30}$", hidden) = |text| {
        let rest = text.strip_prefix('+').unwrap_or(text);
        rest.len() <= 31 && rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            && rest.bytes().all(|b| b.is_ascii_digit() || b" ().-".contains(&b))
            && (7..=15).contains(&rest.bytes().filter(u8::is_ascii_digit).count())
    };
    /// A SHA-256 in lower-case hexadecimal.
    Sha256Hex("64 hexadecimal digits in lower case", "^[0-9a-f]{64}$", shown) = |text| {
        text.len() == 64 && is_lower_hex(text)
    };
    /// An Ed25519 signature in lower-case hexadecimal.
    SignatureHex("128 hexadecimal digits in lower case", "^[0-9a-f]{128}$", shown) = |text| {
        text.len() == 128 && is_lower_hex(text)
    };
    /// A key secret, which data keys are wrapped under: by the first bytes of its hash, or `root`, the installation's root secret.
    KeySecretId("root, or 16 hexadecimal digits in lower case", "^(root|[0-9a-f]{16})$", shown) = |text| {
        text == "root" || text.len() == 16 && is_lower_hex(text)
    };
    /// Who can decrypt a file of age: a public key of type X25519.
    AgeRecipient("what age-keygen calls a public key: age1 and 58 letters and digits", "^age1[02-9ac-hj-np-z]{58}$", shown) = |text| {
        text.strip_prefix("age1").is_some_and(|key| {
            key.len() == 58 && key.bytes().all(|b| matches!(b, b'0' | b'2'..=b'9' | b'a' | b'c'..=b'h' | b'j'..=b'n' | b'p'..=b'z'))
        })
    };
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn starts_alphanumeric(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

fn upper_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// The check digit of a number by Luhn's formula, which LOINC uses.
fn mod_10(number: &str) -> u8 {
    let doubled = |(place, digit): (usize, u8)| match (place % 2, digit - b'0') {
        (0, digit @ 5..) => digit * 2 - 9,
        (0, digit) => digit * 2,
        (_, digit) => digit,
    };
    let sum: u8 = number.bytes().rev().enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

impl TimeZone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }
}

impl Sha256Hex {
    /// The hash of `parts`, one after the other.
    pub fn of(parts: &[&[u8]]) -> Self {
        use sha2::{Digest, Sha256};
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hex(&hasher.finalize()))
    }
}

impl KeySecretId {
    /// The installation's root secret, which everything else is derived from too: it is never destroyed alone.
    pub fn root() -> Self {
        Self("root".to_owned())
    }

    /// Whether it is the root secret.
    pub fn is_root(&self) -> bool {
        self.0 == "root"
    }
}

impl SignatureHex {
    /// Signs nothing: stands where a signature is still to come.
    pub fn missing() -> Self {
        Self("0".repeat(128))
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_leave_no_room_for_sentences() {
        assert!(Code::try_from("soap/2.1").is_ok());
        assert!(Code::try_from("PA_x7:1").is_ok());
        for wrong in ["", "two words", "-x", "ä", &"x".repeat(65)] {
            assert!(Code::try_from(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn languages_and_time_zones_are_checked_by_shape() {
        for right in ["en", "es-MX", "zh-Hans-CN"] {
            assert!(Language::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "EN", "english", "en-", "en_US"] {
            assert!(Language::try_from(wrong).is_err(), "{wrong}");
        }
        for right in ["UTC", "America/Chicago", "America/Argentina/Buenos_Aires", "America/Port-au-Prince"] {
            assert!(TimeZone::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "CST", "America/", "america/chicago", "+05:00"] {
            assert!(TimeZone::try_from(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn telephone_numbers_are_checked_and_hidden() {
        for right in ["+1 608 555 0142", "(608) 555-0142", "6085550142"] {
            assert!(PhoneNumber::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "911", "+1 608 CALL ME", "1234567890123456", "+", "0142;ext=5555"] {
            assert!(PhoneNumber::try_from(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", PhoneNumber::try_from("6085550142").unwrap()), "(hidden)");
    }

    #[test]
    fn codes_of_orders_are_checked_and_hidden() {
        for right in ["2345-7", "718-7", "2160-0", "4548-4", "626-2"] {
            assert!(LoincCode::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "2345", "2345-8", "02345-7", "-7", "2345-77", "x-1", "12345678-1"] {
            assert!(LoincCode::try_from(wrong).is_err(), "{wrong}");
        }
        assert!(RxNormCode::try_from("308182").is_ok());
        for wrong in ["", "0308182", "123456789", "30818x"] {
            assert!(RxNormCode::try_from(wrong).is_err(), "{wrong}");
        }
        for right in ["30", "0.5", "999999.999"] {
            assert!(Quantity::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "0", "0.000", ".5", "1.", "-1", "1,5", "1e3", "1000000"] {
            assert!(Quantity::try_from(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", Quantity::try_from("30").unwrap()), "(hidden)");
    }

    #[test]
    fn procedure_and_diagnosis_codes_are_checked_and_hidden() {
        for right in ["99213", "G2012", "0591T"] {
            assert!(ProcedureCode::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["9921", "992133", "99 13", "g2012"] {
            assert!(ProcedureCode::try_from(wrong).is_err(), "{wrong}");
        }
        for right in ["J06.9", "E11", "S52.521A", "C7A.0"] {
            assert!(DiagnosisCode::try_from(right).is_ok(), "{right}");
        }
        for wrong in ["", "J6", "J06.", "J06.12345", "j06.9", "406.9"] {
            assert!(DiagnosisCode::try_from(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", DiagnosisCode::try_from("F32.1").unwrap()), "(hidden)");
    }
}
