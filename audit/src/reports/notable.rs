//! Access worth a second look: at night, in bulk, of a namesake, of one's own record, and of a patient one has nothing to do
//! with. A sign is no verdict; what it may mean is for whoever asks. It speaks of staff alone, and only of what was shown.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{Datelike, NaiveTime, TimeDelta, Weekday};
use daybook_domain::{PatientId, Role, TimeZone};
use daybook_projections::{Reading, Readings};
use uuid::Uuid;

use super::term;
use crate::{Cell, Table};

/// Within what time many patients are bulk.
const A_WHILE: TimeDelta = TimeDelta::hours(1);

/// Begin the names of the policies that let a provider in who has a visit with the patient, or is asked to cosign in one.
const RELATION: [&str; 2] = ["provider-own-", "provider-asked-"];

/// What makes an access worth a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// When the clinic is closed.
    AfterHours,
    /// More patients' records within an hour than usual, one by one.
    Bulk,
    /// The reader's family name is the patient's.
    SameSurname,
    /// The reader is the patient.
    OwnRecord,
    /// A provider whom none of the policies let in that ask for a visit with the patient: through a broken glass.
    NoRelation,
}

/// What is known besides the facts themselves.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// Where the clinic's clocks are set.
    pub zone: TimeZone,
    /// When it opens and closes, from Monday to Friday.
    pub hours: (NaiveTime, NaiveTime),
    /// Beyond how many patients within an hour it is bulk.
    pub bulk: usize,
    /// Patients with the family name of a provider.
    pub namesakes: BTreeMap<Uuid, BTreeSet<PatientId>>,
    /// Which patients a subject has been, signing in as one.
    pub also_patients: BTreeMap<String, BTreeSet<PatientId>>,
}

/// One access and a sign it bears.
#[derive(Clone, Debug, PartialEq)]
pub struct Notable<'a> {
    pub reading: &'a Reading,
    pub sign: Sign,
    /// Of bulk: how many patients within the hour.
    pub patients: Option<usize>,
}

/// The family name of a provider, as their name ends; `None` where it is too short to be one that anybody is found by.
pub fn family_name(name: &str) -> Option<&str> {
    name.split_whitespace().next_back().filter(|family| family.chars().count() >= 2)
}

/// Every access with a sign, oldest first; one that bears several is there several times.
pub fn notable<'a>(readings: &'a [Reading], known: &Circumstances) -> Vec<Notable<'a>> {
    let (mut notable, mut recent) = (Vec::new(), BTreeMap::<&str, Recent>::new());
    for reading in readings.iter().filter(|reading| is_of_staff(reading) && !reading.denied) {
        let mut bears = |sign| notable.push(Notable { reading, sign, patients: None });
        if is_after_hours(reading, known) {
            bears(Sign::AfterHours);
        }
        // Lists show whoever is in them: only a record that was opened by itself was meant.
        let Some(patient) = reading.patients.first().copied().filter(|_| is_of_one(reading)) else { continue };
        if reading.person.is_some_and(|person| known.namesakes.get(&person).is_some_and(|all| all.contains(&patient))) {
            bears(Sign::SameSurname);
        }
        if known.also_patients.get(&reading.reader).is_some_and(|all| all.contains(&patient)) {
            bears(Sign::OwnRecord);
        }
        if reading.role == Role::Provider && !had_a_relation(reading) {
            bears(Sign::NoRelation);
        }
        let recent = recent.entry(&reading.reader).or_default();
        if let Some(patients) = recent.take(reading, patient, known.bulk) {
            notable.push(Notable { reading, sign: Sign::Bulk, patients: Some(patients) });
        }
    }
    notable
}

fn is_of_staff(reading: &Reading) -> bool {
    !matches!(reading.role, Role::Patient | Role::System)
}

fn is_of_one(reading: &Reading) -> bool {
    ["patient", "visit"].contains(&reading.resource_kind.as_str())
}

/// The policies asked for the relation when it was read; later visits and handovers do not change what they found.
fn had_a_relation(reading: &Reading) -> bool {
    reading.policies.iter().any(|policy| RELATION.iter().any(|relation| policy.as_str().starts_with(relation)))
}

