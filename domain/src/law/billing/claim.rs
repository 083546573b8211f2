//! One charge put to the rules: refused with what would be right, or judged, with everything the judgement rests on and
//! everything nobody could check.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code::{BillingCode, ThisCode};
use super::medicare::AudioOnlyVisit;
use super::modifier::ModifierRule;
use super::payer::CodeFor;
use super::place::AtHome;
use super::{AudioOnlyReason, Basis, Delivery, Flexibility, Modifier, Objection, PayerClass, PlaceOfService};
use crate::ProcedureCode;
use crate::law::book::{Found, Row};
use crate::law::{Because, Explained, Law, Reliance};

/// Most modifiers of a charge; a claim has room for four.
const MOST_MODIFIERS: usize = 4;

/// A charge as it was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// What was done.
    pub code: &'a ProcedureCode,
    /// Its modifiers.
    pub modifiers: &'a [Modifier],
    /// The place of service, where one was given.
    pub place: Option<PlaceOfService>,
    /// Who is to pay.
    pub payer: PayerClass,
    /// How the visit was held.
    pub delivery: Delivery,
    /// Whether the patient was at home.
    pub patient_at_home: bool,
    /// What the code was chosen by, where it was said.
    pub basis: Option<Basis>,
    /// The minutes the provider attested.
    pub minutes: Option<u16>,
    /// Why there was no picture.
    pub audio_only_reason: Option<AudioOnlyReason>,
}

/// What the rules make of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The place of service.
    pub place: PlaceOfService,
    /// What the code was chosen by, as far as that matters.
    pub basis: Option<Basis>,
    /// What no rule could check.
    pub unchecked: BTreeSet<Unchecked>,
}

/// Something no rule is known about. It was taken as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unchecked {
    /// Whether the code exists, and what it is for.
    CodeNotChecked,
    /// Whether the minutes suffice for the code.
    MinutesNotChecked,
    /// What a modifier says.
    ModifierNotChecked,
    /// Whether the payer pays for it.
    PayerNotChecked,
}

impl Unchecked {
    /// The name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Unchecked::CodeNotChecked => "code-not-checked",
            Unchecked::MinutesNotChecked => "minutes-not-checked",
            Unchecked::ModifierNotChecked => "modifier-not-checked",
            Unchecked::PayerNotChecked => "payer-not-checked",
        }
    }
}

/// The judgement in the making.
struct Judging<'a> {
    law: &'a Law,
    claim: &'a Claim<'a>,
    on: NaiveDate,
    reliance: &'a Reliance,
    because: Vec<Because>,
    unchecked: BTreeSet<Unchecked>,
}

impl Law {
    /// Judges one charge by the rules of the day of service.
    pub fn judge_claim(
        &self,
        claim: &Claim<'_>,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<Judged>, Objection> {
        let mut judging = Judging { law: self, claim, on, reliance, because: Vec::new(), unchecked: BTreeSet::new() };
        let code = judging.code()?;
        let basis = judging.basis(code)?;
        judging.modifiers(code)?;
        let place = judging.place(code)?;
        if claim.payer == PayerClass::Medicare {
            judging.medicare(code)?;
        }
        judging.payable()?;
        let Judging { because, unchecked, .. } = judging;
        let judged = Explained::new(Judged { place, basis, unchecked }, on, because);
        Ok(judged.knowing("delivery", claim.delivery.name()).knowing("patient at home", claim.patient_at_home))
    }
}

impl<'a> Judging<'a> {
    fn cite<E>(&mut self, row: &Row<E>) -> Result<(), Objection> {
        let cited = self.reliance.cite(&row.rule)?;
        if !self.because.contains(&cited) {
            self.because.push(cited);
        }
        Ok(())
    }

