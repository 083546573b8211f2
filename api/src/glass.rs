//! Whether a provider who has nothing to do with a patient broke the glass before the record. Asked of the log for every read,
//! so that it ends at its limit and with its review.

use daybook_access::Resource;
use daybook_domain::{Patient, PatientId};
use daybook_ledger::Loaded;
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::Problem;

/// The resource, and whether it is seen through a broken glass: only where a provider has no other relation to it. Of nobody's
/// as much is asked as of somebody's, so that the time of the answer does not tell them apart.
pub async fn seen(caller: &Caller, resource: Resource, patient: Option<PatientId>) -> Result<Resource, Problem> {
    let Some(provider) = caller.principal.provider() else { return Ok(resource) };
    if resource.provider == Some(provider) || resource.team.contains(&provider) {
        return Ok(resource);
    }
    let record: Loaded<Patient> = caller.load(patient.map_or(Uuid::nil(), |patient| patient.0)).await?;
    let glass = record.is_glass_broken_by(&caller.principal.subject, caller.state.ledger.clock().now());
    Ok(Resource { glass, ..resource })
}
