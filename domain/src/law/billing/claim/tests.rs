use proptest::prelude::*;

use super::*;

/// A video visit at home under a code that is chosen by decision making.
struct Put {
    code: ProcedureCode,
    modifiers: Vec<Modifier>,
    place: Option<PlaceOfService>,
    payer: PayerClass,
    delivery: Delivery,
    at_home: bool,
    basis: Option<Basis>,
    minutes: Option<u16>,
    reason: Option<AudioOnlyReason>,
    on: NaiveDate,
}

fn put(code: &str) -> Put {
    Put {
        code: code.try_into().unwrap(),
        modifiers: Vec::new(),
        place: None,
        payer: PayerClass::Commercial,
        delivery: Delivery::AudioVideo,
        at_home: true,
        basis: Some(Basis::MedicalDecisionMaking),
        minutes: None,
        reason: None,
        on: day("2026-03-02"),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl Put {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn modified(self, modifiers: &[&str]) -> Self {
        self.with(|put| put.modifiers = modifiers.iter().map(|text| Modifier::try_from(*text).unwrap()).collect())
    }

    fn by_phone(self) -> Self {
        self.with(|put| put.delivery = Delivery::AudioOnly)
    }

    fn medicare(self) -> Self {
        self.with(|put| put.payer = PayerClass::Medicare)
    }

    fn on(self, text: &str) -> Self {
        self.with(|put| put.on = day(text))
    }

    fn chosen_by(self, basis: Option<Basis>) -> Self {
        self.with(|put| put.basis = basis)
    }

    fn at(self, place: &str) -> Self {
        self.with(|put| put.place = Some(place.try_into().unwrap()))
    }

    fn timed(self, minutes: u16) -> Self {
        self.chosen_by(Some(Basis::Time)).with(|put| put.minutes = Some(minutes))
    }

    fn judged_by(&self, reliance: &Reliance) -> Result<Explained<Judged>, Objection> {
        let claim = Claim {
            code: &self.code,
            modifiers: &self.modifiers,
            place: self.place,
            payer: self.payer,
            delivery: self.delivery,
            patient_at_home: self.at_home,
            basis: self.basis,
            minutes: self.minutes,
            audio_only_reason: self.reason,
        };
        Law::current().judge_claim(&claim, self.on, reliance)
    }

    #[track_caller]
    fn accepted(&self) -> Judged {
        match self.judged_by(&Reliance::simulated()) {
            Ok(judged) => judged.verdict,
            Err(error) => panic!("{}: {error}", error.code()),
        }
    }

    #[track_caller]
    fn refused(&self, code: &str) -> String {
        let error = self.judged_by(&Reliance::simulated()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        error.to_string()
    }
}

#[test]
fn the_place_of_service_follows_from_where_the_patient_was_and_the_day() {
    let place = |put: Put| put.accepted().place.as_str().to_owned();
    assert_eq!(place(put("99213")), "10");
    assert_eq!(place(put("99213").with(|put| put.at_home = false)), "02");
    assert_eq!(place(put("99213").on("2021-12-31")), "02");
    assert_eq!(place(put("99213").on("2022-01-01")), "10");
    assert_eq!(place(put("99213").at("10")), "10");
    let said = put("99213").at("02").refused("place-of-service-wrong");
    assert!(said.contains("is 10"), "{said}");
    put("99213").at("11").refused("place-of-service-wrong");
    put("99213").on("2016-12-31").refused("code-not-on-that-day");
}

#[test]
fn a_code_that_does_not_exist_on_the_day_is_refused() {
    let phone = |on: &str| put("99442").by_phone().timed(15).on(on);
    phone("2024-12-31").accepted();
    let said = phone("2025-01-01").refused("code-not-on-that-day");
    assert!(said.contains("2025-01-01") && said.contains("98008"), "{said}");
    put("98002").on("2025-01-01").accepted();
    put("98002").on("2024-12-31").refused("code-not-on-that-day");
}

#[test]
fn an_ordinary_code_no_row_knows_is_taken_by_its_shape_and_reported_as_not_checked() {
    let judged = put("99347").chosen_by(None).accepted();
    assert!(judged.unchecked.contains(&Unchecked::CodeNotChecked));
    assert!(judged.unchecked.contains(&Unchecked::PayerNotChecked));
    assert!(!put("99213").accepted().unchecked.contains(&Unchecked::CodeNotChecked));
}

#[test]
fn a_code_for_one_way_of_holding_a_visit_is_refused_for_the_other() {
    put("98002").by_phone().refused("code-contradicts-modality");
    put("98010").refused("code-contradicts-modality");
    put("98010").by_phone().accepted();
    put("99213").by_phone().accepted();
}

#[test]
fn a_modifier_that_contradicts_how_the_visit_was_held_is_refused() {
    for (modifier, held) in [
        ("93", Delivery::AudioOnly),
        ("FQ", Delivery::AudioOnly),
        ("95", Delivery::AudioVideo),
        ("GT", Delivery::AudioVideo),
    ] {
        for delivery in [Delivery::AudioVideo, Delivery::AudioOnly] {
            let put = put("99213").modified(&[modifier]).with(|put| put.delivery = delivery);
            if delivery == held {
                put.accepted();
            } else {
                put.refused("modifier-contradicts-modality");
            }
        }
    }
    put("99213").modified(&["GQ"]).refused("modifier-contradicts-modality");
    put("99213").modified(&["93", "95"]).refused("modifier-contradicts-modality");
}

#[test]
fn modifiers_have_their_days_their_number_and_their_payers() {
    put("99213").by_phone().modified(&["93"]).on("2021-12-31").refused("modifier-not-on-that-day");
    put("99213").by_phone().modified(&["93"]).on("2022-01-01").accepted();
    put("99213").modified(&["25", "59", "76", "77", "95"]).refused("modifiers-out-of-range");
    put("99213").modified(&["95", "95"]).refused("modifiers-out-of-range");
    assert!(put("99213").modified(&["25"]).accepted().unchecked.contains(&Unchecked::ModifierNotChecked));
    put("99213").medicare().modified(&["GT"]).refused("modifier-not-here");
    put("99213").medicare().modified(&["95"]).accepted();
}

#[test]
fn a_code_chosen_by_time_needs_minutes_that_fit_and_one_by_decision_making_needs_none() {
    put("99213").accepted();
    put("99213").chosen_by(Some(Basis::Time)).refused("minutes-not-attested");
    put("99213").timed(19).refused("minutes-outside-code");
    put("99213").timed(20).accepted();
    put("99213").chosen_by(None).refused("basis-not-for-this-code");
    // Psychotherapy is chosen by time alone, and takes as many minutes and no more.
    put("90832").chosen_by(None).refused("minutes-not-attested");
    put("90832").refused("basis-not-for-this-code");
    for (minutes, fits) in [(15, false), (16, true), (37, true), (38, false)] {
        let put = put("90832").timed(minutes);
        if fits {
            assert_eq!(put.accepted().basis, Some(Basis::Time));
        } else {
            put.refused("minutes-outside-code");
        }
    }
    assert!(put("99347").timed(30).accepted().unchecked.contains(&Unchecked::MinutesNotChecked));
}

#[test]
fn medicare_does_not_pay_the_98000_series_and_it_is_said_what_it_pays() {
    let said = put("98002").medicare().refused("not-payable");
    assert!(said.contains("99202") && said.contains("99215") && said.contains("10"), "{said}");
    put("98010").by_phone().medicare().refused("not-payable");
    put("98002").accepted();
    put("99213").medicare().accepted();
}

#[test]
fn a_brief_check_in_is_no_telehealth_service() {
    let check_in = || put("98016").medicare().by_phone().timed(7);
    check_in().at("11").accepted();
    check_in().refused("place-of-service-wrong");
    check_in().at("10").refused("place-of-service-wrong");
    check_in().at("11").modified(&["93"]).refused("modifier-not-here");
    check_in().timed(11).at("11").refused("minutes-outside-code");
    put("G2012").medicare().by_phone().timed(7).at("11").refused("code-not-on-that-day");
    put("G2012").medicare().by_phone().timed(7).at("11").on("2024-12-31").accepted();
}

#[test]
fn medicare_pays_a_sound_only_visit_at_home_with_a_modifier_and_a_reason() {
    let phone = || put("99213").medicare().by_phone();
    phone().refused("modifier-needed");
    phone().modified(&["93"]).refused("audio-only-reason-needed");
    let complete = || phone().modified(&["93"]).with(|put| put.reason = Some(AudioOnlyReason::PatientDeclines));
    complete().accepted();
    complete().with(|put| put.at_home = false).refused("not-payable");
    complete().on("2024-12-31").refused("rule-unknown");
}

#[test]
fn medicares_windows_have_ends_and_what_lay_between_them_was_restored() {
    let at = |on: &str| put("99213").medicare().on(on);
    for restored in ["2025-09-30", "2025-10-01", "2026-01-30", "2026-01-31", "2026-02-02", "2026-02-03", "2026-12-31"] {
        at(restored).accepted();
    }
    let therapy = |on: &str| put("90834").timed(45).medicare().on(on);
    therapy("2020-03-06").accepted();
    therapy("2020-03-05").refused("rule-unknown");
    // The fee schedule of 2027 and the code for platforms are not known yet.
    at("2027-01-01").refused("rule-unknown");
    let permits = |on: &str| Law::current().medicare_permits(Flexibility::AnyPlace, day(on), &Reliance::simulated());
    assert!(permits("2027-12-31").is_ok());
    assert_eq!(permits("2028-01-01").unwrap_err().code(), "rule-unknown");
}

#[test]
fn outside_a_simulated_clinic_an_unreviewed_row_bills_nothing() {
    assert_eq!(put("99213").judged_by(&Reliance::default()).unwrap_err().code(), "rule-unreviewed");
    let phone_before = put("99442").by_phone().on("2026-03-02");
    assert_eq!(phone_before.judged_by(&Reliance::default()).unwrap_err().code(), "rule-unreviewed");
}

#[test]
fn the_rows_a_judgement_rests_on_are_named() {
    let judged = put("99213").medicare().timed(25).modified(&["95"]).judged_by(&Reliance::simulated()).unwrap();
    let kinds: BTreeSet<_> =
        judged.because.iter().map(|because| Law::current().rule(&because.rule).unwrap().kind).collect();
    let expected =
        ["billing-code", "billing-minutes", "billing-modifier", "billing-payable", "billing-place", "medicare-window"];
    assert_eq!(kinds, expected.into());
    assert_eq!(judged.facts["delivery"], "audio-video");
}

proptest! {
    /// However a charge is put: it is judged or refused, never billed against a rule that forbids it.
    #[test]
    fn no_charge_gets_past_the_rules(
        code in proptest::sample::select(vec!["99213", "98002", "98010", "99442", "90834", "98016", "G2012", "99347"]),
        modifiers in proptest::sample::subsequence(vec!["93", "95", "FQ", "GT", "GQ", "G0", "25"], 0..4),
        payer in proptest::sample::select(vec![PayerClass::Medicare, PayerClass::Medicaid, PayerClass::Commercial, PayerClass::SelfPay]),
        by_phone: bool,
        at_home: bool,
        basis in proptest::sample::select(vec![None, Some(Basis::Time), Some(Basis::MedicalDecisionMaking)]),
        minutes in proptest::option::of(0..90_u16),
        place in proptest::option::of(proptest::sample::select(vec!["02", "10", "11"])),
        days in 0..4_500_u64,
    ) {
        let put = put(code).modified(&modifiers).chosen_by(basis).with(|put| {
            put.payer = payer;
            put.at_home = at_home;
            put.minutes = minutes;
            put.place = place.map(|place| place.try_into().unwrap());
            put.on = day("2017-01-01") + chrono::Days::new(days);
        });
        let put = if by_phone { put.by_phone() } else { put };
        prop_assert!(put.judged_by(&Reliance::default()).is_err(), "nobody reviewed anything");
        let Ok(judged) = put.judged_by(&Reliance::simulated()) else { return Ok(()) };
        let has = |modifier: &str| modifiers.contains(&modifier);
        prop_assert!(!(by_phone && (has("95") || has("GT"))) && (by_phone || !(has("93") || has("FQ"))) && !has("GQ"));
        prop_assert!(code != "99442" || by_phone && put.on <= day("2024-12-31"));
        prop_assert!(!code.starts_with("98") || put.on >= day("2025-01-01"));
        prop_assert!(!(payer == PayerClass::Medicare && ["98002", "98010"].contains(&code)));
        prop_assert!(payer != PayerClass::Medicare || ["98016", "G2012"].contains(&code) || put.on <= day("2026-12-31"));
        prop_assert!(judged.verdict.basis != Some(Basis::Time) || minutes.is_some());
        let telehealth = !["98016", "G2012"].contains(&code);
        prop_assert_eq!(judged.verdict.place.is_telehealth(), telehealth);
        let needs_modifier = payer == PayerClass::Medicare && by_phone && telehealth && code != "99442";
        prop_assert!(!needs_modifier || has("93") || has("FQ"));
    }
}
