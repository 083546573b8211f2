//! `daybook-replay verify-export`: a bundle, a trust policy from elsewhere, and nothing else.

mod words;

use std::io::Read;

use anyhow::{Context, bail};
use daybook_audit::Policy;
use daybook_audit::bundle::Folder;
use daybook_audit::policy::LONGEST_POLICY;

use crate::arguments;
use crate::exit::Exit;
use crate::print;

pub fn run(arguments: arguments::VerifyExport) -> anyhow::Result<Exit> {
    if is_inside(&arguments) {
        bail!(
            "the policy lies in the bundle: whoever made the bundle could have made it too; use one that came another way"
        );
    }
    let policy = policy(&arguments.policy)?;
    let folder = Folder::open(&arguments.bundle)?;
    let report = daybook_audit::examine(&folder, &policy);
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

fn policy(path: &std::path::Path) -> anyhow::Result<Policy> {
    let unreadable = || format!("the policy {} cannot be read", path.display());
    let mut text = String::new();
    let file = std::fs::File::open(path).with_context(unreadable)?;
    file.take(LONGEST_POLICY as u64 + 1).read_to_string(&mut text).with_context(unreadable)?;
    if text.len() > LONGEST_POLICY {
        bail!("the policy {} has more than {LONGEST_POLICY} bytes", path.display());
    }
    Policy::read(&text).with_context(unreadable)
}
