//! `POST /v1/clinics`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::ClinicId;
use daybook_domain::clinic::{Clinic, Command, NewClinic, Register};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandHeaders, CreationAnswers};

/// Open the clinic's record.
///
/// Which clinic it is, the administrator's token says.
#[utoipa::path(
    tag = "clinics",
    request_body(content = ref("#/components/schemas/RegisterClinic"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/clinics")]
pub async fn register_clinic(call: Call) -> Answer {
    let command = call.read::<Register>()?;
    call.detached(move |call| async move {
        let clinic_id = call.principal.clinic;
        let resource = Resource::clinic(clinic_id);
        let permit = call.state.access.permit(&call.asking(), Action::RegisterClinic, &resource).await?;
        let register = || async {
            let clinic: Loaded<Clinic> = call.load(clinic_id.0).await?;
            let command = Command::Register(command.clone(), NewClinic { clinic_id });
            Ok(call.intent(clinic, command, &permit.policies))
        };
        let appended = call.execute("register-clinic", register).await?;
        let written = Written { clinic_id: Some(ClinicId(clinic_id.0)), ..Written::new(&appended) };
        Ok(written.at("/v1/clinic".into()))
    })
    .await
}
