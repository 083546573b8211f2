//! The certificate of a drill: the text that the log's key signs. It is made of the event's fields alone, so that whoever has
//! the event, in a log or in an export, has the certificate too.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Objective, RestoreDrilled, Restored};

impl RestoreDrilled {
    /// Whether no more was lost than promised.
    pub fn point(&self) -> Objective {
        Objective::of(self.lost_seconds, self.point_objective_seconds)
    }

    /// Whether it took no longer than promised.
    pub fn time(&self) -> Objective {
        let most = self.time_objective_seconds.map(|seconds| seconds.saturating_mul(1_000));
        Objective::of(self.recovery_milliseconds, most)
    }

    /// Whether it was restored as written and kept every promise.
    pub fn is_passed(&self) -> bool {
        let kept = |objective| objective != Objective::Missed;
        self.restored == Restored::AsWritten && kept(self.point()) && kept(self.time())
    }

    /// The text of the certificate: the origin of the log followed by `/restore-drill`, which no checkpoint begins with, and
    /// then a line a fact, ending in LF each. Of two drills that differ in anything the texts differ.
    pub fn certificate(&self, origin: &str) -> String {
        let restored = match self.restored {
            Restored::AsWritten => "as-written",
            Restored::NotAsWritten => "not-as-written",
        };
        let promised = |most: Option<u64>| most.map_or_else(|| "none".into(), |seconds| seconds.to_string());
        let lines = [
            ("drilled", time(self.drilled_at)),
            ("backup", time(self.backup_begun_at)),
            ("log-file", self.log_sha256.as_str().into()),
            ("keys-file", self.keys_sha256.as_str().into()),
            ("size", self.size.to_string()),
            ("root", self.root.as_str().into()),
            ("restored", restored.into()),
            ("verified-events", self.verified_events.to_string()),
            ("verified-checkpoints", self.verified_checkpoints.to_string()),
            ("wrong", self.wrong.to_string()),
            ("live-size", self.live_size.to_string()),
            ("live-root", self.live_root.as_str().into()),
            ("lost-events", self.lost_events.to_string()),
            ("recovery-point-seconds", self.lost_seconds.to_string()),
            ("recovery-point-objective-seconds", promised(self.point_objective_seconds)),
            ("recovery-point-objective", self.point().name().into()),
            ("recovery-time-milliseconds", self.recovery_milliseconds.to_string()),
            ("recovery-time-objective-seconds", promised(self.time_objective_seconds)),
            ("recovery-time-objective", self.time().name().into()),
        ];
        // Drills that did not look at these say nothing of them.
        let looked_at = [
            ("read-model-rows", self.read_model_rows),
            ("read-model-rows-as-live", self.read_model_rows_as_live),
            ("named-files", self.named_files),
            ("verified-files", self.verified_files),
        ];
        let looked_at = looked_at.into_iter().filter_map(|(name, count)| Some((name, count?.to_string())));
        let mut text = format!("{origin}/restore-drill\n");
        for (name, value) in lines.into_iter().chain(looked_at) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name} {value}");
        }
        text
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use crate::safekeeping::example::drill;
    use crate::safekeeping::{Objective, RestoreDrilled, Restored};

    #[test]
    fn a_certificate_says_every_fact_a_line_each() {
        let drill = drill();
        let (log, keys, root, live) =
            [&drill.log_sha256, &drill.keys_sha256, &drill.root, &drill.live_root].map(|hash| hash.as_str()).into();
        let expected = format!(
            "daybook.example/clinics/demo/restore-drill\n\
             drilled 2026-03-02T10:00:00.000000Z\n\
             backup 2026-03-02T04:00:00.000000Z\n\
             log-file {log}\n\
             keys-file {keys}\n\
             size 7\n\
             root {root}\n\
             restored as-written\n\
             verified-events 7\n\
             verified-checkpoints 7\n\
             wrong 0\n\
             live-size 9\n\
             live-root {live}\n\
             lost-events 2\n\
             recovery-point-seconds 7200\n\
             recovery-point-objective-seconds 86400\n\
             recovery-point-objective met\n\
             recovery-time-milliseconds 1500\n\
             recovery-time-objective-seconds 1\n\
             recovery-time-objective missed\n\
             read-model-rows 12\n\
             read-model-rows-as-live 11\n\
             named-files 3\n\
             verified-files 3\n"
        );
        assert_eq!(drill.certificate("daybook.example/clinics/demo"), expected);
    }

    #[test]
    fn a_promise_is_kept_up_to_its_last_moment_and_a_drill_passes_only_with_all_of_them() {
        let with = |lost_seconds, recovery_milliseconds, restored| {
            let (point_objective_seconds, time_objective_seconds) = (Some(3_600), Some(60));
            RestoreDrilled {
                lost_seconds,
                recovery_milliseconds,
                restored,
                point_objective_seconds,
                time_objective_seconds,
                ..drill()
            }
        };
        assert!(with(3_600, 60_000, Restored::AsWritten).is_passed());
        assert!(!with(3_601, 60_000, Restored::AsWritten).is_passed());
        assert!(!with(3_600, 60_001, Restored::AsWritten).is_passed());
        assert!(!with(0, 0, Restored::NotAsWritten).is_passed());
        let nobody = RestoreDrilled { point_objective_seconds: None, time_objective_seconds: None, ..drill() };
        assert_eq!((nobody.point(), nobody.time()), (Objective::None, Objective::None));
        assert!(nobody.is_passed());
    }
}
