//! How far an examination is, for whoever waits for it.

/// What an examination goes through, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The bytes of the files, against their hashes in the manifest.
    Files,
    /// The events, each as it was written, in the log, and in its stream.
    Events,
    /// The entries of the log that no event of the bundle stands for.
    Entries,
}

/// So many of so many. How many there are is what the manifest says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub stage: Stage,
    pub done: u64,
    pub of: u64,
}

/// Who is told.
pub type Told<'a> = &'a mut dyn FnMut(Reached);
