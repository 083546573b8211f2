//! When a review is opened, decided and closed.

use super::{
    AccessDecision, AccessLineDecided, AccessReview, AccessReviewClosed, AccessReviewOpened, Command, DecideAccessLine,
    Event, NewAccessReview,
};
use crate::{Actor, Refusal, Request, Rules};

/// Lines of one review, at most: what fits one fact.
pub const MOST_LINES: usize = 2_000;

/// Why a request about an access review is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a review already.
    #[error("this review is open already; open another one")]
    AlreadyOpened,
    /// The stream has no review.
    #[error("there is no such access review")]
    UnknownAccessReview,
    /// Nobody was shown anything.
    #[error("nobody used a role in that time, so there is nothing to review")]
    NothingToReview,
    /// More than fit one fact.
    #[error("more than 2000 people and roles; choose a shorter time")]
    TooManyAccessLines,
    /// No such line.
    #[error("the review has no such line")]
    UnknownAccessLine,
    /// A reason that speaks for the other decision.
    #[error("this reason does not speak for this decision")]
    ReasonContradictsDecision,
    /// One's own.
    #[error("nobody decides about their own access; another person has to")]
    SecondPersonNeeded,
    /// It is over.
    #[error("this review is closed; open another one")]
    AccessReviewClosed,
    /// Not yet.
    #[error("{undecided} lines are not decided; a review is closed when all are")]
    LinesUndecided {
        /// How many.
        undecided: usize,
    },
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyOpened => "already-opened",
            Error::UnknownAccessReview => "unknown-access-review",
            Error::NothingToReview => "nothing-to-review",
            Error::TooManyAccessLines => "too-many-access-lines",
            Error::UnknownAccessLine => "unknown-access-line",
            Error::ReasonContradictsDecision => "reason-contradicts-decision",
            Error::SecondPersonNeeded => "second-person-needed",
            Error::AccessReviewClosed => "access-review-closed",
            Error::LinesUndecided { .. } => "lines-undecided",
        }
    }
}

impl Rules for AccessReview {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        let by = &request.actor;
        let event = match request.command {
            Command::Open(new) => self.open(new, by)?,
            _ if self.id().is_none() => return Err(Error::UnknownAccessReview),
            _ if self.closed_by().is_some() => return Err(Error::AccessReviewClosed),
            Command::Decide(command) => self.decide_line(command, by)?,
            Command::Close => self.close(by)?,
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl AccessReview {
    fn open(&self, new: NewAccessReview, by: &Actor) -> Result<Event, Error> {
        if self.id().is_some() {
            return Err(Error::AlreadyOpened);
        }
        if new.lines.is_empty() {
            return Err(Error::NothingToReview);
        }
        if new.lines.len() > MOST_LINES {
            return Err(Error::TooManyAccessLines);
        }
        let NewAccessReview { access_review_id, from, to, as_of_position, lines } = new;
        let opened_by = by.subject.clone();
        Ok(AccessReviewOpened { access_review_id, from, to, as_of_position, lines, opened_by }.into())
    }

    fn decide_line(&self, command: DecideAccessLine, by: &Actor) -> Result<Event, Error> {
        let DecideAccessLine { line, decision, reason } = command;
        let found = self.lines().iter().find(|found| found.line == line).ok_or(Error::UnknownAccessLine)?;
        if found.subject == by.subject {
            return Err(Error::SecondPersonNeeded);
        }
        if !reason.speaks_for(decision) {
            return Err(Error::ReasonContradictsDecision);
        }
        Ok(AccessLineDecided { line, decision, reason, decided_by: by.subject.clone() }.into())
    }

    fn close(&self, by: &Actor) -> Result<Event, Error> {
        match self.undecided() {
            0 => Ok(AccessReviewClosed {
                kept: self.count(AccessDecision::Keep) as u32,
                removed: self.count(AccessDecision::Remove) as u32,
                closed_by: by.subject.clone(),
            }
            .into()),
            undecided => Err(Error::LinesUndecided { undecided }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::AccessReason;
    use super::*;
    use crate::Role;
    use crate::access_review::example::{close, closed, decide, decided, open, opened};
    use crate::given::given;
    use crate::patient::example::person;

    #[test]
    fn it_is_opened_once_with_somebody_to_review() {
        given::<AccessReview>([]).when_by(person("officer-1"), open(2)).then([opened(2)]);
        given::<AccessReview>([opened(2)]).when_by(person("officer-1"), open(2)).refused("already-opened");
        given::<AccessReview>([]).when(Role::Compliance, open(0)).refused("nothing-to-review");
        given::<AccessReview>([]).when(Role::Compliance, open(2_001)).refused("too-many-access-lines");
        for command in [decide(1), close()] {
            given::<AccessReview>([]).when(Role::Compliance, command).refused("unknown-access-review");
        }
    }

    #[test]
    fn a_line_is_decided_by_another_person_for_a_reason_that_fits() {
        let open = given::<AccessReview>([opened(2)]);
        open.when_by(person("officer-2"), decide(1)).then([decided(1)]);
        open.when_by(person("staff-1"), decide(1)).refused("second-person-needed");
        open.when_by(person("officer-2"), decide(3)).refused("unknown-access-line");
        let with = |decision, reason| Command::Decide(DecideAccessLine { line: 1, decision, reason });
        for (decision, reason) in [
            (AccessDecision::Keep, AccessReason::Left),
            (AccessDecision::Keep, AccessReason::Misused),
            (AccessDecision::Remove, AccessReason::Needed),
        ] {
            open.when_by(person("officer-2"), with(decision, reason)).refused("reason-contradicts-decision");
        }
    }

    #[test]
    fn it_is_closed_when_every_line_is_decided_and_stays_closed() {
        let half = given::<AccessReview>([opened(2), decided(1), decided(1)]);
        half.when_by(person("officer-1"), close()).refused("lines-undecided");
        let whole = given::<AccessReview>([opened(2), decided(1), decided(2)]);
        whole.when_by(person("officer-1"), close()).then([closed()]);
        let over = given::<AccessReview>([opened(2), decided(1), decided(2), closed()]);
        for command in [decide(1), close()] {
            over.when_by(person("officer-2"), command).refused("access-review-closed");
        }
    }

    proptest! {
        /// However the lines are decided, it closes exactly when none is left, and counts each line once.
        #[test]
        fn it_closes_exactly_when_none_is_left(lines in 1..6u32, picks in prop::collection::vec(1..6u32, 0..20)) {
            let picked: Vec<_> = picks.into_iter().filter(|line| *line <= lines).collect();
            let mut events = vec![opened(lines)];
            events.extend(picked.iter().map(|line| decided(*line)));
            let left = (1..=lines).filter(|line| !picked.contains(line)).count();
            let closing = given::<AccessReview>(events).when_by(person("officer-1"), close());
            if left > 0 {
                closing.refused("lines-undecided");
            } else {
                let [Event::AccessReviewClosed(closed)] = &closing.events()[..] else { panic!("one event") };
                prop_assert_eq!(closed.kept + closed.removed, lines);
            }
        }
    }
}
