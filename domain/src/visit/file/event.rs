//! A file came to a visit, or was taken away from it.

use super::{FileRemovalReason, MediaType};
use crate::visit::declare::payloads;
use crate::{FileId, Phi, Role, Sha256Hex, Text};

payloads! {
    /// A file is kept with the visit, whole.
    FileAttached {
        /// The file. With the clinic's and the visit's id it is the name under which the sealed bytes are stored.
        file_id: FileId,
        /// What whoever sent it calls it.
        name: Phi<Text<255>>,
        /// What its bytes were found to be.
        media_type: MediaType,
        /// How many bytes it has, unsealed.
        bytes: u64,
        /// SHA-256 of these bytes. Sealed, so that it confirms nothing once the patient's key is gone.
        sha256: Phi<Sha256Hex>,
        /// In which role it was sent.
        attached_by: Role,
    }

    /// A file is shown to nobody any more. That it was there remains, and so do its sealed bytes.
    FileRemoved {
        /// Which.
        file_id: FileId,
        /// Why.
        reason: FileRemovalReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// In which role it was removed.
        removed_by: Role,
    }
}
