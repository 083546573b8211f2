//! `daybook-replay verify-export`: a bundle, a trust policy from elsewhere, and nothing else.

mod words;

use anyhow::bail;
use daybook_audit::bundle::Bundle;

use crate::arguments;
use crate::exit::Exit;
use crate::print;
use crate::trust;

pub fn run(arguments: arguments::VerifyExport) -> anyhow::Result<Exit> {
    if is_inside(&arguments) {
        bail!(
            "the policy lies in the bundle: whoever made the bundle could have made it too; use one that came another way"
        );
    }
    let policy = trust::policy(&arguments.policy)?;
    let bundle = Bundle::open(&arguments.bundle)?;
    let report = daybook_audit::examine(&bundle, &policy);
    if arguments.json {
        print::json(&report)?;
    } else {
        print::out(&words::report(&report, policy.asks_for_witnesses()))?;
    }
    Ok(report.verdict.into())
}

fn is_inside(arguments: &arguments::VerifyExport) -> bool {
    let real = |path: &std::path::Path| std::fs::canonicalize(path).ok();
    match (real(&arguments.policy), real(&arguments.bundle)) {
        (Some(policy), Some(bundle)) => policy.starts_with(bundle),
        _ => false,
    }
}
