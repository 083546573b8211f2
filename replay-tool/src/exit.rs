//! How the program ends, so that a script can tell a log that was changed from a database that did not answer.

use std::process::ExitCode;

use daybook_ledger::verify::Verdict;

/// What an exit code says. A wrong command line ends with 2 as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything that was looked at is as it was written.
    Valid,
    /// 1: something is not as it was written.
    Invalid,
    /// 2: it could not be found out.
    Failed,
    /// 3: there was nothing to look at, which is never called valid.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Valid => 0,
            Exit::Invalid => 1,
            Exit::Failed => 2,
            Exit::Incomplete => 3,
        })
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Exit::Valid,
            Verdict::Invalid => Exit::Invalid,
            Verdict::Incomplete => Exit::Incomplete,
        }
    }
}
