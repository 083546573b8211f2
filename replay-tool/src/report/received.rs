//! `daybook-replay report received`: everything an identity or a session received between two times.

use anyhow::bail;
use daybook_audit::{Table, reports};
use daybook_projections::Whose;

use super::{Asked, period};
use crate::report::arguments::ReceivedReport;

pub async fn report(asked: &Asked<'_>, what: &ReceivedReport) -> anyhow::Result<Table> {
    let (from, to) = period(&what.period)?;
    let (whose, who) = match (&what.reader, what.session) {
        (Some(reader), None) => (Whose::Reader(reader), reader.clone()),
        (None, Some(session)) => (Whose::Session(session), format!("session {session}")),
        _ => bail!("one of --reader or --session is needed"),
    };
    asked.receipt(&asked.log()).await?;
    let found = asked.readings(whose, (from, to)).await?;
    Ok(reports::received(&format!("What {who} received from {from} to {to}"), &found))
}
