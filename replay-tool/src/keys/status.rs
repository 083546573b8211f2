//! `daybook-replay keys status`: how many keys are wrapped under which secret.

use std::collections::BTreeMap;

use daybook_domain::KeySecretId;
use daybook_ledger::sealing::wrapped_under_which;
use serde::Serialize;
use uuid::Uuid;

use super::{arguments, store};
use crate::exit::Exit;
use crate::print::{self, number};
use crate::reader::Reader;

/// What one clinic's keys are wrapped under.
#[derive(Serialize)]
struct Status {
    clinic: Uuid,
    key_secrets: BTreeMap<KeySecretId, u64>,
}

pub async fn run(arguments: arguments::KeysStatus) -> anyhow::Result<Exit> {
    let url = &arguments.database.database_url;
    let (reader, store) = (Reader::connect(url, 2).await?, store(url).await?);
    let mut found = Vec::new();
    for clinic in reader.ledger.clinics().await? {
        found.push(Status { clinic, key_secrets: wrapped_under_which(&store, clinic).await? });
    }
    if arguments.json {
        print::json(&found)?;
    } else {
        for Status { clinic, key_secrets } in &found {
            let under = key_secrets.iter().map(|(secret, keys)| format!("{} under {}", number(*keys), secret.as_str()));
            print::out(&format!("Clinic {clinic}: {}", under.collect::<Vec<_>>().join(", ")))?;
        }
    }
    Ok(Exit::Valid)
}
