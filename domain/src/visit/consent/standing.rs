//! Whether a patient may consent alone: who is of age, or a minor whom a dated rule lets.

use crate::law::{RuleId, Standing};
use crate::visit::consent::SelfConsentGrounds;
use crate::visit::{Error, GiveConsent};
use crate::{Phi, Private};

/// On what a patient's own consent rests.
pub(super) struct Grounds {
    /// The row that says from which age.
    pub age_rule: RuleId,
    /// Of a minor: the service and the row that lets them.
    pub self_consent: Option<Phi<SelfConsentGrounds>>,
}

/// What the rules say to this patient's own consent. Not knowing is no yes.
pub(super) fn grounds(command: &GiveConsent, standing: &Standing) -> Result<Grounds, Error> {
    match standing {
        Standing::OfAge { rule } => Ok(Grounds { age_rule: rule.clone(), self_consent: None }),
        Standing::PlaceUnknown => Err(Error::LocationNotAttested),
        Standing::Unknown(why) => Err(why.clone().into()),
        Standing::Minor { rule, alone } => match (command.service, alone) {
            (Some(Private(service)), Some(Ok(Some(row)))) => {
                let self_consent = Some(Phi::Clear(SelfConsentGrounds { service, rule: row.clone() }));
                Ok(Grounds { age_rule: rule.clone(), self_consent })
            }
            (Some(_), Some(Err(why))) => Err(why.clone().into()),
            _ => Err(Error::ProxyNeeded),
        },
    }
}
