//! Why a resource cannot be imported. A reason never quotes the resource: reports go where PHI may not.

/// Why a line of an export is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Unusable {
    #[error("the line has more than 262144 bytes")]
    TooLarge,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("the line is not one JSON object")]
    NotJson,
    #[error("the JSON is nested deeper than 32 levels")]
    TooDeep,
    #[error("the resource is of another type than the file's name says")]
    AnotherType,
    #[error("the resource has no id")]
    NoId,
    #[error("the id is not 1 to 64 letters, digits, dots and hyphens")]
    BadId,
    #[error("the resource does not say which patient it is about")]
    NoSubject,
    #[error("the subject is not a literal reference to a patient, such as Patient/1 or urn:uuid:...")]
    UnresolvableSubject,
    #[error("a date is not a date, or of a day that does not exist")]
    BadDate,
    #[error("there is no family name, or no name at all")]
    NoName,
    #[error("a name is too long or has characters that no name has")]
    BadName,
    #[error("there is no full date of birth, by which the patient could be told apart from others")]
    NoBirthDate,
    #[error("the note has no text in it: nothing of type text/plain with data")]
    NoText,
    #[error("the note's text is not base64, or not UTF-8 when decoded")]
    BadText,
    #[error("a field is not of the type that FHIR R4 gives it")]
    NotFhir,
    /// The domain's own refusal, by its code.
    #[error("Daybook's rules refuse it: {0}")]
    Refused(&'static str),
}

impl Unusable {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Unusable::TooLarge => "too-large",
            Unusable::NotUtf8 => "not-utf-8",
            Unusable::NotJson => "not-json",
            Unusable::TooDeep => "too-deep",
            Unusable::AnotherType => "another-type",
            Unusable::NoId => "no-id",
            Unusable::BadId => "bad-id",
            Unusable::NoSubject => "no-subject",
            Unusable::UnresolvableSubject => "unresolvable-subject",
            Unusable::BadDate => "bad-date",
            Unusable::NoName => "no-name",
            Unusable::BadName => "bad-name",
            Unusable::NoBirthDate => "no-birth-date",
            Unusable::NoText => "no-text",
            Unusable::BadText => "bad-text",
            Unusable::NotFhir => "not-fhir",
            Unusable::Refused(code) => code,
        }
    }
}
