//! A provider who is ready to see the patient, or no longer is.

use serde::{Deserialize, Serialize};

use super::{ProviderNotReady, ProviderReady};
use crate::Actor;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};

/// Whether the provider is ready. Having been ready once matters: such a provider is no no-show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// Never said to be.
    #[default]
    NeverReady,
    /// Ready.
    Ready,
    /// Was ready and is no longer.
    NoLongerReady,
}

impl Readiness {
    /// After it was said that the provider is not ready, or will be late.
    pub(in crate::visit) fn taken_back(self) -> Self {
        if self == Self::Ready { Self::NoLongerReady } else { self }
    }
}

const BEFORE_ADMISSION: [State; 5] = [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held];
const WHEN: &str = "a provider is ready for a patient who is expected or waits";

impl Visit {
    pub(in crate::visit) fn report_provider_ready(&self, actor: &Actor) -> Result<Event, Error> {
        self.require(&BEFORE_ADMISSION, "report-provider-ready", WHEN)?;
        let provider_id = self.require_own_provider(actor, "report-provider-ready")?;
        if self.readiness() == Readiness::Ready {
            return Err(already("the provider is ready", "report-provider-ready"));
        }
        Ok(ProviderReady { provider_id }.into())
    }

    pub(in crate::visit) fn report_provider_not_ready(&self, actor: &Actor) -> Result<Event, Error> {
        self.require(&BEFORE_ADMISSION, "report-provider-not-ready", WHEN)?;
        let provider_id = self.require_own_provider(actor, "report-provider-not-ready")?;
        if self.readiness() != Readiness::Ready {
            return Err(already("the provider is not ready", "report-provider-not-ready"));
        }
        Ok(ProviderNotReady { provider_id }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn this_visits_provider_is_ready_or_takes_it_back() {
        let waiting = story(State::CheckedIn);
        given::<Visit>(waiting.clone()).when(Role::Provider, report_provider_ready()).then([provider_ready()]);
        given::<Visit>(waiting.clone()).when(Role::Provider, report_provider_not_ready()).refused("wrong-state");
        given::<Visit>(waiting.clone())
            .when(Role::FrontDesk, report_provider_ready())
            .refused("not-this-visits-provider");
        let ready = given::<Visit>(waiting.into_iter().chain([provider_ready()]));
        ready.when(Role::Provider, report_provider_ready()).refused("wrong-state");
        ready.when(Role::Provider, report_provider_not_ready()).then([provider_not_ready()]);
        ready.when(Role::FrontDesk, report_provider_not_ready()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Admitted)).when(Role::Provider, report_provider_ready()).refused("wrong-state");
        given::<Visit>(story(State::Admitted)).when(Role::Provider, report_provider_not_ready()).refused("wrong-state");
    }

    #[test]
    fn who_says_to_be_late_is_no_longer_ready() {
        let visit = Visit::replay(&[scheduled(), provider_delayed()]);
        assert_eq!(visit.readiness(), Readiness::NeverReady);
        let visit = Visit::replay(&[scheduled(), provider_ready(), provider_delayed()]);
        assert_eq!(visit.readiness(), Readiness::NoLongerReady);
        let visit = Visit::replay(&[scheduled(), provider_ready(), provider_not_ready()]);
        assert_eq!(visit.readiness(), Readiness::NoLongerReady);
    }
}
