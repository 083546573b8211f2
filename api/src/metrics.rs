//! Measures in Prometheus' text format. A recorder of one's own for each server, so that two in one process do not mix.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use daybook_integrations::witnesses::Round;
use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::safekeeping::Seen;

/// Upper bounds in seconds; the promise for a command is 60 ms.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Where measures are taken.
#[derive(Clone)]
pub struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
}

impl Metrics {
    /// No measures yet.
    pub fn new() -> Result<Self, metrics_exporter_prometheus::BuildError> {
        let matcher = Matcher::Full("daybook_request_seconds".into());
        let recorder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &BUCKETS)?.build_recorder();
        Ok(Self { handle: recorder.handle(), recorder: Arc::new(recorder) })
    }

    /// A request was answered.
    pub fn request(&self, method: &str, pattern: &str, status: u16, took: Duration) {
        // A method is whatever the caller sent; anything unusual would be a label of the caller's choosing.
        let method = match method {
            "GET" => "GET",
            "POST" => "POST",
            "HEAD" => "HEAD",
            _ => "other",
        };
        with_local_recorder(&self.recorder, || {
            let labels = [("method", method.to_owned()), ("route", pattern.to_owned()), ("status", status.to_string())];
            counter!("daybook_requests_total", &labels).increment(1);
            histogram!("daybook_request_seconds", "method" => method, "route" => pattern.to_owned())
                .record(took.as_secs_f64());
        });
    }

    /// An append did not succeed for a reason that is not the caller's.
    pub fn append_error(&self, code: &'static str) {
        with_local_recorder(&self.recorder, || counter!("daybook_append_errors_total", "code" => code).increment(1));
    }

    /// A command was carried out.
    pub fn command(&self, name: &'static str, repeated: bool) {
        let repeated = if repeated { "true" } else { "false" };
        with_local_recorder(&self.recorder, || {
            counter!("daybook_commands_total", "command" => name, "repeated" => repeated).increment(1);
        });
    }

    /// Somebody broke the glass: whoever is on call is to look.
    pub fn glass_broken(&self) {
        with_local_recorder(&self.recorder, || counter!("daybook_glass_broken_total").increment(1));
    }

    /// A live stream began (+1) or ended (-1).
    pub fn streams(&self, change: f64) {
        with_local_recorder(&self.recorder, || gauge!("daybook_live_streams").increment(change));
    }

    /// How many events a projection is behind.
    pub fn projection_lag(&self, projection: &str, events: u64) {
        with_local_recorder(&self.recorder, || {
            gauge!("daybook_projection_lag_events", "projection" => projection.to_owned()).set(events as f64);
        });
    }

    /// Witnesses were asked.
    pub fn witnesses(&self, round: &Round) {
        with_local_recorder(&self.recorder, || {
            for ((witness, outcome), count) in round {
                counter!("daybook_witness_answers_total", "witness" => witness.clone(), "outcome" => outcome.name())
                    .increment(*count);
            }
        });
    }

    /// What is to be seen of the backups, all clinics together.
    pub fn backups(&self, seen: &Seen, at: DateTime<Utc>) {
        with_local_recorder(&self.recorder, || {
            for (alarm, clinics) in &seen.alarms {
                gauge!("daybook_backup_alarms", "alarm" => alarm.name()).set(*clinics as f64);
            }
            let ages = [
                ("backup", seen.oldest_backup),
                ("files-backup", seen.oldest_backup_with_files),
                ("drill", seen.oldest_drill),
                ("files-drill", seen.oldest_drill_with_files),
            ];
            for (what, then) in ages.into_iter().filter_map(|(what, then)| Some((what, then?))) {
                gauge!("daybook_backup_age_seconds", "of" => what).set((at - then).num_seconds() as f64);
            }
        });
    }

    /// How long something has stood in a log that no witness has seen; or, where one is named, not this one.
    pub fn unwitnessed(&self, witness: Option<&str>, longest: Duration) {
        with_local_recorder(&self.recorder, || {
            let gauge = match witness {
                Some(witness) => gauge!("daybook_witness_unwitnessed_seconds", "witness" => witness.to_owned()),
                None => gauge!("daybook_unwitnessed_seconds"),
            };
            gauge.set(longest.as_secs_f64());
        });
    }

    /// The measures as text. Also empties what histograms have buffered.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }

    /// Folds buffered samples into the histograms; to be called every few seconds.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}
