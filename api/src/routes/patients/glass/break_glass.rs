//! `POST /v1/patients/{patient_id}/break-glass`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::patient::{BreakGlass, Command, NewGlass};
use daybook_domain::{GlassId, Patient};
use daybook_ledger::Loaded;

use super::known;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::patients::PatientPath;
use crate::routes::{CommandAnswers, CommandHeaders};
use crate::visit::parts;

/// Break the glass: see this patient's record in an emergency, although nothing else permits it.
///
/// For a reason, and for 1 to 240 minutes; it ends by itself. It is counted in `daybook_glass_broken_total` for whoever is on
/// call, stands in `GET /v1/audit/break-glass` until a compliance officer has reviewed it, and everything that is read under it
/// is recorded with the policy that let it through.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/BreakGlass"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/break-glass")]
pub async fn break_glass(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<BreakGlass>()?;
    let patient_id = path.patient_id;
    call.detached(move |call| async move {
        let resource = Resource::patient(call.principal.clinic, patient_id, None);
        let permit = call.state.access.permit(&call.asking(), Action::BreakGlass, &resource).await?;
        let new = NewGlass { glass_id: GlassId(call.state.ledger.ids().public()) };
        let attempt = || async {
            let patient: Loaded<Patient> = call.load(patient_id.0).await?;
            Ok(call.intent(patient, Command::BreakGlass(command.clone(), new), &permit.policies))
        };
        let appended = call.execute("break-glass", attempt).await.map_err(known)?;
        if !appended.repeated {
            call.state.metrics.glass_broken();
            tracing::warn!(
                code = "glass-broken",
                position = appended.last().map(|event| event.position),
                "to be reviewed"
            );
        }
        let written = Written { patient_id: Some(patient_id), ..Written::new(&appended) };
        let parts = parts(&call.state, call.clinic(), &written.positions).await?;
        Ok(Written { parts, ..written })
    })
    .await
}
