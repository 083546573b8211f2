//! Random bookings, moves and cancellations over midnights: no two visits of a provider ever share a moment, and the
//! calendars hold exactly the visits that stand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::given::{PROVIDER, actor, id, now};
use crate::{Request, Role, Rules, VisitId};

proptest! {
    #[test]
    fn live_visits_never_overlap(asks in proptest::collection::vec((0..8_u128, 0..(3 * 288_i64), 5..480_u16, 0..4_u8), 1..120)) {
        let mut calendars: BTreeMap<NaiveDate, Calendar> = BTreeMap::new();
        let mut live: BTreeMap<VisitId, (chrono::DateTime<chrono::Utc>, u16)> = BTreeMap::new();
        for (visit, fives, duration_minutes, what) in asks {
            let (visit_id, starts_at): (VisitId, _) = (id(visit), now() + Duration::minutes(5 * fives));
            let before = live.get(&visit_id).copied();
            let old: BTreeSet<_> = before.into_iter().flat_map(|(start, minutes)| days(start, minutes)).collect();
            let new: BTreeSet<_> = match what {
                0 => BTreeSet::new(), // called off
                _ => days(starts_at, duration_minutes).into_iter().collect(),
            };
            // As a command does: every day decides, and either all of it happens or nothing.
            let decided: Result<Vec<_>, Error> = old.union(&new).map(|day| {
                let (day, provider_id) = (*day, id(PROVIDER));
                let command = match new.contains(&day) {
                    true => Command::Book(Book { provider_id, day, visit_id, starts_at, duration_minutes, overbook: None, hold_id: None }),
                    false => Command::Free(Free { provider_id, day, visit_id }),
                };
                let request = Request { at: now(), actor: actor(Role::FrontDesk), command };
                Ok((day, calendars.entry(day).or_default().decide(request)?))
            }).collect();
            let wanted = Slot::new(starts_at, duration_minutes);
            let others = live.iter().filter(|(other, _)| **other != visit_id);
            let clash = what != 0 && others.into_iter().any(|(_, (start, minutes))| Slot::new(*start, *minutes).overlaps(&wanted));
            prop_assert_eq!(decided.is_err(), clash, "refused exactly where somebody else has the time");
            let Ok(decided) = decided else { continue };
            for (day, events) in decided {
                events.iter().for_each(|event| calendars.entry(day).or_default().evolve(event));
            }
            match what {
                0 => live.remove(&visit_id),
                _ => live.insert(visit_id, (starts_at, duration_minutes)),
            };
        }
        let told: BTreeSet<_> = calendars.iter().flat_map(|(day, calendar)| {
            calendar.slots().iter().map(|(visit, slot)| (*visit, *day, slot.starts_at))
        }).collect();
        let stand: BTreeSet<_> = live.iter().flat_map(|(visit, (start, minutes))| {
            days(*start, *minutes).into_iter().map(|day| (*visit, day, *start))
        }).collect();
        prop_assert_eq!(told, stand, "calendars and visits agree");
    }
}
