//! The report on a bundle, in words.

use daybook_audit::bundle::{Content, EventLine, Scope};
use daybook_audit::{Report, Tail, Tone, Verdict, unwitnessed};
use daybook_domain::phi::CLEAR;
use serde_json::Value;

use crate::print::{harmless, number};

/// Findings told, at most.
const TOLD: usize = 20;

/// Everything about this bundle.
pub fn report(report: &Report, witnesses_asked: bool) -> String {
    let mut text = Tone::Doubtful.on(unwitnessed::of_bundle(report)) + "\n\n";
    text.push_str(&Tone::from(report.verdict).on(match report.verdict {
        Verdict::Valid => "VALID",
        Verdict::Invalid => "INVALID",
        Verdict::Incomplete => "INCOMPLETE: nothing is wrong with what is there, and something is not there",
    }));
    if let (Some(origin), Some(scope), Some(size)) = (&report.origin, report.scope, report.size) {
        text.push_str(&format!(
            "\n{} of the log {}\n{} events of the {} it had",
            of(scope),
            harmless(origin),
            number(report.events),
            number(size)
        ));
    }
    text.push_str(&match (report.content, report.opened) {
        (None, _) => String::new(),
        (Some(Content::Withheld), _) => "\nContent: withheld; that is not de-identified".into(),
        (Some(Content::Included), None) => {
            "\nContent: included, and as it was sealed; not opened, which takes the recipient's --identity".into()
        }
        (Some(Content::Included), Some(opened)) => {
            format!("\nContent: included; {} events opened, each as it was sealed", number(opened))
        }
    });
    if report.erased > 0 {
        text.push_str(&format!(
            "\nErased: what was sealed of {} events, which opens for nobody",
            number(report.erased)
        ));
    }
    text.push_str(match report.tail {
        Tail::Proven => "\nTail: proven, every entry of the log is there",
        Tail::OperatorsStatement => "\nTail: the operator's statement",
        Tail::NotClaimed => "\nTail: not claimed",
    });
    text.push_str(&match (witnesses_asked, report.witnesses.len()) {
        (false, _) => {
            "\nWitnesses: the policy asks for none; whoever holds the log's key could have shown others another log"
                .into()
        }
        (true, seen) => format!("\nWitnesses: {seen} of the policy's saw this checkpoint"),
    });
    for finding in report.findings.iter().take(TOLD) {
        let place = finding.position.map(|position| format!("position {position}: ")).unwrap_or_default();
        text.push_str(&format!("\n  {}", Tone::Bad.on(format!("wrong: {place}{}", harmless(&finding.what)))));
    }
    if report.finding_count > TOLD as u64 {
        let more = number(report.finding_count - TOLD as u64);
        text.push_str(&format!("\n  and {more} more; --json lists up to a thousand"));
    }
    for missing in report.missing.iter().take(TOLD) {
        text.push_str(&format!("\n  {}", Tone::Doubtful.on(format!("missing: {}", harmless(missing)))));
    }
    text
}

/// An event that was opened, its values in place.
pub fn opened(event: &EventLine, payload: &Value) -> String {
    let text = serde_json::to_string_pretty(&plain(payload)).unwrap_or_default();
    let EventLine { position, stream_type, stream_id, sequence, event_type, .. } = event;
    let which = format!("position {position}: {stream_type} {stream_id} {sequence} {event_type}");
    format!("{}\n{}\n", Tone::Heading.on(harmless(&which)), harmless(&text))
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) => match map.get(CLEAR) {
            Some(clear) => clear.clone(),
            None => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        value => value.clone(),
    }
}

fn of(scope: Scope) -> String {
    match scope {
        Scope::Visit { visit_id } => format!("The visit {visit_id}"),
        Scope::Patient { patient_id } => format!("The patient {patient_id}"),
        Scope::Time { from, to } => format!("The time from {} until {}", from.to_rfc3339(), to.to_rfc3339()),
        Scope::Clinic {} => "The whole".into(),
    }
}
