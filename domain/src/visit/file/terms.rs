//! Which kinds of files a visit takes, and why one is removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::visit::declare::terms;

/// A kind of file that may be attached. A closed list: what can run, or hides other files in it, is not on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum MediaType {
    /// A PDF document.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// A PNG picture.
    #[serde(rename = "image/png")]
    Png,
    /// A JPEG picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A HEIC picture, as telephones take them.
    #[serde(rename = "image/heic")]
    Heic,
    /// A WebP picture.
    #[serde(rename = "image/webp")]
    Webp,
    /// A DICOM image.
    #[serde(rename = "application/dicom")]
    Dicom,
    /// Plain text in UTF-8.
    #[serde(rename = "text/plain")]
    Text,
}

impl MediaType {
    /// Every kind.
    pub const ALL: [MediaType; 7] = [
        MediaType::Pdf,
        MediaType::Png,
        MediaType::Jpeg,
        MediaType::Heic,
        MediaType::Webp,
        MediaType::Dicom,
        MediaType::Text,
    ];

    /// As a `Content-Type` says it, without parameters.
    pub fn name(self) -> &'static str {
        match self {
            MediaType::Pdf => "application/pdf",
            MediaType::Png => "image/png",
            MediaType::Jpeg => "image/jpeg",
            MediaType::Heic => "image/heic",
            MediaType::Webp => "image/webp",
            MediaType::Dicom => "application/dicom",
            MediaType::Text => "text/plain",
        }
    }

    /// The kind of this name, in whatever case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// How the name of such a file may end.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            MediaType::Pdf => &["pdf"],
            MediaType::Png => &["png"],
            MediaType::Jpeg => &["jpg", "jpeg"],
            MediaType::Heic => &["heic", "heif"],
            MediaType::Webp => &["webp"],
            MediaType::Dicom => &["dcm", "dicom"],
            MediaType::Text => &["txt", "text"],
        }
    }
}

terms! {
    /// Why a file should not be there.
    FileRemovalReason {
        /// It is about somebody else.
        AnotherPatient,
        /// It is not the file that was meant.
        WrongFile,
        /// It is there twice.
        Duplicate,
        /// The patient does not want it to be there.
        PatientRequest,
        /// Something else.
        Other,
    }
}
