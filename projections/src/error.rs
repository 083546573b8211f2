//! What can go wrong with a read model.

/// Why a read model could not be asked, built or compared. Says nothing of anybody's health.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or did not answer.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored row is not what this version of the projection writes: its version was not raised with its shape.
    #[error("a row of {view} cannot be read: {problem}; rebuild it")]
    Row { view: &'static str, problem: String },
    /// The log could not be folded as far as asked.
    #[error("{view} stops at position {position}: {problem}")]
    Poison { view: &'static str, position: u64, problem: String },
    /// The program is ending, or a fold panicked, which was reported where it did.
    #[error("folding was cut off")]
    CutOff,
    /// The read model has not come so far.
    #[error(transparent)]
    Behind(#[from] Behind),
    /// No projection of that name.
    #[error("there is no projection {wanted}; there are: {known}", wanted = .0, known = crate::View::ALL.map(crate::View::name).join(", "))]
    UnknownProjection(String),
}

/// A read model has not reached the position asked for. Ask again, or answer without the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the read model stands at position {at:?}")]
pub struct Behind {
    /// Position of the newest event it has folded; `None`: none yet.
    pub at: Option<u64>,
}
