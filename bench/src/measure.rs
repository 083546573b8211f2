//! Callers in a closed loop for a fixed time, and what they saw.

use std::future::Future;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// What one run saw.
pub struct Run {
    pub ops_per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// When a caller stops.
#[derive(Clone, Copy)]
pub enum Until {
    Elapsed(Duration),
    Rounds(u64),
}

/// Runs `callers` tasks, each repeating `operation(caller, round)`. An operation that fails ends the benchmark: a rate of
/// failures is not a rate.
pub async fn closed_loop<F, Fut>(callers: usize, until: Until, operation: F) -> anyhow::Result<Run>
where
    F: Fn(usize, u64) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    let begin = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let operation = operation.clone();
        tokio::spawn(async move {
            let mut seen = Histogram::<u64>::new(3)?;
            for round in 0.. {
                let from = Instant::now();
                let done = match until {
                    Until::Elapsed(time) => from - begin >= time,
                    Until::Rounds(rounds) => round >= rounds,
                };
                if done {
                    break;
                }
                operation(caller, round).await?;
                seen.record(from.elapsed().as_micros() as u64)?;
            }
            anyhow::Ok(seen)
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut all = Histogram::<u64>::new(3)?;
    for task in tasks {
        all.add(task.await??)?;
    }
    let ms = |quantile| all.value_at_quantile(quantile) as f64 / 1000.0;
    Ok(Run { ops_per_s: all.len() as f64 / begin.elapsed().as_secs_f64(), p50_ms: ms(0.5), p99_ms: ms(0.99) })
}

/// The run with the median rate.
pub fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.ops_per_s.total_cmp(&b.ops_per_s));
    runs.swap_remove(runs.len() / 2)
}
