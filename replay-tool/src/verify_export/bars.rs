//! How far the examination of a bundle is: a bar for what it goes through, one after the other.

use daybook_audit::examine::{Reached, Stage};

use crate::progress::Progress;

/// The bar of the stage that it is at.
#[derive(Default)]
pub struct Bars(Option<(Stage, Progress)>);

impl Bars {
    pub fn reach(&mut self, Reached { stage, done, of }: Reached) {
        if self.0.as_ref().is_none_or(|(at, _)| *at != stage) {
            // The one before is taken away first.
            self.0 = None;
            self.0 = Some((stage, bar(stage)));
        }
        if let Some((_, progress)) = &self.0 {
            progress.reach(done, of);
        }
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        self.0 = None;
    }
}

fn bar(stage: Stage) -> Progress {
    match stage {
        Stage::Files => Progress::bytes(0).doing("comparing the files"),
        Stage::Events => Progress::events(0).doing("following the events"),
        Stage::Entries => Progress::entries(0).doing("reading the other entries"),
    }
}
