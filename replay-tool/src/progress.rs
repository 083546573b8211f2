//! How far something is that goes over the log, on a terminal, once it takes longer than a moment.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is over sooner needs no bar.
const MOMENT: Duration = Duration::from_secs(1);

const TEMPLATE: &str = "{bar:30} {human_pos} of {human_len} events, {per_sec}, {eta} left";

/// A bar on standard error. Nothing is shown where that is no terminal. Cheap to clone.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// Over so many events. The log may grow meanwhile: the bar then stays full.
    pub fn of(events: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(events), ProgressDrawTarget::hidden());
        // The template is a constant; a bar of the usual style says much the same.
        bar.set_style(ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, started: Instant::now() }
    }

    /// So many more are done.
    pub fn add(&self, events: u64) {
        if self.bar.is_hidden() && self.started.elapsed() > MOMENT {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(events);
    }

    /// So many of so many are done.
    pub fn reach(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.add(done.saturating_sub(self.bar.position()));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
