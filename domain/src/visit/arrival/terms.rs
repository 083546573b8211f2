//! How a patient's identity is verified, and by what.

use crate::visit::declare::terms;

terms! {
    /// How an identity was verified.
    IdentityMethod {
        /// Identifiers asked and answered by voice or picture.
        Spoken,
        /// A photo identity document held to the camera.
        Document,
        /// The patient's own portal sign-in.
        Portal,
    }

    /// One thing by which a patient is known.
    Identifier {
        /// Full name.
        Name,
        /// Date of birth.
        BirthDate,
        /// Medical record number.
        Mrn,
        /// Telephone number on record.
        Phone,
        /// Address on record.
        Address,
        /// Photograph on an identity document or on record.
        Photo,
    }
}
