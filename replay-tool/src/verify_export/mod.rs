//! `daybook-replay verify-export`: a bundle, a trust policy from elsewhere, and nothing else.

pub mod arguments;
mod bars;
mod words;

use anyhow::bail;
use daybook_audit::bundle::{Bundle, EventLine};
use daybook_audit::examine::Stage;
use daybook_audit::{Opening, Report};
use serde::Serialize;
use serde_json::{Value, json};

use crate::backup::file;
use crate::exit::Exit;
use crate::print;
use crate::trust;
use bars::Bars;

pub fn run(arguments: arguments::VerifyExport) -> anyhow::Result<Exit> {
    if is_inside(&arguments) {
        bail!(
            "the policy lies in the bundle: whoever made the bundle could have made it too; use one that came another way"
        );
    }
    let policy = trust::policy(&arguments.policy)?;
    let bundle = Bundle::open(&arguments.bundle)?;
    let identity = arguments.identity.as_deref().map(file::identity).transpose()?;
    // As JSON all of it is one document; in words each event is told as it is opened, and forgotten.
    let (mut opened, mut told) = (Vec::new(), Ok(()));
    let mut show = |event: &EventLine, payload: &Value| {
        if arguments.json {
            opened.push(json!({ "position": event.position, "event_type": event.event_type, "payload": payload }));
        } else if told.is_ok() {
            told = print::out(&words::opened(event, payload));
        }
    };
    let opening = identity.as_ref().map(|identity| Opening { identity, show: &mut show });
    // Where each event is told as it is opened, that is how far it is.
    let (mut bars, tells) = (Bars::default(), opening.is_some() && !arguments.json);
    let report = daybook_audit::examine_and_open(&bundle, &policy, opening, &mut |reached| match reached.stage {
        Stage::Events if tells => bars.finish(),
        _ => bars.reach(reached),
    });
    bars.finish();
    told?;
    if arguments.json {
        print::json(&Told { report: &report, events_opened: identity.is_some().then_some(opened) })?;
    } else {
        print::out(&words::report(&report, policy.asks_for_witnesses()))?;
    }
    Ok(report.verdict.into())
}

/// What is told as JSON.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    events_opened: Option<Vec<Value>>,
}

fn is_inside(arguments: &arguments::VerifyExport) -> bool {
    let real = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    match (real(&arguments.policy), real(&arguments.bundle)) {
        (Some(policy), Some(bundle)) => policy.starts_with(bundle),
        _ => false,
    }
}
