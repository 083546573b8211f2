//! What is asked on a day: by whom and when is settled when it is asked.

use proptest::prelude::*;

use crate::law::ReviewVerdict;
use crate::visit::example;

/// Patients of the clinic: one of age, and two who are not.
pub const PATIENTS: [(u128, &str); 3] = [(1, "1980-02-29"), (3, "2014-01-07"), (4, "2009-03-03")];
/// Providers of the clinic.
pub const PROVIDERS: [u128; 3] = [2, 88, 89];

/// Rules that the examples are judged by.
const RULES: [&str; 4] = ["majority.18", "billing-code.office", "billing-modifier.95", "billing-place.home"];

/// A command of the day. Numbers choose among what there is, whatever it is by then.
#[derive(Clone, Debug)]
pub enum What {
    Schedule {
        patient: usize,
        provider: usize,
        quarter: i64,
        overbook: bool,
        hold: Option<usize>,
    },
    Hold {
        provider: usize,
        quarter: i64,
    },
    Request {
        patient: usize,
        place: &'static str,
    },
    Claim {
        provider: usize,
        overbook: bool,
    },
    Reschedule {
        quarter: i64,
        overbook: bool,
    },
    Cancel,
    HandOver {
        provider: usize,
        overbook: bool,
    },
    /// Whatever the visit needs next on its way from arrival to the bill.
    Next,
    Attest(&'static str),
    Admit,
    NoShow,
    ProviderNoShow,
    Consent,
    Authority {
        patient: usize,
        days: u64,
    },
    EndAuthority(usize),
    VerifyProxy(u64),
    ProxyConsent,
    Cosigner {
        provider: usize,
    },
    Charge,
    License {
        provider: usize,
        place: &'static str,
        from: i64,
        to: i64,
    },
    Revoke {
        provider: usize,
        place: &'static str,
    },
    Hours {
        provider: usize,
        opens: u32,
    },
    Review(&'static str, ReviewVerdict),
    /// A resource of another system's export: which, about whom, with which content.
    Import {
        resource: u128,
        patient: usize,
        content: u8,
    },
    OpenSession {
        provider: usize,
    },
    Join(usize),
    LeaveSession,
    CloseSession(usize),
    /// One of the examples, of whichever command.
    Example(usize),
}

/// A command, of which visit, how many minutes after the one before, and how many others are appended between its decision
/// and its own append.
#[derive(Clone, Debug)]
pub struct Ask {
    pub what: What,
    pub visit: usize,
    pub minutes: i64,
    pub lag: usize,
    pub stranger: bool,
}

fn what() -> impl Strategy<Value = What> {
    let provider = || 0..PROVIDERS.len();
    let quarter = || 0..24_i64;
    let place = || prop_oneof![2 => Just("WI"), 1 => Just("MN")];
    let verdict = prop_oneof![3 => Just(ReviewVerdict::Accepted), 1 => Just(ReviewVerdict::Rejected)];
    let often = prop_oneof![
        40 => Just(What::Next),
        3 => (0..3_usize, provider(), quarter(), any::<bool>(), proptest::option::of(0..2_usize))
            .prop_map(|(patient, provider, quarter, overbook, hold)| What::Schedule { patient, provider, quarter, overbook, hold }),
        1 => (quarter(), any::<bool>()).prop_map(|(quarter, overbook)| What::Reschedule { quarter, overbook }),
        1 => (provider(), any::<bool>()).prop_map(|(provider, overbook)| What::HandOver { provider, overbook }),
        1 => (provider(), quarter()).prop_map(|(provider, quarter)| What::Hold { provider, quarter }),
        1 => Just(What::Cancel),
        1 => (0..3_usize, place()).prop_map(|(patient, place)| What::Request { patient, place }),
        2 => (provider(), any::<bool>()).prop_map(|(provider, overbook)| What::Claim { provider, overbook }),
        3 => (0..example::commands::all().len()).prop_map(What::Example),
    ];
    let seldom = prop_oneof![
        1 => place().prop_map(What::Attest),
        1 => Just(What::Admit),
        1 => Just(What::NoShow),
        1 => Just(What::ProviderNoShow),
        1 => Just(What::Consent),
        1 => (0..3_usize, 0..3_u64).prop_map(|(patient, days)| What::Authority { patient, days }),
        3 => (0..3_usize).prop_map(What::EndAuthority),
        2 => (0..3_u64).prop_map(What::VerifyProxy),
        4 => Just(What::ProxyConsent),
        1 => provider().prop_map(|provider| What::Cosigner { provider }),
        2 => Just(What::Charge),
        1 => (provider(), place(), -2..2_i64, 0..3_i64)
            .prop_map(|(provider, place, from, to)| What::License { provider, place, from, to }),
        1 => (provider(), place()).prop_map(|(provider, place)| What::Revoke { provider, place }),
        1 => (provider(), 6..14_u32).prop_map(|(provider, opens)| What::Hours { provider, opens }),
        3 => (0..RULES.len(), verdict).prop_map(|(rule, verdict)| What::Review(RULES[rule], verdict)),
        1 => (0..3_u128, 0..3_usize, 0..3_u8)
            .prop_map(|(resource, patient, content)| What::Import { resource, patient, content }),
        1 => provider().prop_map(|provider| What::OpenSession { provider }),
        1 => (0..2_usize).prop_map(What::Join),
        1 => Just(What::LeaveSession),
        1 => (0..2_usize).prop_map(What::CloseSession),
    ];
    prop_oneof![3 => often, 2 => seldom]
}

/// A day: whether the clinic is simulated, at which hour it begins, and what is asked.
pub fn days() -> impl Strategy<Value = (bool, i64, Vec<Ask>)> {
    let stranger = proptest::bool::weighted(0.05);
    let lag = prop_oneof![3 => Just(0_usize), 2 => 1..4_usize];
    let ask = (what(), 0..4_usize, 0..9_i64, lag, stranger).prop_map(|(what, visit, minutes, lag, stranger)| Ask {
        what,
        visit,
        minutes,
        lag,
        stranger,
    });
    (proptest::bool::weighted(0.7), 8..22_i64, proptest::collection::vec(ask, 20..160))
}
