//! Until when a patient's record as a whole is kept: as long as the longest of its visits. What is not known is kept.

use chrono::NaiveDate;

use crate::law::{Because, Keep, Law, Reliance, RuleId, Unanswered};
use crate::visit::{State, Visit};

/// How the keeping of a whole record stands.
#[derive(Clone, Debug, PartialEq)]
pub enum WholeRecord {
    /// A visit of the patient is not over.
    InCare,
    /// It is kept at least until this day, its last one included, by these rows.
    Until(NaiveDate, Vec<Because>),
    /// For ever, as far as anybody knows.
    Always(Unanswered),
}

impl WholeRecord {
    /// What the rules in force on `today` say of these visits of a patient. `elsewhere`: whether other systems' records of
    /// the patient were taken in, of whose care nobody here knows place and day. A visit in which the patient was not seen
    /// is no service; a record without any service has no date from which to count.
    pub fn of<'a>(
        visits: impl IntoIterator<Item = &'a Visit>,
        elsewhere: bool,
        born: Option<NaiveDate>,
        today: NaiveDate,
        reliance: &Reliance,
    ) -> Self {
        let missing = |fact| WholeRecord::Always(Unanswered::MissingFact { matter: "how long records are kept", fact });
        let mut longest: Option<(NaiveDate, Vec<Because>)> = None;
        for visit in visits {
            if !is_over(visit.state()) {
                return WholeRecord::InCare;
            }
            let Some(served) = visit.date_of_service() else { continue };
            let (Some(location), Some(born)) = (visit.location(), born) else {
                return missing(if born.is_none() { "the patient's date of birth" } else { "where the patient was" });
            };
            match Law::current().keep_record(location.jurisdiction, served, born, today, reliance) {
                Keep::Always(why) => return WholeRecord::Always(why),
                Keep::Until(answer) if longest.as_ref().is_none_or(|(day, _)| *day < answer.verdict) => {
                    longest = Some((answer.verdict, answer.because));
                }
                Keep::Until(_) => {}
            }
        }
        if elsewhere {
            return missing("where and when the imported care was given");
        }
        longest.map_or_else(|| missing("a day of service"), |(day, because)| WholeRecord::Until(day, because))
    }

    /// The rules by which the record need not be kept on `today`; `None` where it has to be.
    pub fn over(&self, today: NaiveDate) -> Option<Vec<RuleId>> {
        match self {
            WholeRecord::Until(day, because) if *day < today => {
                Some(because.iter().map(|row| row.rule.clone()).collect())
            }
            _ => None,
        }
    }
}

/// Whether nothing more is done in a visit that stands so.
fn is_over(state: State) -> bool {
    match state {
        State::Closed | State::Cancelled | State::NoShow | State::Left | State::ProviderNoShow | State::Expired => true,
        State::NotScheduled => true,
        State::Requested
        | State::Scheduled
        | State::Arrived
        | State::CheckedIn
        | State::Roomed
        | State::Held
        | State::Admitted
        | State::Ended => false,
    }
}
