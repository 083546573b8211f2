//! Since when an erasure cannot be undone. The keys are destroyed in the running system at once; a backup of the keys from
//! before still has them, until it is destroyed itself or every secret that they are wrapped under in it is. All of it as far
//! as the log knows of the backups: of a copy that somebody made with other tools nobody here can say anything.

use chrono::{DateTime, TimeDelta, Utc};

use super::Safekeeping;
use super::state::KeysFile;

/// How long after the event that says so keys may still be there: a crash in between is made good within eleven minutes.
const DESTROYING: TimeDelta = TimeDelta::minutes(15);

/// Whether keys that were destroyed could be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecoverable {
    /// Since then by none of the backups on record.
    Since(DateTime<Utc>),
    /// By so many of the backups on record.
    HeldBy(u64),
    /// No backup is on record at all: then there are none, or somebody makes them without telling the log.
    Unknown,
}

impl Safekeeping {
    /// Of keys that were destroyed then.
    pub fn unrecoverable(&self, destroyed_live: DateTime<Utc>) -> Unrecoverable {
        let mut since = destroyed_live;
        let (mut any, mut held) = (false, 0);
        for file in self.keys_files() {
            any = true;
            if file.begun_at >= destroyed_live + DESTROYING {
                continue;
            }
            match self.gone_at(file) {
                Some(gone) => since = since.max(gone),
                None => held += 1,
            }
        }
        match (any, held) {
            (false, _) => Unrecoverable::Unknown,
            (true, 0) => Unrecoverable::Since(since),
            (true, held) => Unrecoverable::HeldBy(held),
        }
    }

    /// Since when nobody can open the keys of a backup: it is destroyed, or all that opens them is, whichever came first.
    fn gone_at(&self, file: &KeysFile) -> Option<DateTime<Utc>> {
        let secrets = file.key_secrets.as_ref().and_then(|secrets| {
            let destroyed = secrets.iter().map(|secret| self.secret_destroyed_at(secret));
            // Of one without a key in it: since it was made.
            destroyed.collect::<Option<Vec<_>>>().map(|all| all.into_iter().max().unwrap_or(file.begun_at))
        });
        file.destroyed_at.into_iter().chain(secrets).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::now;
    use crate::safekeeping::example::backup;
    use crate::safekeeping::{BackupDestroyed, BackupMade, Event, KeySecretDestroyed};
    use crate::{KeySecretId, Rules, Sha256Hex};

    fn secret(text: &str) -> KeySecretId {
        text.try_into().unwrap()
    }

    /// A backup begun so many hours after noon, with keys under these secrets.
    fn made(hours: i64, secrets: Option<&[&str]>) -> BackupMade {
        BackupMade {
            begun_at: now() + TimeDelta::hours(hours),
            log_sha256: Sha256Hex::of(&[b"log", &hours.to_be_bytes()]),
            keys_sha256: Sha256Hex::of(&[b"keys", &hours.to_be_bytes()]),
            key_secrets: secrets.map(|secrets| secrets.iter().map(|text| secret(text)).collect()),
            ..backup()
        }
    }

    fn said(events: &[Event]) -> Unrecoverable {
        Safekeeping::replay(events).unrecoverable(now())
    }

    const ONE: &str = "0123456789abcdef";
    const TWO: &str = "fedcba9876543210";

    #[test]
    fn a_backup_from_before_holds_the_keys_until_it_is_destroyed() {
        use Unrecoverable::*;
        let (before, after) = (made(-1, Some(&["root"])), made(1, Some(&["root"])));
        assert_eq!(said(&[]), Unknown);
        assert_eq!(said(&[after.clone().into()]), Since(now()));
        assert_eq!(said(&[before.clone().into(), after.clone().into()]), HeldBy(1));
        let at = now() + TimeDelta::days(2);
        let destroyed = |of: &BackupMade| BackupDestroyed { keys_sha256: of.keys_sha256.clone(), destroyed_at: at };
        assert_eq!(said(&[before.clone().into(), after.clone().into(), destroyed(&before).into()]), Since(at));
        assert_eq!(said(&[before.clone().into(), after.clone().into(), destroyed(&after).into()]), HeldBy(1));
        // Destroyed before the erasure: since that.
        let early = BackupDestroyed { destroyed_at: now() - TimeDelta::minutes(1), ..destroyed(&before) };
        assert_eq!(said(&[before.into(), early.into()]), Since(now()));
        // While the keys are being destroyed a backup may still find them.
        let just_after = BackupMade { begun_at: now() + TimeDelta::minutes(14), ..made(0, Some(&["root"])) };
        assert_eq!(said(&[just_after.into()]), HeldBy(1));
    }

    #[test]
    fn all_secrets_that_its_keys_are_under_destroyed_are_as_good_and_whichever_came_first_counts() {
        use Unrecoverable::*;
        let gone = |text: &str, days: i64| -> Event {
            KeySecretDestroyed { key_secret: secret(text), destroyed_at: now() + TimeDelta::days(days) }.into()
        };
        let both: Event = made(-1, Some(&[ONE, TWO])).into();
        assert_eq!(said(&[both.clone(), gone(ONE, 3)]), HeldBy(1));
        assert_eq!(said(&[both.clone(), gone(ONE, 3), gone(TWO, 2)]), Since(now() + TimeDelta::days(3)));
        let destroyed =
            BackupDestroyed { keys_sha256: made(-1, None).keys_sha256, destroyed_at: now() + TimeDelta::days(1) };
        let all = [both, gone(ONE, 3), gone(TWO, 2), destroyed.clone().into()];
        assert_eq!(said(&all), Since(now() + TimeDelta::days(1)));
        // One that does not say holds them as long as it is there, and one without keys never did.
        assert_eq!(said(&[made(-1, None).into(), gone(ONE, 3), gone(TWO, 2)]), HeldBy(1));
        assert_eq!(said(&[made(-1, None).into(), destroyed.into()]), Since(now() + TimeDelta::days(1)));
        assert_eq!(said(&[made(-1, Some(&[])).into()]), Since(now()));
    }
}
