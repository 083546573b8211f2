//! What can be asked of an imported resource: to take in what was read. The importer is the only one who asks, so a
//! command is what it read.

use super::{DirectoryImported, HistoryImported};

/// Take in a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// About a patient.
    Import(Box<HistoryImported>),
    /// About a practitioner or an organization.
    ImportDirectory(Box<DirectoryImported>),
}
