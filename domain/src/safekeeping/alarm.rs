//! What is to be told before anybody needs a backup: that there is none, or only an old one, or none with the files of visits, or
//! that nobody knows whether it can be restored.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{BackupMade, Objective, RestoreDrilled, Restored, Safekeeping, Span};

/// What was promised of a clinic's backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// The most that may be lost: no newest backup is older.
    pub point: Span,
    /// The longest a recovery may take, if anybody said.
    pub time: Option<Span>,
    /// The oldest that the last drill that passed may be.
    pub drill_every: Span,
    /// Whether the files of visits are to be in the backups and opened in the drills: not where somebody backs them up by other
    /// means.
    pub files: bool,
}

/// A promise that would not be kept if it came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alarm {
    /// No backup was ever recorded.
    NoBackup,
    /// The newest one is older than what may be lost.
    BackupStale,
    /// The newest one lacks files of visits, and none that has them all is as new as it has to be.
    FilesNotBackedUp,
    /// No drill has ever passed.
    NoDrill,
    /// The last drill that passed is too long ago.
    DrillStale,
    /// In the last drill that passed the files of visits were not looked at, and the last in which they were is too long ago.
    FilesNotDrilled,
    /// The last drill found something else than what was written, or failed before it found anything out.
    DrillFailed,
    /// The last drill took longer than a recovery may.
    RecoveryTooSlow,
}

impl Alarm {
    /// All of them.
    pub const ALL: [Alarm; 8] = [
        Alarm::NoBackup,
        Alarm::BackupStale,
        Alarm::FilesNotBackedUp,
        Alarm::NoDrill,
        Alarm::DrillStale,
        Alarm::FilesNotDrilled,
        Alarm::DrillFailed,
        Alarm::RecoveryTooSlow,
    ];

    /// Its name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Alarm::NoBackup => "no-backup",
            Alarm::BackupStale => "backup-stale",
            Alarm::FilesNotBackedUp => "files-not-backed-up",
            Alarm::NoDrill => "no-drill",
            Alarm::DrillStale => "drill-stale",
            Alarm::FilesNotDrilled => "files-not-drilled",
            Alarm::DrillFailed => "drill-failed",
            Alarm::RecoveryTooSlow => "recovery-too-slow",
        }
    }
}

