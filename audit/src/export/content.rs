//! The content of an export: what is sealed, and what opens each event alone, for one recipient. Never a patient's own key.

use std::io::Write;

use age::Encryptor;
use age::x25519::Recipient;
use daybook_access::{Access, AccessError, Receipt};
use daybook_ledger::Recorded;
use daybook_ledger::sealing::EventKey;
use zeroize::Zeroizing;

use crate::bundle::{SealedLine, State, key_line};

/// What opens, under whose receipt, and for whom.
pub struct Contents<'a> {
    pub access: &'a Access,
    pub receipt: &'a Receipt,
    pub recipient: &'a Recipient,
}

/// The two files beside one of events.
pub(super) struct Beside {
    pub sealed: Vec<u8>,
    pub keys: Vec<u8>,
}

impl Contents<'_> {
    /// Of these events, which are those of one file.
    pub(super) async fn beside(&self, events: &[Recorded]) -> Result<Beside, AccessError> {
        let (mut sealed, mut keys) = (Vec::new(), Zeroizing::new(String::new()));
        for (event, key) in events.iter().zip(self.access.event_keys(self.receipt, events).await?) {
            let state = match &key {
                EventKey::NothingSealed => continue,
                EventKey::Keys(opening) => {
                    keys.push_str(&key_line(event.position, opening));
                    State::Open
                }
                EventKey::Erased => State::Erased,
                EventKey::Missing => State::KeyMissing,
            };
            sealed.extend(SealedLine::of(event.position, state, &event.sealed).line());
        }
        let keys =
            self.encrypted(keys.as_bytes()).map_err(|_| AccessError::AuditUnavailable("cannot-encrypt".into()))?;
        Ok(Beside { sealed, keys })
    }

    fn encrypted(&self, clear: &[u8]) -> Result<Vec<u8>, std::io::Error> {
        let recipients = std::iter::once(self.recipient as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
        let mut writer = encryptor.wrap_output(Vec::new())?;
        writer.write_all(clear)?;
        writer.finish()
    }
}
