//! What a verification is held against: checkpoints that were kept elsewhere, and a trust policy.

use std::collections::HashMap;

use anyhow::bail;
use daybook_audit::Policy;
use daybook_ledger::kept::Outside;
use uuid::Uuid;

use super::arguments::Verify;
use crate::reader::Reader;
use crate::trust::KeptFile;

/// What is known from outside of each of these clinics' logs. An error where a checkpoint is of none of them, or is not
/// believed, and where the policy names no key for one of them: nothing is then said about any log.
pub async fn read(
    arguments: &Verify,
    policy: Option<&Policy>,
    reader: &Reader,
    clinics: &[Uuid],
) -> anyhow::Result<HashMap<Uuid, Outside>> {
    let mut outside: HashMap<Uuid, Outside> = HashMap::new();
    for clinic in clinics {
        let keys = policy.map(|policy| policy.keys_of(*clinic));
        if keys.as_ref().is_some_and(Vec::is_empty) {
            bail!("the policy names no key for the log of clinic {clinic}; --clinic ID verifies one that it names");
        }
        outside.insert(*clinic, Outside { keys: keys.unwrap_or_default(), ..Outside::default() });
    }
    for path in &arguments.against {
        let note = KeptFile::read(path)?;
        let clinic = note.kept.clinic;
        let Some(outside) = outside.get_mut(&clinic) else {
            bail!("the checkpoint {} is of clinic {clinic}, which is not verified here", path.display());
        };
        outside.kept.push(note.head(policy, &reader.ledger.epochs(clinic).await?)?);
    }
    Ok(outside)
}
