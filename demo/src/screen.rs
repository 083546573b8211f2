//! The terminal: the story above, and below it one line that changes. Where output is no terminal, plain lines instead.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shared by the story and the live line.
#[derive(Clone)]
pub struct Screen {
    bar: Option<ProgressBar>,
    shown: std::sync::Arc<Mutex<Shown>>,
}

#[derive(Default)]
struct Shown {
    live: String,
    paused: bool,
}

impl Screen {
    pub fn new() -> Self {
        let bar = std::io::stdout().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
            bar.set_style(style());
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
        Self { bar, shown: Default::default() }
    }

    /// A line of the story.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| println!("{line}")),
            None => println!("{line}"),
        }
    }

    /// What the live line says from now on. `steady` is what counts as a change where there is no terminal: a clock that
    /// ticks on is none.
    pub fn live(&self, line: String, steady: String) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.bar {
            Some(bar) if !shown.paused => bar.set_message(line),
            Some(_) => {}
            None if !shown.paused && shown.live != steady => println!("      | {steady}"),
            None => return,
        }
        shown.live = steady;
    }

    /// Takes the live line away while something else is printed.
    pub fn pause(&self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).paused = true;
        if let Some(bar) = &self.bar {
            bar.set_message("");
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    /// Brings it back.
    pub fn resume(&self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).paused = false;
        if let Some(bar) = &self.bar {
            bar.set_draw_target(ProgressDrawTarget::stdout());
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}
