//! `GET /v1/patients/{patient_id}/history`

use std::collections::{BTreeMap, BTreeSet};

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_access::{Action, Disclosed, Opened, Receipt, Resource};
use daybook_domain::Class;
use daybook_domain::history::{HistoryKind, MARK};
use daybook_import::fhir::{self, Words};
use daybook_import::{Identities, Kind};
use daybook_projections::HistoryRecord;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::IntoParams;
use uuid::Uuid;

use super::PatientPath;
use super::person::people;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::Refusals;
use crate::shown::{Shown, plain};

/// Records in one answer, at most.
const MOST: u32 = 200;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// Only records of this kind: encounter, condition, allergy, medication or note.
    #[param(value_type = Option<String>)]
    kind: Option<HistoryKind>,
    /// Records that come before this one, as `more_before` gave it; from the newest if absent.
    before: Option<Uuid>,
    /// How many, 1 to 200; 50 if absent.
    limit: Option<u32>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct RecordShown {
    #[serde(flatten)]
    record: HistoryRecord,
    mark: &'static str,
    billable: bool,
    #[serde(flatten)]
    content: Content,
}

/// What a record says, or why that is not shown.
#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Shown {
        #[serde(flatten)]
        words: Words,
        /// Practitioners and organizations it names, as far as they were imported.
        who: Vec<String>,
        /// The resource as the source wrote it.
        resource: Value,
    },
    Withheld {
        withheld: Value,
    },
}

/// What other systems recorded about a patient, newest first: imported, not witnessed, not billable.
///
/// What a source marked as about substance use, or to be kept apart, takes a permission of its own and is recorded as read
/// on its own. What it marked as a psychotherapy note is withheld from everybody: who wrote it is not known here.
#[utoipa::path(
    tag = "patients",
    params(HistoryQuery),
    responses((status = 200, description = "A stretch of it.", body = ref("#/components/schemas/History")), Refusals)
)]
#[get("/v1/patients/{patient_id}/history")]
pub async fn show_history(
    path: Path<PatientPath>,
    caller: Caller,
    question: Query<HistoryQuery>,
) -> Result<Shown, Problem> {
    let limit = question.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter("limit", "between 1 and 200"));
    }
    caller
        .detached(move |caller| async move {
            let (state, clinic, patient) = (&caller.state, caller.clinic(), path.patient_id);
            query::wait_for(&caller, question.min_position).await?;
            let known = state.views.registered(clinic, &[patient]).await?.contains_key(&patient);
            let resource = super::resource(&caller, patient, known).await?;
            let patients = if known { vec![patient] } else { Vec::new() };
            let receipt = state.access.read(&caller.asking(), Action::ReadHistory, &resource, &patients).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            if !known {
                return Err(Problem::not_found());
            }
            let history = state.views.history(clinic, patient, question.kind, question.before, limit).await?;
            let opened = open(&caller, &receipt, &history.records).await?;
            let restricted = restricted(&caller, &resource, &opened).await?;
            let readable = readable(opened, restricted.is_some());
            let names = names(&caller, &history.records, &readable).await?;
            let records: Vec<RecordShown> = history
                .records
                .into_iter()
                .map(|record| {
                    let content = content(&record, readable.get(&record.position), &names);
                    RecordShown { record, mark: MARK, billable: false, content }
                })
                .collect();
            let shown = json!({
                "position": history.position,
                "patient_id": patient,
                "patient": people(state, &receipt, &patients).await?.remove(&patient),
                "mark": MARK,
                "records": records,
                "more_before": history.more_before,
            });
            Shown::disclosed(&Disclosed::new(restricted.as_ref().unwrap_or(&receipt), shown))
        })
        .await
}

async fn open(caller: &Caller, receipt: &Receipt, records: &[HistoryRecord]) -> Result<Vec<Opened>, Problem> {
    let positions: Vec<u64> = records.iter().map(|record| record.position).collect();
    let events = caller.state.ledger.read_positions(caller.clinic(), &positions).await?;
    Ok(caller.state.access.open(receipt, &events).await?)
}

/// The receipt for what is restricted, where there is such a record and the caller may see it.
async fn restricted(caller: &Caller, resource: &Resource, opened: &[Opened]) -> Result<Option<Receipt>, Problem> {
    let (access, action) = (&caller.state.access, Action::ReadSensitiveHistory);
    let is_there = opened.iter().any(|event| matches!(class(event), Some(Class::Sud | Class::Confidential)));
    if !is_there || !access.decide(&caller.principal, action, resource).is_permit() {
        return Ok(None);
    }
    Ok(Some(access.read(&caller.asking(), action, resource, &[]).await?))
}

/// The class a record was sealed under; `None` where its key is gone, and with it all that could be shown.
fn class(event: &Opened) -> Option<Class> {
    serde_json::from_value(plain(event.payload["class"].clone())).ok()
}

/// The resources that may be shown by position; of the others, what they are withheld for.
fn readable(opened: Vec<Opened>, with_restricted: bool) -> BTreeMap<u64, Result<Value, Value>> {
    let each = opened.into_iter().map(|event| {
        let shown = match class(&event) {
            Some(class @ Class::Psychotherapy) => Err(json!(class.name())),
            Some(class @ (Class::Sud | Class::Confidential)) if !with_restricted => Err(json!(class.name())),
            Some(_) => Ok(resource(&event)),
            None => Err(plain(event.payload["class"].clone())),
        };
        (event.position, shown)
    });
    each.collect()
}

fn resource(event: &Opened) -> Value {
    let resource = plain(event.payload["resource"].clone());
    // It was JSON when it was imported; should it not be any more, it is shown as it stands.
    resource.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(resource)
}

/// Names of the staff and organizations that these resources refer to, by source, kind and id.
async fn names(
    caller: &Caller,
    records: &[HistoryRecord],
    readable: &BTreeMap<u64, Result<Value, Value>>,
) -> Result<BTreeMap<(String, Kind, String), String>, Problem> {
    let mut ids: BTreeMap<Uuid, (String, Kind, String)> = BTreeMap::new();
    for record in records {
        let Some(Ok(resource)) = readable.get(&record.position) else { continue };
        let index = caller.state.ledger.sealer().index(caller.clinic())?;
        let identities = Identities::new(index, record.source.clone());
        for (kind, id) in fhir::referred(resource) {
            ids.insert(identities.resource(kind, &id), (record.source.as_str().to_owned(), kind, id));
        }
    }
    let entries = caller.state.views.imported_directory(caller.clinic(), ids.keys().copied().collect()).await?;
    let named = entries.into_iter().filter_map(|(id, entry)| Some((ids.remove(&id)?, entry.name.as_str().to_owned())));
    Ok(named.collect())
}

fn content(
    record: &HistoryRecord,
    readable: Option<&Result<Value, Value>>,
    names: &BTreeMap<(String, Kind, String), String>,
) -> Content {
    match readable {
        Some(Ok(resource)) => {
            let named = fhir::referred(resource)
                .into_iter()
                .filter_map(|(kind, id)| names.get(&(record.source.as_str().to_owned(), kind, id)).cloned());
            let who: BTreeSet<String> = named.collect();
            let who = who.into_iter().collect();
            Content::Shown { words: fhir::words(record.kind, resource), who, resource: resource.clone() }
        }
        Some(Err(reason)) => Content::Withheld { withheld: reason.clone() },
        None => Content::Withheld { withheld: json!("not-in-the-log") },
    }
}
