//! What is recorded of backups. A fact is taken as it is, a drill that failed among them; what is recorded already is not
//! recorded twice, so that whoever was cut off just says it again.

use chrono::{DateTime, TimeDelta, Utc};

use super::{BackupMade, Command, Event, RestoreDrilled, Safekeeping};
use crate::{Refusal, Request, Rules};

/// How far two clocks may be apart.
const CLOCKS: TimeDelta = TimeDelta::minutes(5);

/// Why something is not recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It has not happened.
    #[error("this is dated in the future; only what has happened is recorded: look at the clocks")]
    InFuture,
    /// There is nothing of this clinic in it.
    #[error("a backup without an event of the clinic's log is no backup of it")]
    Empty,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::InFuture => "in-future",
            Error::Empty => "backup-empty",
        }
    }
}

impl Rules for Safekeeping {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::RecordBackup(made) => self.record_backup(*made, request.at),
            Command::RecordDrill(drilled) => self.record_drill(*drilled, request.at),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Safekeeping {
    fn record_backup(&self, made: BackupMade, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        happened(made.begun_at, at)?;
        if made.size == 0 {
            return Err(Error::Empty);
        }
        if self.knows(&made.log_sha256) {
            return Ok(Vec::new());
        }
        Ok(vec![made.into()])
    }

    fn record_drill(&self, drilled: RestoreDrilled, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        happened(drilled.drilled_at, at)?;
        if self.last_drill() == Some(&drilled) {
            return Ok(Vec::new());
        }
        Ok(vec![drilled.into()])
    }
}

fn happened(then: DateTime<Utc>, at: DateTime<Utc>) -> Result<(), Error> {
    if then > at + CLOCKS { Err(Error::InFuture) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{given, now};
    use crate::safekeeping::Restored;
    use crate::safekeeping::example::{backup, drill};

    fn made(made: BackupMade) -> Command {
        Command::RecordBackup(Box::new(made))
    }

    fn drilled(drilled: RestoreDrilled) -> Command {
        Command::RecordDrill(Box::new(drilled))
    }

    #[test]
    fn a_backup_is_recorded_once_however_often_it_is_said() {
        let system = Role::System;
        given::<Safekeeping>([]).when(system, made(backup())).then([backup().into()]);
        given::<Safekeeping>([backup().into()]).when(system, made(backup())).then([]);
        let other = BackupMade { log_sha256: backup().keys_sha256, ..backup() };
        given::<Safekeeping>([backup().into()]).when(system, made(other.clone())).then([other.into()]);
        given::<Safekeeping>([]).when(system, made(BackupMade { size: 0, ..backup() })).refused("backup-empty");
        let ahead = BackupMade { begun_at: now() + TimeDelta::minutes(6), ..backup() };
        given::<Safekeeping>([]).when(system, made(ahead)).refused("in-future");
    }

    #[test]
    fn a_drill_is_recorded_whatever_came_of_it_and_of_whichever_backup() {
        let failed = RestoreDrilled { restored: Restored::NotAsWritten, wrong: 3, ..drill() };
        given::<Safekeeping>([]).when(Role::System, drilled(failed.clone())).then([failed.clone().into()]);
        let before: [Event; 2] = [backup().into(), failed.clone().into()];
        given::<Safekeeping>(before.clone()).when(Role::System, drilled(drill())).then([drill().into()]);
        given::<Safekeeping>(before).when(Role::System, drilled(failed)).then([]);
        let ahead = RestoreDrilled { drilled_at: now() + TimeDelta::minutes(6), ..drill() };
        given::<Safekeeping>([]).when(Role::System, drilled(ahead)).refused("in-future");
    }

    #[test]
    fn the_newest_backup_and_the_last_drill_that_passed_are_known() {
        let older = BackupMade {
            begun_at: backup().begun_at - TimeDelta::hours(1),
            log_sha256: backup().keys_sha256,
            ..backup()
        };
        let failed = RestoreDrilled { restored: Restored::NotAsWritten, ..drill() };
        let passed = RestoreDrilled { time_objective_seconds: None, ..drill() };
        let all: [Event; 4] = [backup().into(), older.into(), passed.clone().into(), failed.clone().into()];
        let kept = Safekeeping::replay(&all);
        assert_eq!(kept.newest_backup(), Some(&backup()));
        assert_eq!((kept.last_drill(), kept.last_passed_drill()), (Some(&failed), Some(&passed)));
    }
}