impl Safekeeping {
    /// Everything that is to be told at this moment.
    pub fn alarms(&self, promises: &Promises, at: DateTime<Utc>) -> Vec<Alarm> {
        let is_older =
            |then: DateTime<Utc>, most: Span| (at - then).num_seconds() > most.0.try_into().unwrap_or(i64::MAX);
        let mut alarms = Vec::new();
        match self.newest_backup() {
            None => alarms.push(Alarm::NoBackup),
            Some(backup) if is_older(backup.begun_at, promises.point) => alarms.push(Alarm::BackupStale),
            Some(_) => {}
        }
        let lacks_files = self.newest_backup().and_then(BackupMade::has_files) == Some(false);
        let begun_at = self.newest_backup_with_files().map(|backup| backup.begun_at);
        if promises.files && lacks_files && begun_at.is_none_or(|then| is_older(then, promises.point)) {
            alarms.push(Alarm::FilesNotBackedUp);
        }
        match self.last_passed_drill() {
            None => alarms.push(Alarm::NoDrill),
            Some(drill) if is_older(drill.drilled_at, promises.drill_every) => alarms.push(Alarm::DrillStale),
            Some(_) => {}
        }
        let lacked_files = self.last_passed_drill().and_then(RestoreDrilled::has_files) == Some(false);
        let drilled_at = self.last_passed_drill_with_files().map(|drill| drill.drilled_at);
        if promises.files && lacked_files && drilled_at.is_none_or(|then| is_older(then, promises.drill_every)) {
            alarms.push(Alarm::FilesNotDrilled);
        }
        let found_other = self.last_drill().is_some_and(|last| last.restored == Restored::NotAsWritten);
        if found_other || self.failed_drill().is_some() {
            alarms.push(Alarm::DrillFailed);
        }
        if let Some(last) = self.last_drill() {
            let most = promises.time.map(|span| span.0.saturating_mul(1_000));
            if Objective::of(last.recovery_milliseconds, most) == Objective::Missed {
                alarms.push(Alarm::RecoveryTooSlow);
            }
        }
        alarms
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::Rules;
    use crate::given::now;
    use crate::safekeeping::Event;
    use crate::safekeeping::example::{backup, drill, drill_failed};

    const PROMISES: Promises =
        Promises { point: Span(6 * 3_600), time: None, drill_every: Span(30 * 86_400), files: true };

    fn alarms(events: &[Event], promises: Promises, later: TimeDelta) -> Vec<Alarm> {
        Safekeeping::replay(events).alarms(&promises, now() + later)
    }

    #[test]
    fn a_promise_that_would_not_be_kept_is_told_from_the_first_moment_on() {
        use Alarm::*;
        let passed = RestoreDrilled { time_objective_seconds: None, ..drill() };
        let failed = RestoreDrilled { restored: Restored::NotAsWritten, ..passed.clone() };
        // The backup is six hours old, and the drill was made just now.
        let kept: [Event; 2] = [backup().into(), passed.into()];
        let (none, second) = (TimeDelta::zero(), TimeDelta::seconds(1));
        assert_eq!(alarms(&[], PROMISES, none), [NoBackup, NoDrill]);
        assert_eq!(alarms(&kept, PROMISES, none), []);
        assert_eq!(alarms(&kept, PROMISES, second), [BackupStale]);
        assert_eq!(alarms(&kept, PROMISES, TimeDelta::days(30) + second), [BackupStale, DrillStale]);
        assert_eq!(alarms(&[backup().into(), failed.clone().into()], PROMISES, none), [NoDrill, DrillFailed]);
        let [first, second] = kept.clone();
        assert_eq!(alarms(&[first, second, failed.into()], PROMISES, none), [DrillFailed]);
        // One that failed before it found anything out says nothing of those before it, and they go on growing old.
        let [first, second] = kept.clone();
        let with_failed: [Event; 3] = [first, second, drill_failed().into()];
        assert_eq!(alarms(&with_failed, PROMISES, none), [DrillFailed]);
        let stale = [BackupStale, DrillStale, DrillFailed];
        assert_eq!(alarms(&with_failed, PROMISES, TimeDelta::days(31)), stale);
        // It took a second and a half.
        let within = |seconds| Promises { time: Some(Span(seconds)), ..PROMISES };
        assert_eq!(alarms(&kept, within(2), none), []);
        assert_eq!(alarms(&kept, within(1), none), [RecoveryTooSlow]);
    }

    #[test]
    fn a_backup_without_the_files_of_visits_is_one_of_the_log_alone() {
        use Alarm::*;
        let with = RestoreDrilled { time_objective_seconds: None, ..drill() };
        let (none, second) = (TimeDelta::zero(), TimeDelta::seconds(1));
        let later = |hours| (now() + TimeDelta::hours(hours), crate::Sha256Hex::of(&[&i64::to_be_bytes(hours)]));
        let without = |hours| {
            let (begun_at, log_sha256) = later(hours);
            let (files_sha256, files_bytes, missing_files) = (None, None, Some(3));
            BackupMade { begun_at, log_sha256, files_sha256, files_bytes, missing_files, ..backup() }
        };
        // Never, and then not for as long as what may be lost.
        assert_eq!(alarms(&[without(-1).into(), with.clone().into()], PROMISES, none), [FilesNotBackedUp]);
        let kept: [Event; 3] = [backup().into(), without(-1).into(), with.clone().into()];
        assert_eq!(alarms(&kept, PROMISES, none), []);
        assert_eq!(alarms(&kept, PROMISES, second), [FilesNotBackedUp]);
        assert_eq!(alarms(&kept, Promises { files: false, ..PROMISES }, second), []);
        // One that lacks some of them is no better, and where there are none there is nothing to lack.
        let (begun_at, log_sha256) = later(-1);
        let some = BackupMade { begun_at, log_sha256, missing_files: Some(1), ..backup() };
        let empty = BackupMade { named_files: Some(0), missing_files: Some(0), ..without(-1) };
        for (made, told) in [(some.clone(), vec![FilesNotBackedUp]), (empty.clone(), vec![])] {
            assert_eq!(alarms(&[backup().into(), made.into(), with.clone().into()], PROMISES, second), told);
        }
        assert_eq!(Safekeeping::replay(&[backup().into(), some.into()]).newest_backup_with_files(), Some(&backup()));
        assert_eq!(
            Safekeeping::replay(&[backup().into(), empty.clone().into()]).newest_backup_with_files(),
            Some(&empty)
        );
        // Those of before this was recorded: with a file of files they have them, and without one nobody knows.
        let before = |made: BackupMade| BackupMade { named_files: None, missing_files: None, ..made };
        assert_eq!((before(backup()).has_files(), before(without(-1)).has_files()), (Some(true), None));
        assert_eq!(alarms(&[before(without(-1)).into(), with.clone().into()], PROMISES, none), []);

        let blind = RestoreDrilled { drilled_at: now() + TimeDelta::days(20), verified_files: None, ..with.clone() };
        let at = TimeDelta::days(30);
        let promises = Promises { point: Span(90 * 86_400), ..PROMISES };
        assert_eq!(alarms(&[backup().into(), blind.clone().into()], promises, at), [FilesNotDrilled]);
        let drilled: [Event; 3] = [backup().into(), with.into(), blind.clone().into()];
        assert_eq!(alarms(&drilled, promises, at), []);
        assert_eq!(alarms(&drilled, promises, at + second), [FilesNotDrilled]);
        assert_eq!(alarms(&drilled, Promises { files: false, ..promises }, at + second), []);
        let nothing = RestoreDrilled { named_files: Some(0), ..blind.clone() };
        assert_eq!(alarms(&[backup().into(), nothing.into()], promises, at), []);
        let unsaid = RestoreDrilled { named_files: None, ..blind };
        assert_eq!(alarms(&[backup().into(), unsaid.into()], promises, at), []);
    }
}
