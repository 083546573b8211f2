//! The heads that somebody outside kept, those that the log has not grown from.

use super::pass::Pass;
use super::report::Check;
use crate::kept::{Compared, Standing};

impl Pass {
    pub(super) fn compare_kept(&mut self, kept: &[Compared]) {
        for Compared { size, standing, epoch, .. } in kept {
            let what = match standing {
                Standing::Grown | Standing::Lost => continue,
                Standing::OtherRoot => "at that size the log has another root".into(),
                Standing::Shorter => format!("the log has only {} events", self.tree.size()),
                Standing::LostUnsaid => "the log went back to before it, and does not say that as much was lost".into(),
                Standing::UnknownEpoch => format!("the log has no epoch {epoch}"),
            };
            self.find(*size, Check::Kept, what);
        }
    }
}
