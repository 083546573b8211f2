//! Which reminder is due. A reminder is of a visit at one start: once that is moved or called off, it is never sent.

use chrono::{DateTime, Utc};

use super::{
    IntendReminder, NotSentReason, RecordReminderNotSent, Reminder, ReminderFacts, ReminderIntended, ReminderKind,
    ReminderNotSent, ReminderPolicy,
};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

impl Visit {
    /// The reminders that are to be intended at that moment.
    pub fn due_reminders(&self, at: DateTime<Utc>, policy: &ReminderPolicy) -> Vec<ReminderKind> {
        let kinds = ReminderKind::ALL.into_iter();
        kinds.filter(|kind| self.require_due(*kind, at, Some(policy)).is_ok()).collect()
    }

    /// The reminders that were intended and of which nobody knows yet what became of them, each with why it must not be
    /// sent any more, if it must not.
    pub fn open_reminders(&self) -> impl Iterator<Item = (Reminder, Option<NotSentReason>)> {
        let open = self.reminders().iter().filter(|reminder| reminder.not_sent.is_none());
        open.map(|reminder| (*reminder, self.superseded(reminder).then_some(NotSentReason::Superseded)))
    }

    /// Whether what it reminds of is no longer so.
    pub fn superseded(&self, reminder: &Reminder) -> bool {
        self.state() != State::Scheduled || self.starts_at() != Some(reminder.starts_at)
    }

