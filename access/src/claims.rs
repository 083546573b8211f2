//! What a token says, and the principal that follows from it.

use daybook_domain::{ClinicId, Role};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::principal::session_id;
use crate::{Principal, TokenError, TokenRules};

/// Authentication methods (RFC 8176) that are, or imply, a second factor.
const SECOND_FACTORS: [&str; 3] = ["mfa", "otp", "hwk"];
/// A subject longer than this is no identity provider's.
const SUBJECT: usize = 255;

/// The claims Daybook reads.
#[derive(Deserialize)]
pub(crate) struct Claims {
    iss: Option<String>,
    #[serde(default)]
    aud: OneOrMany,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    sub: Option<String>,
    sid: Option<String>,
    jti: Option<String>,
    #[serde(default)]
    amr: OneOrMany,
    acr: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A claim that may be one string or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

impl OneOrMany {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
        .iter()
        .map(String::as_str)
    }
}

/// Daybook's own claim.
#[derive(Deserialize)]
struct Daybook {
    clinic: ClinicId,
    role: String,
    person: Option<Uuid>,
}

impl Claims {
    /// The principal, if the claims are all right at this time (seconds since 1970).
    pub(crate) fn principal(mut self, rules: &TokenRules, now: i64) -> Result<Principal, TokenError> {
        self.check_issuer(rules)?;
        self.check_time(rules, now)?;
        let own = self.rest.remove(&rules.claim).ok_or(TokenError::ClaimMissing)?;
        let own: Daybook = serde_json::from_value(own).map_err(|_| TokenError::ClaimMissing)?;
        let subject = self.sub.take().filter(|sub| !sub.is_empty() && sub.len() <= SUBJECT);
        let subject = subject.ok_or(TokenError::ClaimMissing)?;
        let role = role(&own.role).ok_or(TokenError::UnknownRole)?;
        self.check_role(rules, role, &subject, own.person)?;
        let session = self.sid.as_deref().or(self.jti.as_deref());
        let session = session_id(&rules.issuer, &subject, own.clinic, session);
        Ok(Principal { subject, role, clinic: own.clinic, person: own.person, session })
    }

    fn check_issuer(&self, rules: &TokenRules) -> Result<(), TokenError> {
        if self.iss.as_deref() != Some(&rules.issuer) {
            return Err(TokenError::WrongIssuer);
        }
        if !self.aud.iter().any(|audience| audience == rules.audience) {
            return Err(TokenError::WrongAudience);
        }
        Ok(())
    }

    fn check_time(&self, rules: &TokenRules, now: i64) -> Result<(), TokenError> {
        let (now, leeway) = (now as f64, rules.leeway_seconds as f64);
        let expires = self.exp.ok_or(TokenError::ClaimMissing)?;
        if now - leeway >= expires {
            return Err(TokenError::Expired);
        }
        if [self.nbf, self.iat].into_iter().flatten().any(|begins| begins > now + leeway) {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }

    fn check_role(
        &self,
        rules: &TokenRules,
        role: Role,
        subject: &str,
        person: Option<Uuid>,
    ) -> Result<(), TokenError> {
        match role {
            Role::Patient | Role::Provider if person.is_none() => return Err(TokenError::NoPerson),
            Role::System if !rules.system_subjects.iter().any(|known| known == subject) => {
                return Err(TokenError::UnknownRole);
            }
            _ => {}
        }
        // A patient may have one factor only; a program has no factors at all, which is why its subject is listed.
        if matches!(role, Role::Patient | Role::System) || self.has_second_factor(rules) {
            Ok(())
        } else {
            Err(TokenError::NoSecondFactor)
        }
    }

    fn has_second_factor(&self, rules: &TokenRules) -> bool {
        self.amr.iter().any(|method| SECOND_FACTORS.contains(&method))
            || self.acr.as_ref().is_some_and(|acr| rules.second_factor_acr.contains(acr))
    }
}

fn role(name: &str) -> Option<Role> {
    use Role::{Administrator, Auditor, Billing, ClinicalStaff, Compliance, FrontDesk, Patient, Provider, System};
    let roles = [Patient, Provider, ClinicalStaff, FrontDesk, Billing, Compliance, Auditor, Administrator, System];
    roles.into_iter().find(|role| role.name() == name)
}
