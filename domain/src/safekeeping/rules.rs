//! What is recorded of backups. A fact is taken as it is, a drill that failed among them; what is recorded already is not
//! recorded twice, so that whoever was cut off just says it again.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    BackupDestroyed, BackupMade, Command, DrillFailed, Event, KeySecretDestroyed, KeysRewrapped, LedgerRecovered,
    RestoreDrilled, Safekeeping,
};
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
    /// Nobody told the log of such a backup.
    #[error("no backup on record has a keys file of this hash")]
    UnknownBackup,
    /// It was destroyed before it was made.
    #[error("a backup cannot be destroyed before it was begun")]
    DestroyedBeforeMade,
    /// It opens every key there is.
    #[error("the keys are wrapped under this secret; wrap them under another one first")]
    SecretInUse,
    /// It is not destroyed by itself.
    #[error("the root secret signs the log and finds patients too: it is not destroyed alone")]
    RootSecret,
    /// The log is in another epoch.
    #[error("a log's epoch is later than those before")]
    NotLater,
    /// It is said to have lost less than nothing.
    #[error("the last checkpoint known of an epoch covers what was restored of it")]
    KnownBelowRestored,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::InFuture => "in-future",
            Error::Empty => "backup-empty",
            Error::UnknownBackup => "unknown-backup",
            Error::DestroyedBeforeMade => "destroyed-before-made",
            Error::SecretInUse => "key-secret-in-use",
            Error::RootSecret => "root-secret",
            Error::NotLater => "epoch-not-later",
            Error::KnownBelowRestored => "known-below-restored",
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
            Command::RecordDrillFailed(failed) => self.record_drill_failed(failed, request.at),
            Command::RecordBackupDestroyed(destroyed) => self.record_backup_destroyed(destroyed, request.at),
            Command::RecordRewrapping(rewrapped) => Ok(self.record_rewrapping(rewrapped)),
            Command::RecordSecretDestroyed(destroyed) => self.record_secret_destroyed(destroyed, request.at),
            Command::Recover(recovered) => self.recover(*recovered),
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

    fn record_drill_failed(&self, failed: DrillFailed, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        happened(failed.drilled_at, at)?;
        if self.failed_drill() == Some(&failed) {
            return Ok(Vec::new());
        }
        Ok(vec![failed.into()])
    }

    /// What was said once stands: of a file that turns up again a person has to be told, not the log.
    fn record_backup_destroyed(&self, destroyed: BackupDestroyed, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        happened(destroyed.destroyed_at, at)?;
        let file = self.keys_file(&destroyed.keys_sha256).ok_or(Error::UnknownBackup)?;
        if destroyed.destroyed_at < file.begun_at {
            return Err(Error::DestroyedBeforeMade);
        }
        if file.destroyed_at.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![destroyed.into()])
    }

    fn record_rewrapping(&self, rewrapped: KeysRewrapped) -> Vec<Event> {
        // Done again with nothing left to do, it says nothing new.
        if rewrapped.from.is_empty() && self.key_secret() == Some(&rewrapped.key_secret) {
            return Vec::new();
        }
        vec![rewrapped.into()]
    }

    fn record_secret_destroyed(&self, destroyed: KeySecretDestroyed, at: DateTime<Utc>) -> Result<Vec<Event>, Error> {
        happened(destroyed.destroyed_at, at)?;
        if destroyed.key_secret.is_root() {
            return Err(Error::RootSecret);
        }
        // Until the keys were wrapped under another, which one they are under the log does not know.
        if self.key_secret().is_none_or(|current| *current == destroyed.key_secret) {
            return Err(Error::SecretInUse);
        }
        if self.secret_destroyed_at(&destroyed.key_secret).is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![destroyed.into()])
    }

    fn recover(&self, recovered: LedgerRecovered) -> Result<Vec<Event>, Error> {
        if recovered.epoch <= self.epoch() {
            return Err(Error::NotLater);
        }
        if recovered.last_known_size.checked_sub(recovered.restored_size) != Some(recovered.lost_events) {
            return Err(Error::KnownBelowRestored);
        }
        Ok(vec![recovered.into()])
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
    use crate::safekeeping::example::{
        backup, backup_destroyed, drill, drill_failed, recovery, rewrapped, secret, secret_destroyed,
    };

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
    fn a_drill_that_failed_is_recorded_once_and_is_the_last_one_until_another_comes_to_something() {
        let failed = Command::RecordDrillFailed;
        given::<Safekeeping>([]).when(Role::System, failed(drill_failed())).then([drill_failed().into()]);
        let before: [Event; 2] = [drill().into(), drill_failed().into()];
        given::<Safekeeping>(before.clone()).when(Role::System, failed(drill_failed())).then([]);
        let again = DrillFailed { drilled_at: now() + TimeDelta::minutes(1), ..drill_failed() };
        given::<Safekeeping>(before.clone()).when(Role::System, failed(again.clone())).then([again.into()]);
        let ahead = DrillFailed { drilled_at: now() + TimeDelta::minutes(6), ..drill_failed() };
        given::<Safekeeping>([]).when(Role::System, failed(ahead)).refused("in-future");

        assert_eq!(Safekeeping::replay(&before).failed_drill(), Some(&drill_failed()));
        assert_eq!(Safekeeping::replay(&before).last_drill(), Some(&drill()));
        let later = RestoreDrilled { drilled_at: now() + TimeDelta::minutes(1), ..drill() };
        let [first, second] = before;
        assert_eq!(Safekeeping::replay(&[first, second, later.into()]).failed_drill(), None);
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

    #[test]
    fn what_is_destroyed_is_said_once_and_never_of_what_is_in_use() {
        let destroyed = |destroyed| Command::RecordBackupDestroyed(destroyed);
        let made = given::<Safekeeping>([backup().into()]);
        made.when(Role::System, destroyed(backup_destroyed())).then([backup_destroyed().into()]);
        given::<Safekeeping>([]).when(Role::System, destroyed(backup_destroyed())).refused("unknown-backup");
        let early = BackupDestroyed { destroyed_at: backup().begun_at - TimeDelta::seconds(1), ..backup_destroyed() };
        made.when(Role::System, destroyed(early)).refused("destroyed-before-made");
        let twice: [Event; 2] = [backup().into(), backup_destroyed().into()];
        given::<Safekeeping>(twice).when(Role::System, destroyed(backup_destroyed())).then([]);

        let rewrap = |rewrapped| Command::RecordRewrapping(rewrapped);
        let gone = |key_secret: crate::KeySecretId| {
            Command::RecordSecretDestroyed(KeySecretDestroyed { key_secret, destroyed_at: now() })
        };
        let nothing = KeysRewrapped { from: vec![], ..rewrapped() };
        given::<Safekeeping>([]).when(Role::System, rewrap(nothing.clone())).then([nothing.clone().into()]);
        given::<Safekeeping>([rewrapped().into()]).when(Role::System, rewrap(nothing)).then([]);
        given::<Safekeeping>([rewrapped().into()]).when(Role::System, rewrap(rewrapped())).then([rewrapped().into()]);
        given::<Safekeeping>([]).when(Role::System, gone(secret())).refused("key-secret-in-use");
        given::<Safekeeping>([rewrapped().into()]).when(Role::System, gone(secret())).refused("key-secret-in-use");
        let root = crate::KeySecretId::root();
        given::<Safekeeping>([rewrapped().into()]).when(Role::System, gone(root)).refused("root-secret");
        let next = KeysRewrapped { key_secret: "fedcba9876543210".try_into().unwrap(), from: vec![secret()], keys: 12 };
        let since: [Event; 2] = [rewrapped().into(), next.into()];
        given::<Safekeeping>(since.clone()).when(Role::System, gone(secret())).then([secret_destroyed().into()]);
        let [first, second] = since;
        let all = [first, second, secret_destroyed().into()];
        given::<Safekeeping>(all).when(Role::System, gone(secret())).then([]);
    }

    #[test]
    fn an_epoch_follows_on_the_one_before_and_says_what_is_lost_of_it() {
        let recover = |recovered| Command::Recover(Box::new(recovered));
        let third = || LedgerRecovered { epoch: recovery().epoch + 1, ..recovery() };
        given::<Safekeeping>([]).when(Role::System, recover(recovery())).then([recovery().into()]);
        let first = LedgerRecovered { epoch: 1, ..recovery() };
        given::<Safekeeping>([]).when(Role::System, recover(first)).refused("epoch-not-later");
        given::<Safekeeping>([recovery().into()]).when(Role::System, recover(third())).then([third().into()]);
        given::<Safekeeping>([recovery().into()]).when(Role::System, recover(recovery())).refused("epoch-not-later");
        for (last_known_size, lost_events) in [(6, 0), (9, 1), (9, 3)] {
            let wrong = LedgerRecovered { last_known_size, lost_events, ..recovery() };
            given::<Safekeeping>([]).when(Role::System, recover(wrong)).refused("known-below-restored");
        }
        assert_eq!(
            (Safekeeping::default().epoch(), Safekeeping::replay(&[recovery().into()]).epoch()),
            (1, recovery().epoch)
        );
    }
}
