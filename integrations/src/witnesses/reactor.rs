//! The reactor that asks witnesses. Every server runs it and none leads: a head that two of them have signed is written down
//! once. No append waits for it, and nothing it finds out stops one.
//!
//! What a crash leaves: before a signature is written down, a witness that is further than the log knows; the next round asks
//! from where the log thinks it is, is told where it is, and asks again from there. After it, nothing is open.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use daybook_ledger::cosignatures::Head;
use daybook_ledger::{Ledger, add_checkpoint};
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;

use super::{Answer, Asked, Asking};

/// Logs that one witness is asked about at once.
const AT_ONCE: usize = 4;
/// A witness whose clock is further off than this signs something that says nothing.
const CLOCKS: u64 = 300;

/// What came of asking a witness about a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It signed, and the signature is written down.
    Cosigned,
    /// It has seen a newer head already: another server was faster.
    Overtaken,
    /// It has seen another log under this key, or a longer one: this one was written anew, or put back.
    Contradicted,
    /// It does not do it.
    Refused,
    /// What it answered is wrong.
    Wrong,
    /// It did not answer.
    Unreachable,
    /// The log itself did not answer.
    Failed,
}

impl Outcome {
    /// Its name in measures.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Cosigned => "cosigned",
            Outcome::Overtaken => "overtaken",
            Outcome::Contradicted => "contradicted",
            Outcome::Refused => "refused",
            Outcome::Wrong => "wrong",
            Outcome::Unreachable => "unreachable",
            Outcome::Failed => "failed",
        }
    }
}

/// How often what came of asking which witness.
pub type Round = BTreeMap<(String, Outcome), u64>;

/// Has the logs of an installation witnessed.
#[derive(Clone, Copy)]
pub struct Witnessing<'a> {
    /// The logs.
    pub ledger: &'a Ledger,
    /// The witnesses.
    pub witnesses: &'a [Asked],
    /// What asks.
    pub asking: &'a Asking,
}

impl Witnessing<'_> {
    /// Asks every witness about every log whose newest head it has not signed. All are asked about the same heads, so that
    /// one head can have as many signatures as a policy wants; none waits for another.
    pub async fn round(&self, now: DateTime<Utc>) -> Result<Round, sqlx::Error> {
        if self.witnesses.is_empty() {
            return Ok(Round::new());
        }
        let heads = self.ledger.heads().await?;
        let mut asked = Vec::new();
        for witness in self.witnesses {
            asked.push(self.ask(witness, &heads, now));
        }
        let mut round = Round::new();
        for (witness, outcomes) in self.witnesses.iter().zip(join_all(asked).await) {
            for outcome in outcomes {
                *round.entry((witness.name.clone(), outcome)).or_default() += 1;
            }
        }
        Ok(round)
    }

    async fn ask(&self, witness: &Asked, heads: &[Head], now: DateTime<Utc>) -> Vec<Outcome> {
        let waiting = match self.ledger.unwitnessed(std::slice::from_ref(&witness.key)).await {
            Ok(waiting) => waiting.into_iter().map(|waiting| waiting.clinic).collect::<HashSet<_>>(),
            Err(error) => {
                tracing::warn!(witness = witness.name, %error, "the log does not say what is not witnessed yet");
                return vec![Outcome::Failed];
            }
        };
        let mut left = heads.iter().filter(|head| waiting.contains(&head.clinic)).collect::<Vec<_>>().into_iter();
        let (mut outcomes, mut under_way) = (Vec::new(), FuturesUnordered::new());
        loop {
            while under_way.len() < AT_ONCE
                && let Some(head) = left.next()
            {
                under_way.push(self.attempt(witness, head, now));
            }
            let Some(outcome) = under_way.next().await else { return outcomes };
            outcomes.push(outcome);
            if outcome == Outcome::Unreachable {
                // It will not answer for the other logs either; the next round finds out.
                tracing::warn!(witness = witness.name, "a witness does not answer");
                return outcomes;
            }
        }
    }

    async fn attempt(&self, witness: &Asked, head: &Head, now: DateTime<Utc>) -> Outcome {
        self.ask_about(witness, head, now).await.unwrap_or_else(|error| {
            tracing::warn!(witness = witness.name, clinic = %head.clinic, %error, "a witness could not be asked");
            Outcome::Failed
        })
    }

    async fn ask_about(&self, witness: &Asked, head: &Head, now: DateTime<Utc>) -> Result<Outcome, sqlx::Error> {
        let (name, clinic, size) = (&witness.name, head.clinic, head.checkpoint.size);
        let note = head.checkpoint.note(&head.key);
        let mut old = self.ledger.cosigned_by(clinic, head.key.name(), &witness.key).await?;
        let mut told = false;
        loop {
            let proof = self.ledger.consistency(clinic, old, size).await?.unwrap_or_default();
            let answer = self.asking.ask(witness, add_checkpoint::write(old, &proof, &note), &note).await;
            return Ok(match answer {
                Answer::Cosigned(seconds, _) if seconds.abs_diff(now.timestamp().unsigned_abs()) > CLOCKS => {
                    tracing::warn!(witness = name, "a witness's clock is wrong; what it signed is not kept");
                    Outcome::Wrong
                }
                Answer::Cosigned(_, cosignature) => match self.ledger.cosign(head, &witness.key, &cosignature).await? {
                    Some(_) => Outcome::Cosigned,
                    None => Outcome::Wrong,
                },
                Answer::SeenAt(seen) if seen < size && !told => {
                    (old, told) = (seen, true);
                    continue;
                }
                Answer::SeenAt(seen) if seen == size && old != size => {
                    // It may be this very head, signed before a crash wrote that down.
                    (old, told) = (seen, true);
                    continue;
                }
                Answer::SeenAt(seen) if self.has_come_to(head, seen, size).await? => Outcome::Overtaken,
                Answer::SeenAt(seen) => {
                    tracing::error!(witness = name, %clinic, seen, size, "A WITNESS HAS SEEN ANOTHER OR A LONGER LOG: this one was written anew or put back");
                    Outcome::Contradicted
                }
                Answer::NotGrown => {
                    tracing::error!(witness = name, %clinic, old, size, "A WITNESS HAS SEEN ANOTHER LOG: this one has not grown from it");
                    Outcome::Contradicted
                }
                Answer::Refused(status) => {
                    tracing::warn!(witness = name, %clinic, status, "a witness refuses");
                    Outcome::Refused
                }
                Answer::Wrong(why) => {
                    tracing::warn!(witness = name, %clinic, why, "a witness's answer is not kept");
                    Outcome::Wrong
                }
                Answer::Unreachable => Outcome::Unreachable,
            });
        }
    }

    /// Whether the log has meanwhile come to where the witness has seen it. Below the head that was asked about it is the
    /// witness that went back, or somebody else who asks it at the same time.
    async fn has_come_to(&self, head: &Head, seen: u64, size: u64) -> Result<bool, sqlx::Error> {
        let newest = self.ledger.head(head.clinic).await?.map_or(0, |head| head.size);
        Ok(seen < size || (seen > size && seen <= newest))
    }
}
