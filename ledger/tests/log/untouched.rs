//! A log that nobody touched is never called invalid: not while it grows, not at any of its sizes, not against any head that
//! somebody kept of it, whatever its history.

use daybook_ledger::append::Expected;
use daybook_ledger::kept::{EpochHead, Outside};
use daybook_ledger::verify::{self, Verdict};
use daybook_ledger::{Ledger, Stream};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::support::*;

/// One append: to which visit, and how many events.
type Batch = (u128, usize);

/// What two servers write, each in order.
fn history() -> impl Strategy<Value = [Vec<Batch>; 2]> {
    let batches = || prop::collection::vec((0..6u128, 1..40usize), 1..25);
    [batches(), batches()]
}

#[test]
fn a_log_of_any_history_is_valid_at_every_moment() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(12) });
    runner
        .run(&history(), |history| {
            runtime.block_on(is_valid_at_every_moment(history));
            Ok(())
        })
        .unwrap();
}

async fn is_valid_at_every_moment(history: [Vec<Batch>; 2]) {
    let log = Log::start().await;
    let servers = [log.ledger.clone(), server(&log.database.url).await.0];
    let written: usize = history.iter().flatten().map(|(_, events)| events).sum();
    let writers = futures::future::join_all(
        servers.into_iter().zip(history).map(|(server, batches)| tokio::spawn(write(server, batches))),
    );
    let mut writers = std::pin::pin!(writers);
    let mut outside = Outside::default();
    loop {
        let done = futures::poll!(&mut writers).is_ready();
        if let Some(head) = log.ledger.head(CLINIC).await.unwrap() {
            outside.kept.push(EpochHead { epoch: 1, size: head.size, root: head.root });
        }
        let report = verify::against(&log.owner, CLINIC, &outside, |_| {}).await.unwrap();
        assert_ne!(report.verdict, Verdict::Invalid, "{report:?}");
        assert_eq!(report.verdict == Verdict::Valid, report.events > 0, "{report:?}");
        if done {
            assert_eq!(report.events, written as u64);
            return;
        }
    }
}

async fn write(server: Ledger, batches: Vec<Batch>) {
    for (stream, events) in batches {
        let stream: Stream = visit(stream);
        append(&server, CLINIC, &stream, Expected::Any, &vec![json!({}); events]).await.unwrap();
    }
}
