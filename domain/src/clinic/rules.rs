//! When a clinic can be registered, and when a rule can be reviewed for it.

use super::{
    Clinic, ClinicRegistered, Command, Event, LateArrivalPolicySet, NewClinic, Register, ReminderPolicySet, ReviewRule,
    RuleReviewed, SetLateArrivalPolicy, SetStaffNaming, StaffNamingSet,
};
use crate::law::{Law, RuleId};
use crate::visit::ReminderPolicy;
use crate::{Refusal, Request, Rules};

/// Longest grace period a clinic may set: a longer one would hide no-shows, not forgive lateness.
const MOST_GRACE_MINUTES: u16 = 240;

/// Why a request about a clinic's record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a clinic already.
    #[error("this clinic is already registered")]
    AlreadyRegistered,
    /// Too long a grace period.
    #[error("the grace period must be between 0 and 240 minutes")]
    GraceOutOfRange,
    /// The stream has no clinic yet.
    #[error("this clinic has no record yet; an administrator opens it with POST /v1/clinics")]
    NotRegistered,
    /// There is no such rule.
    #[error("there is no rule of this name; GET /v1/rules lists all")]
    UnknownRule,
    /// The rule says something else than what was reviewed.
    #[error("the rule's content is not the one that was reviewed; read it again and review that")]
    RuleChanged,
    /// The very same review is on record.
    #[error("this review is on record already")]
    AlreadyReviewed,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyRegistered => "already-registered",
            Error::GraceOutOfRange => "grace-out-of-range",
            Error::NotRegistered => "clinic-not-registered",
            Error::UnknownRule => "unknown-rule",
            Error::RuleChanged => "rule-changed",
            Error::AlreadyReviewed => "already-reviewed",
        }
    }
}

