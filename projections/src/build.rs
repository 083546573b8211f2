//! Builds of a view's rows. A rebuild stores its rows as the next generation, beside those that readers ask; the checkpoint
//! says of which generation a clinic's rows are, so that they change over in the instant in which it does.

use crate::projection::View;

/// One build of a view's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Build {
    pub view: View,
    pub generation: i32,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Live,
    Beside,
}

impl Build {
    /// In the tables of everybody.
    pub fn live(view: View, generation: i32) -> Self {
        Self { view, generation, place: Place::Live }
    }

    /// In a table that ends with the transaction it was made in (`store::set_up_beside`).
    pub fn beside(view: View) -> Self {
        Self { view, generation: 0, place: Place::Beside }
    }

    pub fn table(self) -> String {
        match self.place {
            Place::Live => format!("{}.rows", self.view.schema()),
            Place::Beside => format!("pg_temp.{}", self.view.schema()),
        }
    }
}