    /// The row of the code; none for a code no row knows.
    fn code(&mut self) -> Result<Option<&'a BillingCode>, Objection> {
        let row = match self.law.billing_codes.find(&ThisCode(self.claim.code.clone()), self.on) {
            Found::InForce(row) => row,
            Found::NotOn(row) => {
                // What a row says of its days binds nobody either until somebody reviewed it.
                self.reliance.on(&row.rule)?;
                return Err(Objection::CodeNotOnThatDay { on: self.on, says: row.rule.says.clone() });
            }
            Found::Nothing => {
                self.unchecked.insert(Unchecked::CodeNotChecked);
                return Ok(None);
            }
        };
        self.cite(row)?;
        match row.effect.delivery.filter(|needs| *needs != self.claim.delivery) {
            Some(needs) => Err(Objection::CodeContradictsModality { needs, was: self.claim.delivery }),
            None => Ok(Some(&row.effect)),
        }
    }

    fn basis(&mut self, code: Option<&BillingCode>) -> Result<Option<Basis>, Objection> {
        let basis = match (code.map(|code| code.basis.as_slice()), self.claim.basis) {
            // There is only one thing it can be chosen by.
            (Some([only]), None) => Some(*only),
            (Some([]), None) | (None, None) => None,
            (Some(allowed), Some(chosen)) if allowed.contains(&chosen) => Some(chosen),
            (None, Some(chosen)) => Some(chosen),
            (Some(allowed), _) => return Err(Objection::BasisNotForThisCode { allowed: named(allowed) }),
        };
        if basis == Some(Basis::Time) {
            self.minutes()?;
        }
        Ok(basis)
    }

    fn minutes(&mut self) -> Result<(), Objection> {
        let attested = self.claim.minutes.ok_or(Objection::MinutesNotAttested)?;
        let subject = ThisCode(self.claim.code.clone());
        if !self.law.billing_minutes.knows(&subject) {
            self.unchecked.insert(Unchecked::MinutesNotChecked);
            return Ok(());
        }
        let (minutes, cited) = self.law.billing_minutes.answer(&subject, self.on, self.reliance)?;
        if attested < minutes.least || minutes.most.is_some_and(|most| attested > most) {
            return Err(Objection::MinutesOutsideCode { attested, least: minutes.least, most: minutes.most });
        }
        self.because.push(cited);
        Ok(())
    }

    fn modifiers(&mut self, code: Option<&BillingCode>) -> Result<(), Objection> {
        let distinct: BTreeSet<_> = self.claim.modifiers.iter().collect();
        if distinct.len() != self.claim.modifiers.len() || distinct.len() > MOST_MODIFIERS {
            return Err(Objection::ModifiersOutOfRange);
        }
        self.claim.modifiers.iter().try_for_each(|modifier| self.modifier(*modifier, code))
    }

    fn modifier(&mut self, modifier: Modifier, code: Option<&BillingCode>) -> Result<(), Objection> {
        let row: &Row<ModifierRule> = match self.law.billing_modifiers.find(&modifier, self.on) {
            Found::InForce(row) => row,
            Found::NotOn(row) => {
                self.reliance.on(&row.rule)?;
                return Err(Objection::ModifierNotOnThatDay { modifier, on: self.on, says: row.rule.says.clone() });
            }
            Found::Nothing => {
                self.unchecked.insert(Unchecked::ModifierNotChecked);
                return Ok(());
            }
        };
        self.cite(row)?;
        let says = || row.rule.says.clone();
        if !row.effect.held.agrees_with(self.claim.delivery) {
            return Err(Objection::ModifierContradictsModality { modifier, was: self.claim.delivery, says: says() });
        }
        if row.effect.not_for.contains(&self.claim.payer) {
            return Err(Objection::ModifierNotHere { modifier, says: says() });
        }
        if code.is_some_and(|code| !code.telehealth_service) {
            let says = "the code is no telehealth service and takes no telehealth modifier.".to_owned();
            return Err(Objection::ModifierNotHere { modifier, says });
        }
        Ok(())
    }

    /// A telehealth service has the place of where the patient was; any other service one that was given.
    fn place(&mut self, code: Option<&BillingCode>) -> Result<PlaceOfService, Objection> {
        if code.is_some_and(|code| !code.telehealth_service) {
            let says = "the code is no telehealth service; give the place it is billed from, such as 11.".to_owned();
            let given = self.claim.place.filter(|place| !place.is_telehealth());
            return given.ok_or(Objection::PlaceOfServiceWrong { right: None, says });
        }
        let at_home = AtHome(self.claim.patient_at_home);
        let (rule, cited) = self.law.billing_places.answer(&at_home, self.on, self.reliance)?;
        if self.claim.place.is_some_and(|given| given != rule.place) {
            return Err(Objection::PlaceOfServiceWrong { right: Some(rule.place), says: cited.says });
        }
        self.because.push(cited);
        Ok(rule.place)
    }

    fn medicare(&mut self, code: Option<&BillingCode>) -> Result<(), Objection> {
        if code.is_some_and(|code| !code.telehealth_service) {
            return Ok(());
        }
        for needed in [Flexibility::AnyPlace, Flexibility::PlatformWithoutCode] {
            let cited = self.law.medicare_permits(needed, self.on, self.reliance)?;
            self.because.push(cited);
        }
        // A code that is for sound-only visits says so itself.
        let says_itself = code.is_some_and(|code| code.delivery == Some(Delivery::AudioOnly));
        if self.claim.delivery == Delivery::AudioOnly && !says_itself {
            self.medicare_audio_only()?;
        }
        Ok(())
    }

    fn medicare_audio_only(&mut self) -> Result<(), Objection> {
        let (rule, cited) = self.law.medicare_audio_only.answer(&AudioOnlyVisit, self.on, self.reliance)?;
        let says = || cited.says.clone();
        if !rule.modifiers.iter().any(|modifier| self.claim.modifiers.contains(modifier)) {
            return Err(Objection::ModifierNeeded { one_of: rule.modifiers.clone(), says: says() });
        }
        if rule.at_home && !self.claim.patient_at_home {
            let instead = "a visit with picture, or one in person".to_owned();
            return Err(Objection::NotPayable { says: says(), instead });
        }
        if rule.needs_reason && self.claim.audio_only_reason.is_none() {
            return Err(Objection::AudioOnlyReasonNeeded { says: says() });
        }
        self.because.push(cited);
        Ok(())
    }

    fn payable(&mut self) -> Result<(), Objection> {
        if self.claim.payer == PayerClass::SelfPay {
            return Ok(());
        }
        let subject = CodeFor(self.claim.payer, self.claim.code.clone());
        if !self.law.billing_payable.knows(&subject) {
            self.unchecked.insert(Unchecked::PayerNotChecked);
            return Ok(());
        }
        let (rule, cited) = self.law.billing_payable.answer(&subject, self.on, self.reliance)?;
        if !rule.payable {
            let instead = rule.instead.clone().unwrap_or_default();
            return Err(Objection::NotPayable { says: cited.says, instead });
        }
        self.because.push(cited);
        Ok(())
    }
}

fn named(bases: &[Basis]) -> String {
    let names: Vec<_> = bases.iter().map(|basis| basis.name()).collect();
    if names.is_empty() { "none for this code: leave it out".to_owned() } else { names.join(" or ") }
}

#[cfg(test)]
mod tests;