    pub(in crate::visit) fn intend_reminder(
        &self,
        command: IntendReminder,
        facts: &ReminderFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &[Role::System], "intend-reminder", "the installation itself")?;
        let kind = command.kind;
        let (starts_at, channel) = self.require_due(kind, at, facts.policy.as_ref())?;
        Ok(ReminderIntended { kind, channel, starts_at, due_at: kind.due_at(starts_at) }.into())
    }

    /// Passes for a reminder the clinic wants, whose time has come and is not over, and that was not intended before.
    fn require_due(
        &self,
        kind: ReminderKind,
        at: DateTime<Utc>,
        policy: Option<&ReminderPolicy>,
    ) -> Result<(DateTime<Utc>, super::ReminderChannel), Error> {
        const HINT: &str = "only of a visit that is expected the patient is reminded";
        self.require(&[State::Scheduled], "intend-reminder", HINT)?;
        let starts_at = self.starts_at().ok_or_else(|| self.wrong_state("intend-reminder", HINT))?;
        let policy = policy.filter(|policy| policy.kinds.contains(&kind)).ok_or(Error::ReminderNotWanted)?;
        if at < kind.due_at(starts_at) || at >= kind.over_at(starts_at) {
            return Err(Error::ReminderNotDue);
        }
        if self.reminders().get(kind, starts_at).is_some() {
            return Err(Error::ReminderIntendedAlready);
        }
        Ok((starts_at, policy.channel))
    }

    /// What it was for is no condition: whatever became of the visit, that it was not sent is a fact.
    pub(in crate::visit) fn record_reminder_not_sent(
        &self,
        command: RecordReminderNotSent,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &[Role::System], "record-reminder-not-sent", "the installation itself")?;
        let RecordReminderNotSent { kind, starts_at, reason } = command;
        match self.reminders().get(kind, starts_at) {
            None => Err(Error::UnknownReminder),
            Some(reminder) if reminder.not_sent.is_some() => Err(Error::ReminderOutcomeKnown),
            Some(_) => Ok(ReminderNotSent { kind, starts_at, reason }.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::Rules;
    use crate::given::{Given, given};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, reminder_policy, starts_at, story};

    fn at(minutes_before: i64) -> DateTime<Utc> {
        starts_at() - Duration::minutes(minutes_before)
    }

    fn intend(kind: ReminderKind, policy: Option<ReminderPolicy>) -> Command {
        Command::IntendReminder(IntendReminder { kind }, ReminderFacts { policy })
    }

    fn expected(minutes_before: i64) -> Given<Visit> {
        given::<Visit>([scheduled()]).at(at(minutes_before))
    }

    #[test]
    fn each_reminder_has_its_time_and_they_never_come_at_once() {
        let due = |minutes| Visit::replay(&[scheduled()]).due_reminders(at(minutes), &reminder_policy());
        assert_eq!(due(24 * 60 + 1), []);
        assert_eq!(due(24 * 60), [ReminderKind::DayBefore]);
        assert_eq!(due(61), [ReminderKind::DayBefore]);
        assert_eq!(due(60), [ReminderKind::HourBefore]);
        assert_eq!(due(1), [ReminderKind::HourBefore]);
        assert_eq!(due(0), []);
    }

    #[test]
    fn the_installation_intends_what_is_due_and_wanted_once() {
        let kind = ReminderKind::DayBefore;
        expected(120).when(Role::System, intend_reminder()).then([reminder_intended()]);
        expected(120).when(Role::FrontDesk, intend_reminder()).refused("role-not-permitted");
        expected(25 * 60).when(Role::System, intend_reminder()).refused("reminder-not-due");
        expected(60).when(Role::System, intend_reminder()).refused("reminder-not-due");
        expected(120).when(Role::System, intend(kind, None)).refused("reminder-not-wanted");
        let off = ReminderPolicy { kinds: [].into(), ..reminder_policy() };
        expected(120).when(Role::System, intend(kind, Some(off))).refused("reminder-not-wanted");
        let again = given::<Visit>([scheduled(), reminder_intended()]).at(at(90));
        again.when(Role::System, intend_reminder()).refused("reminder-intended-already");
    }

    #[test]
    fn only_who_is_expected_is_reminded() {
        for state in State::ALL.into_iter().filter(|state| *state != State::Scheduled) {
            given::<Visit>(story(state)).at(at(120)).when(Role::System, intend_reminder()).refused("wrong-state");
        }
    }

    #[test]
    fn a_visit_that_moved_is_reminded_of_anew_and_never_of_the_old_time() {
        let moved = Visit::replay(&[scheduled(), reminder_intended(), rescheduled()]);
        let open: Vec<_> = moved.open_reminders().collect();
        assert_eq!((open.len(), open[0].1), (1, Some(NotSentReason::Superseded)));
        let day_later = Duration::days(1);
        assert_eq!(moved.due_reminders(at(120), &reminder_policy()), [], "it is not due at the new time");
        assert_eq!(moved.due_reminders(at(120) + day_later, &reminder_policy()), [ReminderKind::DayBefore]);
        let called_off = Visit::replay(&[scheduled(), reminder_intended(), cancelled()]);
        assert_eq!(called_off.open_reminders().next().unwrap().1, Some(NotSentReason::Superseded));
        let stands = Visit::replay(&[scheduled(), reminder_intended()]);
        assert_eq!(stands.open_reminders().next().unwrap().1, None);
    }

    #[test]
    fn what_became_of_a_reminder_is_said_once() {
        let intended = given::<Visit>([scheduled(), reminder_intended()]);
        intended.when(Role::System, record_reminder_not_sent()).then([reminder_not_sent()]);
        intended.when(Role::FrontDesk, record_reminder_not_sent()).refused("role-not-permitted");
        given::<Visit>([scheduled()]).when(Role::System, record_reminder_not_sent()).refused("unknown-reminder");
        let known = [scheduled(), reminder_intended(), reminder_not_sent()];
        given::<Visit>(known.clone()).when(Role::System, record_reminder_not_sent()).refused("reminder-outcome-known");
        assert_eq!(Visit::replay(&known).open_reminders().count(), 0);
        // Also of a visit that is over.
        given::<Visit>([scheduled(), reminder_intended(), cancelled()])
            .when(Role::System, record_reminder_not_sent())
            .then([reminder_not_sent()]);
    }
}
