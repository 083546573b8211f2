//! What is to be told before anybody needs a backup: that there is none, or only an old one, or that nobody knows whether it can
//! be restored.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Objective, Restored, Safekeeping, Span};

/// What was promised of a clinic's backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// The most that may be lost: no newest backup is older.
    pub point: Span,
    /// The longest a recovery may take, if anybody said.
    pub time: Option<Span>,
    /// The oldest that the last drill that passed may be.
    pub drill_every: Span,
}

/// A promise that would not be kept if it came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alarm {
    /// No backup was ever recorded.
    NoBackup,
    /// The newest one is older than what may be lost.
    BackupStale,
    /// No drill has ever passed.
    NoDrill,
    /// The last drill that passed is too long ago.
    DrillStale,
    /// The last drill found something else than what was written, or failed before it found anything out.
    DrillFailed,
    /// The last drill took longer than a recovery may.
    RecoveryTooSlow,
}

impl Alarm {
    /// All of them.
    pub const ALL: [Alarm; 6] = [
        Alarm::NoBackup,
        Alarm::BackupStale,
        Alarm::NoDrill,
        Alarm::DrillStale,
        Alarm::DrillFailed,
        Alarm::RecoveryTooSlow,
    ];

    /// Its name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Alarm::NoBackup => "no-backup",
            Alarm::BackupStale => "backup-stale",
            Alarm::NoDrill => "no-drill",
            Alarm::DrillStale => "drill-stale",
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
        match self.last_passed_drill() {
            None => alarms.push(Alarm::NoDrill),
            Some(drill) if is_older(drill.drilled_at, promises.drill_every) => alarms.push(Alarm::DrillStale),
            Some(_) => {}
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
    use crate::safekeeping::example::{backup, drill, drill_failed};
    use crate::safekeeping::{Event, RestoreDrilled};

    const PROMISES: Promises = Promises { point: Span(6 * 3_600), time: None, drill_every: Span(30 * 86_400) };

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
}