impl Rules for Clinic {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        match request.command {
            Command::Register(command, new) => self.register(command, new),
            Command::ReviewRule(rule, command) => self.review_rule(rule, command),
            Command::SetReminderPolicy(policy) => self.set_reminder_policy(policy),
            Command::SetStaffNaming(command) => self.set_staff_naming(command),
            Command::SetLateArrivalPolicy(command) => self.set_late_arrival_policy(command),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Clinic {
    fn register(&self, command: Register, new: NewClinic) -> Result<Vec<Event>, Error> {
        if self.is_registered() {
            return Err(Error::AlreadyRegistered);
        }
        let Register { name, time_zone, grace_minutes, simulated } = command;
        if grace_minutes > MOST_GRACE_MINUTES {
            return Err(Error::GraceOutOfRange);
        }
        Ok(vec![ClinicRegistered { clinic_id: new.clinic_id, name, time_zone, grace_minutes, simulated }.into()])
    }

    /// Whether to remind is the clinic's to say, and to take back.
    fn set_reminder_policy(&self, policy: ReminderPolicy) -> Result<Vec<Event>, Error> {
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        Ok(vec![ReminderPolicySet { policy }.into()])
    }

    fn set_late_arrival_policy(&self, command: SetLateArrivalPolicy) -> Result<Vec<Event>, Error> {
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        Ok(vec![LateArrivalPolicySet { responses: command.responses }.into()])
    }

    fn set_staff_naming(&self, command: SetStaffNaming) -> Result<Vec<Event>, Error> {
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        Ok(vec![StaffNamingSet { patients_see: command.patients_see }.into()])
    }

    /// A review is of a content: who read one wording cannot vouch for another.
    fn review_rule(&self, rule: RuleId, command: ReviewRule) -> Result<Vec<Event>, Error> {
        let ReviewRule { content_sha256, verdict } = command;
        if !self.is_registered() {
            return Err(Error::NotRegistered);
        }
        let known = Law::current().rule(&rule).ok_or(Error::UnknownRule)?;
        if known.content_sha256 != content_sha256 {
            return Err(Error::RuleChanged);
        }
        if self.reliance().reviews.get(&rule) == Some(&(content_sha256.clone(), verdict)) {
            return Err(Error::AlreadyReviewed);
        }
        Ok(vec![RuleReviewed { rule, content_sha256, verdict }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id, text};
    use crate::{Role, TimeZone};

    fn register(grace_minutes: u16) -> Command {
        let time_zone = TimeZone::try_from("America/Chicago").unwrap();
        let command = Register { name: text("Lakeside"), time_zone, grace_minutes, simulated: true };
        Command::Register(command, NewClinic { clinic_id: id(3) })
    }

    fn registered(grace_minutes: u16) -> Event {
        let time_zone = TimeZone::try_from("America/Chicago").unwrap();
        ClinicRegistered { clinic_id: id(3), name: text("Lakeside"), time_zone, grace_minutes, simulated: true }.into()
    }

    #[test]
    fn a_clinic_is_registered_once() {
        given::<Clinic>([]).when(Role::Administrator, register(15)).then([registered(15)]);
        given::<Clinic>([registered(15)]).when(Role::Administrator, register(15)).refused("already-registered");
    }

    #[test]
    fn a_review_is_of_a_rules_content_and_the_newest_one_counts() {
        use crate::Rules;
        use crate::law::{ReviewVerdict, Reviewed};

        let rule = Law::current().rules().next().unwrap();
        let asked = |content_sha256: &crate::Sha256Hex, verdict| {
            Command::ReviewRule(rule.id.clone(), ReviewRule { content_sha256: content_sha256.clone(), verdict })
        };
        let said = |verdict| -> Event {
            RuleReviewed { rule: rule.id.clone(), content_sha256: rule.content_sha256.clone(), verdict }.into()
        };
        let accept = || asked(&rule.content_sha256, ReviewVerdict::Accepted);
        let (accepted, rejected) = (said(ReviewVerdict::Accepted), said(ReviewVerdict::Rejected));
        let clinic = given::<Clinic>([registered(15)]);
        clinic.when(Role::Compliance, accept()).then([accepted.clone()]);
        let other = crate::Sha256Hex::of(&[b"another wording"]);
        clinic.when(Role::Compliance, asked(&other, ReviewVerdict::Accepted)).refused("rule-changed");
        let unknown = ReviewRule { content_sha256: other, verdict: ReviewVerdict::Accepted };
        let unknown = Command::ReviewRule("no.such.rule".try_into().unwrap(), unknown);
        clinic.when(Role::Compliance, unknown).refused("unknown-rule");
        given::<Clinic>([registered(15), accepted.clone()])
            .when(Role::Compliance, accept())
            .refused("already-reviewed");
        given::<Clinic>([]).when(Role::Compliance, accept()).refused("clinic-not-registered");

        let reliance = |events: &[Event]| Clinic::replay(events).reliance().on(rule);
        assert_eq!(reliance(&[registered(15)]), Ok(Reviewed::SimulatedOnly));
        assert_eq!(reliance(&[registered(15), accepted.clone()]), Ok(Reviewed::ByClinic));
        assert!(reliance(&[registered(15), accepted, rejected]).is_err());
    }

    #[test]
    fn a_clinic_says_which_reminders_its_patients_get_and_may_switch_them_off() {
        use crate::Rules;
        use crate::visit::example::reminder_policy;

        let set = |policy: &ReminderPolicy| Command::SetReminderPolicy(policy.clone());
        let said = |policy: &ReminderPolicy| -> Event { ReminderPolicySet { policy: policy.clone() }.into() };
        let (all, off) = (reminder_policy(), ReminderPolicy { kinds: [].into(), ..reminder_policy() });
        given::<Clinic>([registered(15)]).when(Role::Administrator, set(&all)).then([said(&all)]);
        given::<Clinic>([]).when(Role::Administrator, set(&all)).refused("clinic-not-registered");
        assert_eq!(Clinic::replay(&[registered(15)]).reminder_policy(), None);
        assert_eq!(Clinic::replay(&[registered(15), said(&all), said(&off)]).reminder_policy(), Some(&off));
    }

    #[test]
    fn a_clinic_says_what_is_done_of_who_comes_late() {
        use crate::Rules;
        use crate::visit::LateResponse;

        let responses = std::collections::BTreeSet::from([LateResponse::Reschedule]);
        let set = || Command::SetLateArrivalPolicy(SetLateArrivalPolicy { responses: responses.clone() });
        let said: Event = LateArrivalPolicySet { responses: responses.clone() }.into();
        given::<Clinic>([registered(15)]).when(Role::Administrator, set()).then([said.clone()]);
        given::<Clinic>([]).when(Role::Administrator, set()).refused("clinic-not-registered");
        assert_eq!(Clinic::replay(&[registered(15)]).late_responses().len(), 3);
        assert_eq!(Clinic::replay(&[registered(15), said]).late_responses(), responses);
    }

    #[test]
    fn a_clinic_says_how_staff_is_named_and_until_then_it_is_by_role() {
        use super::super::StaffNaming;
        use crate::Rules;

        let set = Command::SetStaffNaming(SetStaffNaming { patients_see: StaffNaming::Names });
        let said: Event = StaffNamingSet { patients_see: StaffNaming::Names }.into();
        given::<Clinic>([registered(15)]).when(Role::Administrator, set.clone()).then([said.clone()]);
        given::<Clinic>([]).when(Role::Administrator, set).refused("clinic-not-registered");
        assert_eq!(Clinic::replay(&[registered(15)]).staff_naming(), StaffNaming::Roles);
        assert_eq!(Clinic::replay(&[registered(15), said]).staff_naming(), StaffNaming::Names);
    }

    #[test]
    fn grace_has_an_end() {
        given::<Clinic>([]).when(Role::Administrator, register(240)).then([registered(240)]);
        given::<Clinic>([]).when(Role::Administrator, register(241)).refused("grace-out-of-range");
    }
}
