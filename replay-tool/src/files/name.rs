//! What a stored file is called: three ids, and nothing else.

use std::fmt;

use daybook_ledger::sealing::FilePlace;
use uuid::Uuid;

/// Ordered as its path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName {
    pub clinic: Uuid,
    pub visit: Uuid,
    pub file: Uuid,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.clinic, self.visit, self.file)
    }
}

impl FileName {
    /// The name a path stands for; `None` of anything that it is not written as.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut ids = path.split('/').map(|part| part.parse().ok());
        let name = Self { clinic: ids.next()??, visit: ids.next()??, file: ids.next()?? };
        (name.to_string() == path).then_some(name)
    }

    /// What its sealed bytes are bound to.
    pub fn place(&self) -> FilePlace {
        FilePlace { clinic: self.clinic, visit: self.visit, file: self.file }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_three_ids_and_nothing_that_leads_elsewhere() {
        let name = FileName { clinic: Uuid::from_u128(1), visit: Uuid::from_u128(2), file: Uuid::from_u128(0xabc) };
        let path = name.to_string();
        assert_eq!(FileName::of_path(&path), Some(name));
        let (upper, id) = (path.to_uppercase(), Uuid::from_u128(3));
        for other in
            ["", "../x", "a/b/c", &upper, &path[1..], &format!("{path}/{id}"), &format!("../{id}"), &format!("/{path}")]
        {
            assert_eq!(FileName::of_path(other), None, "{other}");
        }
    }
}
