//! Telling a clinic's log what was done with its backups. It takes the root secret: the log's key signs every fact.

use anyhow::Context;
use daybook_domain::safekeeping::{Command, Safekeeping};
use daybook_domain::{Actor, Code, Request, Role};
use daybook_ledger::append::CommandKey;
use daybook_ledger::clock::System;
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use daybook_ledger::{Ids, Intent, Ledger, Loaded, Metadata, Recovery, aggregate};
use uuid::Uuid;

use crate::arguments::{Database, Destroyed, Recording};
use crate::opening::Door;

/// Who acts: this program, on whoever's word it runs.
const ACTOR: &str = "system:safekeeping";

/// Appends facts to the logs of a database, all of them of one run of this program.
pub struct Recorder {
    pub ledger: Ledger,
    run: Uuid,
    operator: Option<Code>,
}

impl Recorder {
    /// An error where a log of this database could not be told: another origin or root secret, or no right to append.
    pub async fn open(database: &Database, recording: &Recording) -> anyhow::Result<Self> {
        let Door { ledger, .. } = Door::open(&database.database_url, &recording.origin).await?;
        for clinic in ledger.clinics().await? {
            ledger.may_append(clinic).await.context("the log could not be told of it afterwards")?;
        }
        Ok(Self { ledger, run: System.internal(), operator: None })
    }

    /// The same, on the word of somebody who has seen to it.
    pub fn on_the_word_of(self, operator: Code) -> Self {
        Self { operator: Some(operator), ..self }
    }

    /// The same, on the word of somebody who has seen to it that no copy of something is left.
    pub async fn of_destroyed(destroyed: &Destroyed) -> anyhow::Result<Self> {
        let Destroyed { recording, database, operator, .. } = destroyed;
        Ok(Self::open(database, recording).await?.on_the_word_of(operator.clone()))
    }

    /// Over a database whose logs may not be appended to before each of them has begun a new epoch.
    pub async fn of_restored(database: &Database, recording: &Recording) -> anyhow::Result<Self> {
        let Door { ledger, .. } = Door::open(&database.database_url, &recording.origin).await?;
        Ok(Self { ledger, run: System.internal(), operator: None })
    }

    /// Begins a new epoch of a log; nothing where there is nothing to begin it from.
    pub async fn recover(&self, clinic: Uuid, recovery: &Recovery) -> anyhow::Result<()> {
        let (actor, metadata) = (actor(), self.metadata(self.ledger.ids().internal()));
        let begun = self.ledger.recover(clinic, recovery, actor, &metadata).await;
        begun.with_context(|| format!("the log of clinic {clinic} has begun no new epoch")).map(drop)
    }

    /// Whether the log did not know it.
    pub async fn record(&self, clinic: Uuid, command: Command) -> anyhow::Result<bool> {
        let command_id = self.ledger.ids().internal();
        let (actor, metadata) = (actor(), self.metadata(command_id));
        let execution = Execution { clinic, key: CommandKey { id: command_id, request_hash: [0; 32] }, expected: None };
        let appended = cqrs::execute(&self.ledger, execution, || async {
            let kept: Loaded<Safekeeping> = aggregate::load(&self.ledger, clinic, clinic).await?;
            let request = Request { at: self.ledger.clock().now(), actor: actor.clone(), command: command.clone() };
            Ok::<_, ExecuteError>(Intent::new(kept, request, metadata.clone()))
        });
        let appended = appended.await.with_context(|| format!("the log of clinic {clinic} was not told"))?;
        Ok(!appended.events.is_empty())
    }

    fn metadata(&self, command_id: Uuid) -> Metadata {
        let run = self.run.to_string();
        let told = [
            ("actor", ACTOR.into()),
            ("role", Role::System.name().into()),
            ("command_id", command_id.to_string()),
            ("correlation_id", run.clone()),
            ("causation_id", run),
            ("policy", String::new()),
        ];
        let operator = self.operator.iter().map(|operator| ("operator", operator.as_str().to_owned()));
        told.into_iter().chain(operator).map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

fn actor() -> Actor {
    Actor { role: Role::System, subject: ACTOR.into(), person: None }
}
