//! When a resource can be imported: once with the same content, about one patient for ever, from a past that was lived.

use chrono::{DateTime, Datelike, Days, Utc};

use super::{Command, Event, History, HistoryImported, OriginalDate};
use crate::{Class, Concerns, PatientId, Refusal, Request, Rules, Subject};

/// Why a resource is not imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The source gave the same resource to two patients. Which of them is right nobody here can know.
    #[error("this resource was imported before about another patient; a resource stays with its patient")]
    AnotherPatient,
    /// Recorded about something that has not happened.
    #[error("the original date lies in the future; only what happened can be imported")]
    DateInFuture,
    /// Further back than anyone's records.
    #[error("the original date lies before 1890")]
    DateTooEarly,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AnotherPatient => "another-patient",
            Error::DateInFuture => "date-in-future",
            Error::DateTooEarly => "date-too-early",
        }
    }
}

impl Rules for History {
    type Command = Command;
    type Error = Error;

    /// No event where exactly this content was imported before: importing twice adds nothing.
    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::Import(read) => self.import(*read, request.at),
            Command::ImportDirectory(read) if self.has(&read.origin.content_key) => Ok(Vec::new()),
            Command::ImportDirectory(read) => Ok(vec![(*read).into()]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Concerns for History {
    const STREAM_TYPE: &'static str = super::STREAM;
    type Event = Event;

    fn concerns(&self, event: &Event) -> Option<Subject> {
        match event {
            Event::HistoryImported(imported) => Some(subject(imported.patient_id, imported.class.clear())),
            Event::DirectoryImported(_) => None,
        }
    }
}

/// The key an imported record is sealed under. A class that is not open (of an event read back) says nothing; nothing is
/// sealed then either.
fn subject(patient: PatientId, class: Option<&Class>) -> Subject {
    Subject { patient, class: class.copied().unwrap_or_default() }
}

impl History {
    fn import(&self, read: HistoryImported, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        if self.patient().is_some_and(|patient| patient != read.patient_id) {
            return Err(Error::AnotherPatient);
        }
        if self.has(&read.origin.content_key) {
            return Ok(Vec::new());
        }
        read.original_date.as_ref().map_or(Ok(()), |date| happened(date, at))?;
        Ok(vec![read.into()])
    }
}

/// A day's grace, because a date without an offset may be one ahead of UTC.
fn happened(date: &OriginalDate, at: DateTime<Utc>) -> Result<(), Error> {
    let earliest = date.earliest();
    if earliest.year() < 1890 {
        return Err(Error::DateTooEarly);
    }
    if at.checked_add_days(Days::new(1)).is_some_and(|latest| earliest > latest) {
        return Err(Error::DateInFuture);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id};
    use crate::history::example::{directory, imported, origin};
    use crate::{Phi, Role};

    fn import(read: HistoryImported) -> Command {
        Command::Import(Box::new(read))
    }

    #[test]
    fn a_resource_is_imported_once_with_the_same_content_whatever_file_it_is_in() {
        given::<History>([]).when(Role::System, import(imported())).then([imported().into()]);
        let mut elsewhere = imported();
        elsewhere.origin.line = 900;
        elsewhere.origin.file_sha256 = crate::Sha256Hex::of(&[b"another packing"]);
        given::<History>([imported().into()]).when(Role::System, import(elsewhere)).then([]);
    }

    #[test]
    fn new_content_of_a_resource_is_a_further_fact_and_old_content_is_not() {
        let mut newer = imported();
        newer.origin = origin(3, b"newer");
        given::<History>([imported().into()]).when(Role::System, import(newer.clone())).then([newer.clone().into()]);
        given::<History>([imported().into(), newer.into()]).when(Role::System, import(imported())).then([]);
    }

    #[test]
    fn a_resource_stays_with_its_patient() {
        let mut moved = imported();
        moved.patient_id = id(77);
        moved.origin = origin(3, b"moved");
        given::<History>([imported().into()]).when(Role::System, import(moved)).refused("another-patient");
    }

    #[test]
    fn only_what_happened_is_imported() {
        // The test's now is 2026-03-02T10:00Z.
        for (date, refused) in [
            ("1890", None),
            ("1889-12-31", Some("date-too-early")),
            ("0000", Some("date-too-early")),
            ("2026-03-03", None),
            ("2026-03-03T10:00:01Z", Some("date-in-future")),
            ("2027", Some("date-in-future")),
        ] {
            let mut read = imported();
            read.original_date = Some(date.try_into().unwrap());
            let outcome = given::<History>([]).when(Role::System, import(read.clone()));
            match refused {
                None => outcome.then([read.into()]),
                Some(code) => outcome.refused(code),
            }
        }
        let mut undated = imported();
        undated.original_date = None;
        given::<History>([]).when(Role::System, import(undated.clone())).then([undated.into()]);
    }

    #[test]
    fn a_directory_entry_is_imported_once_too() {
        let command = || Command::ImportDirectory(Box::new(directory()));
        given::<History>([]).when(Role::System, command()).then([directory().into()]);
        given::<History>([directory().into()]).when(Role::System, command()).then([]);
    }

    #[test]
    fn a_record_is_sealed_under_the_class_its_labels_say_and_a_directory_entry_under_none() {
        let mut sensitive = imported();
        sensitive.class = Phi::Clear(Class::Psychotherapy);
        let subject = History::default().concerns(&sensitive.clone().into()).unwrap();
        assert_eq!((subject.patient, subject.class), (sensitive.patient_id, Class::Psychotherapy));
        assert_eq!(History::default().concerns(&directory().into()), None);
    }
}
