//! The clinic's own record.

pub mod register;
pub mod set_late_arrival_policy;
pub mod set_reminder_policy;
pub mod set_staff_naming;
pub mod show;

use actix_web::web::ServiceConfig;
use daybook_access::{Action, Resource};
use daybook_domain::clinic::{Clinic, Command};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(register::register_clinic)
        .service(show::show_clinic)
        .service(set_late_arrival_policy::set_late_arrival_policy)
        .service(set_reminder_policy::set_reminder_policy)
        .service(set_staff_naming::set_staff_naming);
}

impl Call {
    /// Carries out a command on the clinic's own record.
    pub(super) async fn clinic_command(self, action: Action, command: Command) -> Answer {
        self.detached(move |call| async move {
            let clinic_id = call.principal.clinic;
            let permit = call.state.access.permit(&call.asking(), action, &Resource::clinic(clinic_id)).await?;
            let attempt = || async {
                let clinic: Loaded<Clinic> = call.load(clinic_id.0).await?;
                Ok(call.intent(clinic, command.clone(), &permit.policies))
            };
            let appended = call.execute(command.name(), attempt).await?;
            Ok(Written { clinic_id: Some(clinic_id), ..Written::new(&appended) })
        })
        .await
    }
}
