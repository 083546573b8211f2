//! Files of visits in a backup: a plain tar of the stored files as they lie there, sealed. What opens them is in the keys' file
//! alone, so that this one opens nothing.
//!
//! A file is stored before its event is appended, and nothing that an event names is ever taken away by a server: not by a
//! removal, not by an erasure, which leaves bytes that nobody can open; the sweep takes what no event names. So a tar that is
//! made after the log's snapshot was taken has every file that an event of the snapshot names. It may have more: files of later
//! events, and such as no event names, which the sweep takes in time. A file never changes once it has its name.

mod examine;
mod fault;
mod gather;
mod name;
mod named;
mod put_back;

pub use examine::{Examined, Keys, examine};
pub use fault::FileFault;
pub use gather::{Gathered, Storage};
pub use named::{Attached, Named};
pub use put_back::PutBack;
