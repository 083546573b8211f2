//! Whether the events that are told are as they were written, as far as their own streams show it. Only `verify` looks at
//! the whole log, its checkpoints and their signatures.

use daybook_ledger::Recorded;
use daybook_ledger::format::stream_tag;

use crate::words::harmless;

/// What is wrong with a stream that was read from its first event on, a sentence each.
pub fn faults(stream: &[Recorded]) -> Vec<String> {
    let Some(first) = stream.first() else { return Vec::new() };
    let mut faults = Vec::new();
    let (mut sequence, mut hash) = (0, stream_tag(first.clinic, &first.stream));
    for event in stream {
        let which = format!("position {}, {} {}", event.position, event.stream, event.sequence);
        let kind = harmless(&event.event_type);
        if event.computed_hash() != event.hash {
            faults.push(format!("{which} {kind}: its stored bytes do not have its stored hash"));
        }
        if event.sequence != sequence + 1 {
            faults.push(format!("{which} {kind}: the numbers in its stream do not count up by one"));
        }
        if event.prev_hash != hash {
            faults.push(format!("{which} {kind}: it does not follow on the event before it in its stream"));
        }
        (sequence, hash) = (event.sequence, event.hash);
    }
    faults
}
