//! `daybook-replay watch`: follows a log from outside, over what it shows the world, and remembers what it was shown. It needs
//! no account and sees no PHI. What it alarms at: the log was written anew, was put back, is not the one that witnesses saw,
//! does not grow, or is not seen by witnesses any more.

mod alarm;
pub mod arguments;
mod look;
mod public;
mod state;

use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_audit::Tone;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use serde::Serialize;

use crate::exit::Exit;
use crate::print::{self, harmless, number, short, time};
use crate::trust;
use alarm::Alarm;
use look::{Limits, Looking, Seen};
use public::Log;
use state::State;

/// One look, as JSON has it.
#[derive(Serialize)]
struct Told<'a> {
    at: DateTime<Utc>,
    /// Nothing where it came to nothing.
    #[serde(flatten)]
    seen: Option<&'a Seen>,
    /// Why there was no answer; nothing where there was one.
    unanswered: Option<&'a str>,
    alarms: &'a [Alarm],
}

pub async fn run(arguments: arguments::Watch) -> anyhow::Result<Exit> {
    let arguments::Watch { url, policy, state, every, stale_after, unwitnessed_after, once, json } = arguments;
    let limit = |seconds: u64| TimeDelta::try_seconds(seconds.try_into().unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX);
    let limits = Limits { stale: limit(stale_after), unwitnessed: limit(unwitnessed_after) };
    let looking = Looking { log: Log::at(&url)?, policy: trust::policy(&policy)?, limits };
    let mut remembered = State::read(&state, &looking.policy)?;
    let (mut told, mut size) = (Vec::new(), None);
    loop {
        let at = System.now();
        let looked = looking.look(&mut remembered, at).await;
        let alarms = match &looked {
            Ok((seen, alarms)) => {
                State::write(&remembered, &state).context("what was seen could not be written down")?;
                if !json && size != Some(seen.size) {
                    print::out(&words(at, seen))?;
                }
                size = Some(seen.size);
                alarms.clone()
            }
            Err(look::Error::Alarm(alarm, note)) => {
                // Whoever has both heads can show anybody that the log's key signed both.
                state::keep_contradiction(&state, note)?;
                vec![alarm.clone()]
            }
            Err(look::Error::Unanswered(why)) => {
                print::problem(&format!("the log cannot be looked at: {}", harmless(why)));
                remembered.stale(System.now(), &looking.limits).into_iter().collect()
            }
        };
        if json {
            let unanswered = match &looked {
                Err(look::Error::Unanswered(why)) => Some(why.as_str()),
                _ => None,
            };
            print::json_line(&Told {
                at,
                seen: looked.as_ref().ok().map(|(seen, _)| seen),
                unanswered,
                alarms: &alarms,
            })?;
        }
        let names: Vec<_> = alarms.iter().map(Alarm::name).collect();
        for alarm in alarms.iter().filter(|alarm| !told.contains(&alarm.name())) {
            let what = harmless(&alarm.to_string());
            print::problem(&Tone::Bad.on(format!("ALARM, {}: {what}", alarm.name())));
        }
        told = names;
        if once || alarms.iter().any(Alarm::is_final) {
            return Ok(match (alarms.is_empty(), looked.is_ok()) {
                (false, _) => Exit::Invalid,
                (true, true) => Exit::Valid,
                (true, false) => Exit::Failed,
            });
        }
        tokio::time::sleep(Duration::from_secs(every)).await;
    }
}

fn words(at: DateTime<Utc>, seen: &Seen) -> String {
    let head = format!("{} {} events, root {}", time(at), number(seen.size), short(&seen.root));
    match &seen.witnessed {
        None => format!("{head}; {}", Tone::Doubtful.on("no witness has seen it")),
        Some(witnessed) if witnessed.size >= seen.size => {
            format!("{head}; {} at {}", Tone::Good.on("witnesses saw all of it"), time(witnessed.at))
        }
        Some(witnessed) => {
            let saw = Tone::Doubtful.on(format!("witnesses saw {} of them", number(witnessed.size)));
            format!("{head}; {saw} at {}", time(witnessed.at))
        }
    }
}
