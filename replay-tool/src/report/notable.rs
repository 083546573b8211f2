//! `daybook-replay report notable`: access worth a second look.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_audit::{Table, reads, reports};
use daybook_domain::{PatientId, Role};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_projections::Whose;

use super::{Asked, period};
use crate::report::arguments::NotableReport;

/// Namesakes of one provider, at most.
const MOST_NAMESAKES: i64 = 1_000;

pub async fn report(asked: &Asked<'_>, what: &NotableReport) -> anyhow::Result<Table> {
    if what.opens >= what.closes {
        bail!("--opens must be before --closes");
    }
    let period = period(&what.period)?;
    asked.receipt(&asked.log()).await?;
    let found = asked.readings(Whose::Everybody, period).await?;
    // Who signed in as a patient may have done so long before.
    let ever = (DateTime::<Utc>::UNIX_EPOCH, System.now() + TimeDelta::seconds(1));
    let mut also_patients = BTreeMap::<String, BTreeSet<PatientId>>::new();
    for reading in asked.readings(Whose::Everybody, ever).await?.readings {
        if let (Role::Patient, Some(person)) = (reading.role, reading.person) {
            also_patients.entry(reading.reader).or_default().insert(PatientId(person));
        }
    }
    let readers: BTreeSet<_> = found.readings.iter().filter_map(|reading| reading.person).collect();
    let (sealer, mut namesakes) = (asked.ledger().sealer(), BTreeMap::new());
    let index = sealer.index(asked.clinic)?;
    for (provider, name) in reads::providers(asked.ledger(), asked.clinic).await? {
        let family = reports::family_name(&name);
        if let Some(family) = family.filter(|_| readers.contains(&provider)) {
            let token = index.token("family", family);
            let patients = sealer.find(asked.clinic, "family", &token, MOST_NAMESAKES).await?;
            namesakes.insert(provider, patients.into_iter().collect());
        }
    }
    let hours = (what.opens, what.closes);
    let zone = asked.time_zone().await?;
    let known = reports::Circumstances { zone, hours, bulk: what.bulk, namesakes, also_patients };
    Ok(reports::notable_accesses(&found, &known))
}