fn is_after_hours(reading: &Reading, known: &Circumstances) -> bool {
    let local = known.zone.local(reading.at);
    let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    weekend || !(known.hours.0..known.hours.1).contains(&local.time())
}

/// What one reader opened within the last hour.
#[derive(Default)]
struct Recent<'a> {
    opened: VecDeque<(&'a Reading, PatientId)>,
    is_bulk: bool,
}

impl<'a> Recent<'a> {
    /// How many patients it is now, where this record is the one that makes it bulk.
    fn take(&mut self, reading: &'a Reading, patient: PatientId, bulk: usize) -> Option<usize> {
        self.opened.push_back((reading, patient));
        while self.opened.front().is_some_and(|(first, _)| reading.at - first.at >= A_WHILE) {
            self.opened.pop_front();
        }
        let patients = self.opened.iter().map(|(_, patient)| patient).collect::<BTreeSet<_>>().len();
        let was_bulk = std::mem::replace(&mut self.is_bulk, patients > bulk);
        (self.is_bulk && !was_bulk).then_some(patients)
    }
}

/// As a report.
pub fn notable_accesses(found: &Readings, known: &Circumstances) -> Table {
    let columns = [
        "at",
        "sign",
        "reader",
        "role",
        "action",
        "resource",
        "patients",
        "patients_within_the_hour",
        "purpose",
        "position",
    ];
    let (opens, closes) = known.hours;
    let mut table = Table::new("Access worth a second look", &columns)
        .note("A sign is no verdict.")
        .note(format!(
            "After hours: before {opens} or from {closes} on by the clinic's clocks, or at a weekend. Bulk: more than {} patients' \
             records within an hour, opened one by one.",
            known.bulk
        ))
        .note(
            "Namesakes are looked up for providers, whose names the clinic's record has; a family name of up to four letters is \
             found by its beginning. Whether a provider had a relation is what the policies found when the record was opened. One's own record is noticed of those who signed in as a patient \
             under the same identity.",
        );
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    for Notable { reading, sign, patients } in notable(&found.readings, known) {
        table.row([
            reading.at.into(),
            term(&sign),
            reading.reader.as_str().into(),
            term(&reading.role),
            reading.action.as_str().into(),
            reading.resource_kind.as_str().into(),
            Cell::list(&reading.patients),
            Cell::of(patients),
            term(&reading.purpose),
            reading.position.into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::reports::example::{id, reading};

    const PROVIDER: u128 = 2;

    fn known() -> Circumstances {
        Circumstances {
            zone: "America/Chicago".try_into().unwrap(),
            hours: ("07:00:00".parse().unwrap(), "19:00:00".parse().unwrap()),
            bulk: 3,
            ..Circumstances::default()
        }
    }

    /// A Monday, by the clock in Chicago.
    fn monday(time: &str) -> DateTime<Utc> {
        format!("2026-03-02T{time}-06:00").parse().unwrap()
    }

    fn opened(at: DateTime<Utc>, patient: u128) -> Reading {
        let policies = vec!["provider-own-visit-reads".try_into().unwrap()];
        let patients = [id(patient)].into();
        Reading { at, patients, policies, person: Some(id(PROVIDER)), ..reading("dr-7", Role::Provider) }
    }

    fn signs(readings: &[Reading], known: &Circumstances) -> Vec<Sign> {
        notable(readings, known).into_iter().map(|notable| notable.sign).collect()
    }

    #[test]
    fn a_usual_look_bears_no_sign() {
        assert_eq!(signs(&[opened(monday("10:00:00"), 1)], &known()), []);
    }

    #[test]
    fn night_and_weekend_are_by_the_clinics_clocks() {
        for (at, expected) in [
            (monday("06:59:59"), vec![Sign::AfterHours]),
            (monday("07:00:00"), vec![]),
            (monday("18:59:59"), vec![]),
            (monday("19:00:00"), vec![Sign::AfterHours]),
            ("2026-03-01T12:00:00-06:00".parse().unwrap(), vec![Sign::AfterHours]),
        ] {
            assert_eq!(signs(&[opened(at, 1)], &known()), expected, "{at}");
        }
    }

    #[test]
    fn a_namesake_ones_own_record_and_a_stranger_are_noticed() {
        let at = monday("10:00:00");
        let namesakes = BTreeMap::from([(id(PROVIDER), BTreeSet::from([id(1)]))]);
        assert_eq!(signs(&[opened(at, 1)], &Circumstances { namesakes, ..known() }), [Sign::SameSurname]);
        let also_patients = BTreeMap::from([("dr-7".to_owned(), BTreeSet::from([id(1)]))]);
        assert_eq!(signs(&[opened(at, 1)], &Circumstances { also_patients, ..known() }), [Sign::OwnRecord]);
        let glass = vec!["break-glass-reads-visit".try_into().unwrap()];
        assert_eq!(signs(&[Reading { policies: glass, ..opened(at, 9) }], &known()), [Sign::NoRelation]);
        let desk = Reading { at, patients: [id(9)].into(), ..reading("desk-7", Role::FrontDesk) };
        assert_eq!(signs(&[desk], &known()), [], "the desk has to do with everybody");
    }

    #[test]
    fn lists_patients_programs_and_who_was_turned_away_are_not_noticed() {
        let at = monday("10:00:00");
        let resource_kind = "waiting-room".try_into().unwrap();
        let list = Reading { resource_kind, resource_id: None, policies: vec![], ..opened(at, 9) };
        let denied = Reading { denied: true, ..opened(at, 9) };
        let patient = Reading { role: Role::Patient, ..opened(monday("03:00:00"), 9) };
        let program = Reading { role: Role::System, ..opened(monday("03:00:00"), 9) };
        assert_eq!(signs(&[list, denied, patient, program], &known()), []);
    }

    #[test]
    fn bulk_is_told_once_until_it_is_over() {
        let known = known();
        let at = |minute| monday("10:00:00") + TimeDelta::minutes(minute);
        let many: Vec<_> = (1..7_u8).map(|n| opened(at(n.into()), n.into())).collect();
        let told = notable(&many, &known);
        assert_eq!(told.iter().map(|it| (it.reading.at, it.patients)).collect::<Vec<_>>(), [(at(4), Some(4))]);
        let again: Vec<_> =
            many.iter().cloned().chain((1..5).map(|n| opened(at(200 + i64::from(n)), n as u128))).collect();
        assert_eq!(signs(&again, &known), [Sign::Bulk, Sign::Bulk]);
        let same: Vec<_> = (0..50).map(|minute| opened(at(minute), 1)).collect();
        assert_eq!(signs(&same, &known), [], "one patient often is not many");
    }

    proptest! {
        /// Counted the slow way, for every record opened.
        #[test]
        fn bulk_begins_exactly_where_an_hour_holds_too_many(
            steps in prop::collection::vec((0..50i64, 1..9u128, 0..2u8), 0..60), bulk in 1..6usize
        ) {
            let known = Circumstances { bulk, ..known() };
            let mut at = monday("08:00:00");
            let readings: Vec<_> = steps.iter().map(|(minutes, patient, reader)| {
                at += TimeDelta::minutes(*minutes);
                Reading { reader: format!("dr-{reader}"), ..opened(at, *patient) }
            }).collect();
            let within = |index: usize| {
                let last = &readings[index];
                readings[..=index].iter()
                    .filter(|one| one.reader == last.reader && last.at - one.at < A_WHILE)
                    .flat_map(|one| one.patients.clone()).collect::<BTreeSet<_>>().len()
            };
            let mut expected = Vec::new();
            for index in 0..readings.len() {
                let before = readings[..index].iter().rposition(|one| one.reader == readings[index].reader);
                let was = before.is_some_and(|before| within(before) > bulk);
                if within(index) > bulk && !was {
                    expected.push(within(index));
                }
            }
            let told = notable(&readings, &known);
            let told: Vec<_> = told.iter().filter(|it| it.sign == Sign::Bulk).filter_map(|it| it.patients).collect();
            prop_assert_eq!(told, expected);
        }
    }
}
