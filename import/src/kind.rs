//! The kinds of resources there are to import, and their order: whom it is about comes before what is said about them.

/// A FHIR R4 resource type that is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Patient,
    Practitioner,
    Organization,
    Encounter,
    Condition,
    AllergyIntolerance,
    MedicationRequest,
    DocumentReference,
}

impl Kind {
    /// Every kind, in the order of import.
    pub const ALL: [Kind; 8] = [
        Kind::Patient,
        Kind::Practitioner,
        Kind::Organization,
        Kind::Encounter,
        Kind::Condition,
        Kind::AllergyIntolerance,
        Kind::MedicationRequest,
        Kind::DocumentReference,
    ];

    /// `resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Patient => "Patient",
            Kind::Practitioner => "Practitioner",
            Kind::Organization => "Organization",
            Kind::Encounter => "Encounter",
            Kind::Condition => "Condition",
            Kind::AllergyIntolerance => "AllergyIntolerance",
            Kind::MedicationRequest => "MedicationRequest",
            Kind::DocumentReference => "DocumentReference",
        }
    }
}
