//! Removing a file: by the side that sent it, and by the visit's provider, whose record it is. The fact that it was there
//! remains, and its sealed bytes with it: what somebody may have acted on is not destroyed by one click.

use super::{FileRemoved, RemoveFile};
use crate::visit::error::already;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi, Role};

impl Visit {
    pub(in crate::visit) fn remove_file(&self, command: RemoveFile, actor: &Actor) -> Result<Event, Error> {
        self.require_party(actor, "remove-file")?;
        let RemoveFile { file_id, reason, details } = command;
        let file = self.files().get(file_id).ok_or(Error::UnknownFile)?;
        if actor.role != Role::Provider && file.attached_by != actor.role {
            return Err(Error::FileOfOthers);
        }
        if file.removed {
            return Err(already("the file was removed", "remove-file"));
        }
        Ok(FileRemoved { file_id, reason, details: details.map(Phi::Clear), removed_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*, story};

    fn with_file() -> Vec<Event> {
        vec![scheduled(), file_attached()]
    }

    #[test]
    fn who_sent_a_file_removes_it_and_so_does_the_provider() {
        given::<Visit>(with_file()).when(Role::Patient, remove_file()).then([file_removed()]);
        assert_eq!(given::<Visit>(with_file()).when(Role::Provider, remove_file()).events().len(), 1);
        given::<Visit>(with_file()).when(Role::FrontDesk, remove_file()).refused("file-of-others");
        given::<Visit>(with_file()).when(Role::Billing, remove_file()).refused("role-not-permitted");
    }

    #[test]
    fn a_file_is_removed_once_at_any_time_and_stays_on_the_list() {
        let removed = given::<Visit>(with_file().into_iter().chain([file_removed()]));
        removed.when(Role::Patient, remove_file()).refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::Patient, remove_file()).refused("unknown-file");
        let late: Vec<_> = with_file().into_iter().chain(story(State::Closed).into_iter().skip(1)).collect();
        assert_eq!(given::<Visit>(late).when(Role::Patient, remove_file()).events().len(), 1);
        let visit = <Visit as crate::Rules>::replay(with_file().iter().chain([&file_removed()]));
        assert!(visit.files().iter().all(|file| file.removed) && visit.files().iter().count() == 1);
    }
}
