//! What was promised of recovering, and whether a measurement keeps it.

/// Whether an objective was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Nobody stated one.
    None,
    /// The measurement is within it.
    Met,
    /// It is not.
    Missed,
}

impl Objective {
    /// A measurement against the most that was promised, both in one unit.
    pub fn of(measured: u64, most: Option<u64>) -> Self {
        match most {
            None => Objective::None,
            Some(most) if measured <= most => Objective::Met,
            Some(_) => Objective::Missed,
        }
    }

    /// Its name in a certificate.
    pub fn name(self) -> &'static str {
        match self {
            Objective::None => "none",
            Objective::Met => "met",
            Objective::Missed => "missed",
        }
    }
}
