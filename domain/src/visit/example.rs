//! One visit in examples, for tests and for the published golden examples: every event, every command, and the stories
//! that lead to each state. Each family has its own; here they come together.

pub use super::arrival::example::place;
pub use super::call::example::{licence, licensed};
pub use super::charge::example::CHARGE;
pub use super::file::example::stored_file;
pub use super::lateness::example::lateness_rules;
pub use super::note::example::{
    COSIGNER, NOTE, SALT, consents, corrected_hash, draft_hash, sections, signature_facts, signed_hash,
};
pub use super::order::example::{LAB_ORDER, PRESCRIPTION, RESULT};
pub use super::people::example::{GUEST, INTERPRETER, PROXY, authority, minor, of_age, proxy_facts, supervisor_facts};
pub use super::reminder::example::reminder_policy;
pub use super::safety::example::EMERGENCY;
pub use super::scheduling::example::starts_at;
pub use super::waiting::example::MESSAGE;
use super::{Event, State};

pub mod events {
    use super::super::{
        Event, arrival, call, charge, closing, consent, demand, diagnosis, file, group, intake, lateness, note, order,
        people, reminder, safety, scheduling, trouble, waiting,
    };
    use crate::Catalogue;

    pub use arrival::example::events::*;
    pub use call::example::events::*;
    pub use charge::example::events::*;
    pub use closing::example::events::*;
    pub use consent::example::events::*;
    pub use demand::example::events::*;
    pub use diagnosis::example::events::*;
    pub use file::example::events::*;
    pub use group::example::events::*;
    pub use intake::example::events::*;
    pub use lateness::example::events::*;
    pub use note::example::events::*;
    pub use order::example::events::*;
    pub use people::example::events::*;
    pub use reminder::example::events::*;
    pub use safety::example::events::*;
    pub use scheduling::example::events::*;
    pub use trouble::example::events::*;
    pub use waiting::example::events::*;

    /// One of each, in the order of the catalogue.
    pub fn all() -> Vec<Event> {
        let mut all = [
            scheduling::example::events::all(),
            demand::example::events::all(),
            arrival::example::events::all(),
            waiting::example::events::all(),
            trouble::example::events::all(),
            safety::example::events::all(),
            call::example::events::all(),
            consent::example::events::all(),
            file::example::events::all(),
            group::example::events::all(),
            intake::example::events::all(),
            lateness::example::events::all(),
            note::example::events::all(),
            people::example::events::all(),
            reminder::example::events::all(),
            diagnosis::example::events::all(),
            order::example::events::all(),
            closing::example::events::all(),
            charge::example::events::all(),
        ]
        .concat();
        all.sort_by_key(|event| Event::kinds().iter().position(|kind| kind.event_type == event.event_type()));
        all
    }
}

pub mod commands {
    use super::super::{
        Command, arrival, call, charge, closing, consent, demand, diagnosis, file, group, intake, lateness, note,
        order, people, reminder, safety, scheduling, trouble, waiting,
    };
    use crate::Role;

    pub use arrival::example::commands::*;
    pub use call::example::commands::*;
    pub use charge::example::commands::*;
    pub use closing::example::commands::*;
    pub use consent::example::commands::*;
    pub use demand::example::commands::*;
    pub use diagnosis::example::commands::*;
    pub use file::example::commands::*;
    pub use group::example::commands::*;
    pub use intake::example::commands::*;
    pub use lateness::example::commands::*;
    pub use note::example::commands::*;
    pub use order::example::commands::*;
    pub use people::example::commands::*;
    pub use reminder::example::commands::*;
    pub use safety::example::commands::*;
    pub use scheduling::example::commands::*;
    pub use trouble::example::commands::*;
    pub use waiting::example::commands::*;

    /// One of each with who would ask for it, in the order of the list.
    pub fn all() -> Vec<(Role, Command)> {
        let mut all = [
            scheduling::example::commands::all(),
            demand::example::commands::all(),
            arrival::example::commands::all(),
            waiting::example::commands::all(),
            trouble::example::commands::all(),
            safety::example::commands::all(),
            call::example::commands::all(),
            consent::example::commands::all(),
            file::example::commands::all(),
            group::example::commands::all(),
            intake::example::commands::all(),
            lateness::example::commands::all(),
            note::example::commands::all(),
            people::example::commands::all(),
            reminder::example::commands::all(),
            diagnosis::example::commands::all(),
            order::example::commands::all(),
            closing::example::commands::all(),
            charge::example::commands::all(),
        ]
        .concat();
        all.sort_by_key(|(_, command)| Command::NAMES.iter().position(|name| *name == command.name()));
        all
    }
}

/// The shortest likely story that leads to a state. Once admitted a note is drafted, once ended it is signed and a
/// charge captured, so that the next step on the straight path is possible.
pub fn story(state: State) -> Vec<Event> {
    use events::*;
    let here = vec![
        scheduled(),
        arrived(false),
        identity_verified(),
        location_attested("WI"),
        callback_number_given(),
        emergency_contact_recorded(),
    ];
    let then = |mut story: Vec<Event>, more: Vec<Event>| {
        story.extend(more);
        story
    };
    match state {
        State::NotScheduled => vec![],
        State::Requested => vec![requested()],
        State::Scheduled => vec![scheduled()],
        State::Arrived => here,
        State::CheckedIn => then(here, vec![checked_in()]),
        State::Roomed => then(here, vec![checked_in(), roomed()]),
        State::Held => then(here, vec![checked_in(), held()]),
        State::Left => then(here, vec![checked_in(), left_waiting_room()]),
        State::Admitted => then(story(State::CheckedIn), vec![admitted(), note_drafted()]),
        State::Ended => then(story(State::Admitted), vec![ended(), note_signed(), charge_captured()]),
        State::Closed => then(story(State::Ended), vec![billed()]),
        State::Cancelled => vec![scheduled(), cancelled()],
        State::ProviderNoShow => then(story(State::CheckedIn), vec![provider_no_show_recorded()]),
        State::NoShow => vec![scheduled(), no_show_recorded()],
        State::Expired => vec![requested(), request_expired()],
    }
}
