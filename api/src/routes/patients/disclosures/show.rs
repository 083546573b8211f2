//! `GET /v1/patients/{patient_id}/disclosures`

use actix_web::web::{Path, Query};
use actix_web::{Either, get};
use chrono::NaiveDate;
use daybook_access::{Action, Disclosed, Opened};
use daybook_audit::Form;
use daybook_audit::reports::disclosures;
use daybook_domain::patient::{
    Accounted, AccountedDisclosure, Accounting, AccountingSuspended, DisclosureGround, DisclosureMade, Event,
    SuspensionStatement,
};
use daybook_domain::{DisclosureId, PatientId, Role, VisitId};
use daybook_ledger::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::report::Report;
use crate::routes::Refusals;
use crate::routes::patients::PatientPath;
use crate::shown::{Shown, shown};

/// Which days, and for whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DisclosuresQuery {
    /// The first day; six years before today if absent, and never before.
    from: Option<NaiveDate>,
    /// The last day; today if absent.
    to: Option<NaiveDate>,
    /// `patient`: exactly what the patient is told.
    #[param(value_type = Option<String>)]
    copy: Option<Reader>,
    /// `csv`, `html` or `table`: as a table; `json`: the table as JSON.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
}

/// For whom the accounting is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reader {
    Patient,
}

#[derive(Serialize)]
struct AccountingShown {
    patient_id: PatientId,
    from: NaiveDate,
    to: NaiveDate,
    disclosures: Vec<DisclosureShown>,
    /// What the patient is not told; absent from the patient's copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<LeftOutShown>,
}

#[derive(Serialize)]
struct DisclosureShown {
    disclosure_id: DisclosureId,
    ground: DisclosureGround,
    provision: Option<&'static str>,
    on: NaiveDate,
    recipient: Value,
    address: Option<Value>,
    description: Value,
    purpose: Value,
    /// How many there were to this recipient for this purpose; where there were more than one, what is told is the first.
    number: usize,
    last_on: NaiveDate,
}

#[derive(Serialize)]
struct LeftOutShown {
    exempt: Vec<LeftOutDisclosure>,
    suspended: Vec<LeftOutDisclosure>,
}

#[derive(Serialize)]
struct LeftOutDisclosure {
    #[serde(flatten)]
    disclosure: DisclosureShown,
    visits: Vec<VisitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspension: Option<SuspensionShown>,
}

#[derive(Serialize)]
struct SuspensionShown {
    statement: SuspensionStatement,
    agency: Value,
    stated_on: NaiveDate,
    until: NaiveDate,
}

/// To whom something of a patient's record was disclosed: the accounting of 45 CFR 164.528.
///
/// Six years back at most. What the rule exempts is left out, and what an oversight agency or law enforcement asked to be left
/// out for as long as they asked; only a compliance officer is told that there is such a thing. Several disclosures to one
/// recipient for one purpose are told together: the first, how many, and the day of the last.
#[utoipa::path(
    tag = "patients",
    params(PatientPath, DisclosuresQuery),
    responses((status = 200, description = "The accounting.", body = ref("#/components/schemas/Disclosures")), Refusals)
)]
#[get("/v1/patients/{patient_id}/disclosures")]
pub async fn show_disclosures(
    path: Path<PatientPath>,
    caller: Caller,
    question: Query<DisclosuresQuery>,
) -> Result<Either<Shown, Report>, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, patient) = (&caller.state, path.patient_id);
            let events = state.ledger.read_stream(caller.clinic(), &Stream::new("patient", patient.0), 0).await?;
            let resource = crate::routes::patients::resource(&caller, patient, !events.is_empty()).await?;
            let receipt = state.access.read(&caller.asking(), Action::ReadDisclosures, &resource, &[]).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            if events.is_empty() {
                return Err(Problem::not_found());
            }
            let opened = state.access.open(&receipt, &events).await?;
            let today = caller.time_zone().await?.day(state.ledger.clock().now());
            let record = opened.iter().map(Opened::decode::<Event>).collect::<Result<Vec<_>, _>>()?;
            let told = AccountedDisclosure::told(record);
            let accounting = Accounting::of(told, question.from, question.to, today);
            let is_whole = caller.principal.role == Role::Compliance && question.copy.is_none();
            if question.form.is_some() {
                let table = disclosures(patient, &accounting, is_whole);
                return Report::of(&caller, &receipt, table, question.form).await.map(Either::Right);
            }
            let shown = AccountingShown {
                patient_id: patient,
                from: accounting.from,
                to: accounting.to,
                disclosures: accounting.lines.into_iter().map(DisclosureShown::of).collect(),
                left_out: is_whole.then(|| LeftOutShown {
                    exempt: accounting.left_out.exempt.into_iter().map(|made| left_out(made, None)).collect(),
                    suspended: (accounting.left_out.suspended.into_iter())
                        .map(|(made, suspended)| left_out(made, Some(suspended)))
                        .collect(),
                }),
            };
            Ok(Either::Left(Shown::disclosed(&Disclosed::new(&receipt, shown))?))
        })
        .await
}

impl DisclosureShown {
    fn of(line: Accounted) -> Self {
        let Accounted { first, number, last } = line;
        Self {
            disclosure_id: first.disclosure_id,
            ground: first.ground,
            provision: first.ground.provision(),
            on: first.on,
            recipient: shown(&first.recipient),
            address: first.address.as_ref().map(shown),
            description: shown(&first.description),
            purpose: shown(&first.purpose),
            number,
            last_on: last,
        }
    }
}

fn left_out(made: DisclosureMade, suspended: Option<AccountingSuspended>) -> LeftOutDisclosure {
    let suspension = suspended.map(|suspended| SuspensionShown {
        statement: suspended.statement,
        agency: shown(&suspended.agency),
        stated_on: suspended.stated_on,
        until: suspended.until,
    });
    let (visits, last) = (made.visits.iter().copied().collect(), made.on);
    LeftOutDisclosure {
        disclosure: DisclosureShown::of(Accounted { first: made, number: 1, last }),
        visits,
        suspension,
    }
}
