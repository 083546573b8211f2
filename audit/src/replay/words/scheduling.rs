//! A visit asked for, set up, moved, called off, and come to late.

use daybook_domain::visit::{Cancelled, LateArrivalRecorded, Requested, Rescheduled, Scheduled};

use super::text::{details, phi, reason};
use crate::words::{term, time};

pub fn scheduled(scheduled: &Scheduled) -> String {
    format!(
        "A visit by {} was set up for {}, {} minutes, for patient {} with provider {}.{}",
        term(&scheduled.modality),
        time(scheduled.starts_at),
        scheduled.duration_minutes,
        scheduled.patient_id,
        scheduled.provider_id,
        reason(&scheduled.reason)
    )
}

pub fn rescheduled(moved: &Rescheduled) -> String {
    let (by, why) = (term(&moved.by), term(&moved.reason));
    let (from, to) = (time(moved.from_starts_at), time(moved.starts_at));
    let (before, now) = (moved.from_duration_minutes, moved.duration_minutes);
    format!("The visit was moved by the {by} from {from}, {before} minutes, to {to}, {now} minutes: {why}.")
}

pub fn cancelled(cancelled: &Cancelled) -> String {
    let (by, why) = (term(&cancelled.by), term(&cancelled.reason));
    let charge = cancelled.late_charge.map(|charge| format!(" The charge for calling off late is {}.", term(&charge)));
    let (charge, details) = (charge.unwrap_or_default(), details(&cancelled.details));
    format!("The visit was called off by the {by}: {why}.{charge}{details}")
}

pub fn late_arrival(late: &LateArrivalRecorded) -> String {
    let length = late.shortened_to_minutes.map_or_else(String::new, |minutes| format!(" to {minutes} minutes"));
    format!(
        "The patient came {} minutes late, where {} are forgiven: {}{length}, as entered in the role {}.",
        late.late_minutes,
        late.grace_minutes,
        term(&late.response),
        term(&late.recorded_by)
    )
}

pub fn requested(requested: &Requested) -> String {
    let window = match (requested.earliest, requested.latest) {
        (None, None) => "at any time".into(),
        (Some(earliest), None) => format!("not before {}", time(earliest)),
        (None, Some(latest)) => format!("not after {}", time(latest)),
        (Some(earliest), Some(latest)) => format!("between {} and {}", time(earliest), time(latest)),
    };
    format!(
        "The patient, who said to be in {}, asked to be seen by {}, {window}, as entered in the role {}. Reason: {}",
        requested.jurisdiction,
        term(&requested.modality),
        term(&requested.requested_by),
        phi(&requested.reason, |reason| reason.as_str().into())
    )
}
