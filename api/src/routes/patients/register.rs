//! `POST /v1/patients`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::PatientId;
use daybook_domain::patient::{Command, NewPatient, Patient, Register};
use daybook_ledger::Loaded;
use daybook_ledger::sealing::Field;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, CreationAnswers};
use crate::state::State;

/// Take a new patient into the clinic's record.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/RegisterPatient"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/patients")]
pub async fn register_patient(call: Call) -> Answer {
    let command = call.read::<Register>()?;
    call.detached(move |call| async move {
        let resource = Resource::clinic(call.principal.clinic);
        let permit = call.state.access.permit(&call.asking(), Action::RegisterPatient, &resource).await?;
        call.state.clinic(call.clinic()).await?;
        let fields = fields(&call.state, call.clinic(), &command)?;
        let id = call.state.ledger.ids().public();
        let register = || async {
            let command = Command::Register(command.clone(), NewPatient { patient_id: PatientId(id) });
            Ok(call.intent::<Patient>(Loaded::fresh(id), command, &permit.policies))
        };
        let appended = call.execute("register-patient", register).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        // A crash here leaves a patient whom search does not find; the same request again, with its key, mends it.
        call.state.ledger.sealer().put_index(call.clinic(), PatientId(id), &fields).await?;
        let written = Written { patient_id: Some(PatientId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/patients/{id}")))
    })
    .await
}

/// What the patient is found by.
fn fields(state: &State, clinic: uuid::Uuid, command: &Register) -> Result<Vec<Field>, Problem> {
    let index = state.ledger.sealer().index(clinic)?;
    let birth_date = index.token("birth-date", &command.birth_date.0.to_string());
    let mut fields = vec![
        Field { name: "family", tokens: index.name_tokens("family", command.family_name.as_str()) },
        Field { name: "birth-date", tokens: vec![birth_date] },
    ];
    if let Some(mrn) = &command.mrn {
        fields.push(Field { name: "mrn", tokens: vec![index.token("mrn", mrn.as_str())] });
    }
    Ok(fields)
}
