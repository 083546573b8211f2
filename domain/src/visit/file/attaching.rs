//! Attaching a file: by the patient, the visit's provider or staff, from scheduling until the visit is closed.

use super::{AttachFile, FileAttached, MediaType, StoredFile};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi};

/// Files of one visit, removed ones among them.
const MOST: usize = 50;

/// Bytes of one file, whatever a clinic sets: 100 MiB.
pub const MOST_FILE_BYTES: u64 = 100 * 1024 * 1024;

impl Visit {
    pub(in crate::visit) fn attach_file(
        &self,
        command: AttachFile,
        stored: StoredFile,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const UNTIL_CLOSED: [State; 8] = [
            State::Scheduled,
            State::Arrived,
            State::CheckedIn,
            State::Roomed,
            State::Held,
            State::Left,
            State::Admitted,
            State::Ended,
        ];
        self.require(&UNTIL_CLOSED, "attach-file", "files are attached until the visit is closed or called off")?;
        self.require_party(actor, "attach-file")?;
        let StoredFile { file_id, media_type, bytes, sha256 } = stored;
        if !fits(command.name.as_str(), media_type) {
            return Err(Error::FileNameUnfit { endings: media_type.endings().join(" or .") });
        }
        match bytes {
            0 => return Err(Error::FileEmpty),
            1..=MOST_FILE_BYTES => {}
            _ => return Err(Error::FileTooLarge { limit: MOST_FILE_BYTES }),
        }
        if self.files().get(file_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.files().iter().count() >= MOST {
            return Err(Error::TooManyFiles);
        }
        let (name, sha256) = (Phi::Clear(command.name), Phi::Clear(sha256));
        Ok(FileAttached { file_id, name, media_type, bytes, sha256, attached_by: actor.role }.into())
    }

    /// Passes for the patient of this visit, its provider, clinical staff and the front desk.
    pub(in crate::visit) fn require_party(&self, actor: &Actor, command: &'static str) -> Result<(), Error> {
        self.require_patient_or_staff(actor, command)?;
        if actor.role == crate::Role::Provider {
            self.require_own_provider(actor, command)?;
        }
        Ok(())
    }
}

/// Whether a name is one of a file alone, and ends as such files do: a text called `.bat` would run where it is saved.
fn fits(name: &str, media_type: MediaType) -> bool {
    let one_file = !name.contains(['/', '\\', '\n', '\t', ':']) && !name.starts_with('.');
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    one_file && ending.is_some_and(|ending| media_type.endings().contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{actor, given, text};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, stored_file, story};

    fn named(name: &str, stored: StoredFile) -> Command {
        Command::AttachFile(AttachFile { name: text(name) }, stored)
    }

    #[test]
    fn patient_provider_and_staff_attach_files_until_the_visit_is_closed() {
        for state in State::ALL {
            let visit = given::<Visit>(story(state));
            let open = !state.is_final() && ![State::NotScheduled, State::Requested].contains(&state);
            for role in [Role::Patient, Role::Provider, Role::ClinicalStaff, Role::FrontDesk] {
                let outcome = visit.when(role, attach_file());
                match open {
                    true => assert_eq!(outcome.events().len(), 1, "{state:?}"),
                    false => outcome.refused("wrong-state"),
                }
            }
        }
        given::<Visit>([scheduled()]).when(Role::Patient, attach_file()).then([file_attached()]);
    }

    #[test]
    fn nobody_else_does() {
        let visit = given::<Visit>([scheduled()]);
        let stranger = |role| Actor { person: Some(uuid::Uuid::from_u128(77)), ..actor(role) };
        visit.when_by(stranger(Role::Patient), attach_file()).refused("not-this-visits-patient");
        visit.when_by(stranger(Role::Provider), attach_file()).refused("not-this-visits-provider");
        for role in [Role::Billing, Role::Compliance, Role::System] {
            visit.when(role, attach_file()).refused("role-not-permitted");
        }
    }

    #[test]
    fn a_name_ends_as_its_kind_does_and_leads_nowhere() {
        let visit = given::<Visit>([scheduled()]);
        for right in ["photo.jpg", "Photo of the rash.JPEG", "a.b.jpg"] {
            assert_eq!(visit.when(Role::Patient, named(right, stored_file())).events().len(), 1, "{right}");
        }
        for wrong in ["photo", "photo.exe", "photo.jpg.bat", "../photo.jpg", "c:\\photo.jpg", ".jpg", "a\nb.jpg"] {
            visit.when(Role::Patient, named(wrong, stored_file())).refused("file-name-unfit");
        }
    }

    #[test]
    fn a_file_has_bounds_and_a_visit_too() {
        let visit = given::<Visit>([scheduled()]);
        let sized = |bytes| named("photo.jpg", StoredFile { bytes, ..stored_file() });
        assert_eq!(visit.when(Role::Patient, sized(MOST_FILE_BYTES)).events().len(), 1);
        visit.when(Role::Patient, sized(MOST_FILE_BYTES + 1)).refused("file-too-large");
        visit.when(Role::Patient, sized(0)).refused("file-empty");
        given::<Visit>([scheduled(), file_attached()]).when(Role::Patient, attach_file()).refused("id-already-used");
        let fifty = (0..50).map(|number| file_attached_as(700 + number));
        let full = given::<Visit>([scheduled()].into_iter().chain(fifty));
        full.when(Role::Patient, attach_file()).refused("too-many-files");
    }
}
