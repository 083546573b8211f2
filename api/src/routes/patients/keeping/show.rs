//! `GET /v1/patients/{patient_id}/retention`

use actix_web::{get, web::Path};
use chrono::{DateTime, NaiveDate, Utc};
use daybook_access::{Action, Disclosed, Opened};
use daybook_domain::law::Because;
use daybook_domain::patient::{ErasureGround, Event, HoldEnd, HoldGround, WholeRecord};
use daybook_domain::safekeeping::Unrecoverable;
use daybook_domain::{LegalHoldId, PatientId, Safekeeping};
use daybook_ledger::{Loaded, Stream, aggregate};
use serde::Serialize;
use serde_json::Value;

use crate::caller::Caller;
use crate::keeping::Keeping;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::routes::patients::PatientPath;
use crate::routes::visits::show_recording_law::UnansweredShown;
use crate::shown::{Shown, plain};

#[derive(Serialize)]
struct RecordKeepingShown {
    patient_id: PatientId,
    /// The clinic's day whose rules are asked.
    on: NaiveDate,
    keep: Kept,
    /// The last day on which the record has to be kept; null where it is kept always or in use.
    until: Option<NaiveDate>,
    /// The rows that say so.
    because: Vec<Because>,
    /// Why it is kept always.
    unanswered: Option<UnansweredShown>,
    /// Whether a legal hold stands.
    held: bool,
    legal_holds: Vec<HoldShown>,
    erasure: Option<ErasureShown>,
}

/// For how long.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    InUse,
    Until,
    Always,
    Erased,
}

#[derive(Serialize)]
struct HoldShown {
    legal_hold_id: LegalHoldId,
    ground: HoldGround,
    details: Value,
    placed_by: String,
    release_proposed_by: Option<String>,
    reason: Option<HoldEnd>,
    released_by: Option<String>,
}

#[derive(Serialize)]
struct ErasureShown {
    ground: ErasureGround,
    proposed_by: String,
    confirmed_by: Option<String>,
    /// Since when the keys are destroyed here.
    destroyed_live: Option<DateTime<Utc>>,
    /// Since when no backup can undo it, as far as the log knows of its backups: each from before is destroyed, or every secret
    /// that its keys are wrapped under is. Null as long as one still can, or none was ever recorded.
    unrecoverable_since: Option<DateTime<Utc>>,
}

/// Until when a patient's record has to be kept and by which rule, what holds it, and whether it is erased.
///
/// A record is kept as long as its longest visit, and always where a rule, a place or a day is not known.
#[utoipa::path(
    tag = "patients",
    responses((status = 200, description = "The answer.", body = ref("#/components/schemas/RecordKeeping")), Refusals)
)]
#[get("/v1/patients/{patient_id}/retention")]
pub async fn show_record_keeping(path: Path<PatientPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, patient) = (&caller.state, path.patient_id);
            let events = state.ledger.read_stream(caller.clinic(), &Stream::new("patient", patient.0), 0).await?;
            let resource = crate::routes::patients::resource(&caller, patient, !events.is_empty()).await?;
            let receipt = state.access.read(&caller.asking(), Action::ReadRecordKeeping, &resource, &[]).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            if events.is_empty() {
                return Err(Problem::not_found());
            }
            let keeping = Keeping::of(&caller, patient).await?;
            let opened = state.access.open(&receipt, &events).await?;
            let (held, erased) = (keeping.patient.is_held(), keeping.patient.is_erased());
            let (keep, until, because, unanswered) = match keeping.record {
                _ if erased => (Kept::Erased, None, Vec::new(), None),
                WholeRecord::InCare => (Kept::InUse, None, Vec::new(), None),
                WholeRecord::Until(day, because) => (Kept::Until, Some(day), because, None),
                WholeRecord::Always(why) => (Kept::Always, None, Vec::new(), Some(why.into())),
            };
            let (legal_holds, mut erasure) = told(&opened)?;
            if let Some(told) = &mut erasure
                && let Some(destroyed) = told.destroyed_live
            {
                let clinic = caller.clinic();
                let kept: Loaded<Safekeeping> = aggregate::load(&state.ledger, clinic, clinic).await?;
                if let Unrecoverable::Since(since) = kept.unrecoverable(destroyed) {
                    told.unrecoverable_since = Some(since);
                }
            }
            let shown = RecordKeepingShown {
                patient_id: patient,
                on: keeping.today,
                keep,
                until,
                because,
                unanswered,
                held,
                legal_holds,
                erasure: erasure.filter(|_| erased || keeping.patient.proposed_erasure().is_some()),
            };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// The holds, oldest first, and the newest erasure, as the record tells them.
fn told(opened: &[Opened]) -> Result<(Vec<HoldShown>, Option<ErasureShown>), Problem> {
    let (mut holds, mut erasure): (Vec<HoldShown>, _) = (Vec::new(), None);
    for event in opened {
        match event.decode::<Event>()? {
            Event::LegalHoldPlaced(placed) => holds.push(HoldShown {
                legal_hold_id: placed.legal_hold_id,
                ground: placed.ground,
                details: plain(event.payload["details"].clone()),
                placed_by: placed.placed_by,
                release_proposed_by: None,
                reason: None,
                released_by: None,
            }),
            Event::LegalHoldReleaseProposed(proposed) => {
                if let Some(hold) = hold(&mut holds, proposed.legal_hold_id) {
                    (hold.release_proposed_by, hold.reason) = (Some(proposed.proposed_by), Some(proposed.reason));
                }
            }
            Event::LegalHoldReleased(released) => {
                if let Some(hold) = hold(&mut holds, released.legal_hold_id) {
                    hold.released_by = Some(released.released_by);
                }
            }
            Event::ErasureProposed(proposed) => {
                erasure = Some(ErasureShown {
                    ground: proposed.ground,
                    proposed_by: proposed.proposed_by,
                    confirmed_by: None,
                    destroyed_live: None,
                    unrecoverable_since: None,
                });
            }
            Event::PatientKeyDestroyed(destroyed) => {
                erasure = Some(ErasureShown {
                    ground: destroyed.ground,
                    proposed_by: destroyed.proposed_by,
                    confirmed_by: Some(destroyed.confirmed_by),
                    destroyed_live: Some(event.recorded_at),
                    unrecoverable_since: None,
                });
            }
            Event::PatientRegistered(_)
            | Event::PatientImported(_)
            | Event::VisitRequested(_)
            | Event::ProxyAuthorityVerified(_)
            | Event::ProxyAuthorityEnded(_)
            | Event::DisclosureMade(_)
            | Event::AccountingSuspended(_)
            | Event::GlassBroken(_)
            | Event::GlassReviewed(_) => {}
        }
    }
    Ok((holds, erasure))
}

fn hold(holds: &mut [HoldShown], id: LegalHoldId) -> Option<&mut HoldShown> {
    holds.iter_mut().find(|hold| hold.legal_hold_id == id)
}
