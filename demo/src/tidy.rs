//! Visits an earlier run left open are closed on the record, so that today's waiting room shows today.

use anyhow::Context;
use serde_json::json;
use uuid::Uuid;

use crate::seed::Clinic;

const WHY: &str = "Left over from an earlier run of the demo";

/// Closes them; says how many there were.
pub async fn tidy(clinics: &[Clinic]) -> anyhow::Result<()> {
    let mut closed = 0;
    for clinic in clinics {
        closed += tidy_one(clinic).await?;
    }
    if closed > 0 {
        println!("Closed {closed} visits that an earlier run had left open.\n");
    }
    Ok(())
}

async fn tidy_one(clinic: &Clinic) -> anyhow::Result<usize> {
    let room = clinic.desk.get("/v1/waiting-room").await?;
    let rows = room["rows"].as_array().context("the waiting room has no rows")?;
    for row in rows {
        let id = |name: &str| row[name].as_str().and_then(|id| Uuid::try_parse(id).ok());
        let visit = id("visit_id").context("a row without a visit")?;
        if row["state"] == "admitted" {
            let provider = id("provider_id").context("a row without a provider")?;
            let known = clinic.providers.values().find(|member| member.id == provider);
            let provider = known.context("a provider whom this edition of the demo does not know")?;
            let path = format!("/v1/visits/{visit}/end");
            provider.caller.post(&path, &json!({ "outcome": "technical-failure" })).await?;
        } else {
            let body = json!({ "by": "clinic", "reason": "other", "details": WHY });
            clinic.desk.post(&format!("/v1/visits/{visit}/cancel"), &body).await?;
        }
    }
    Ok(rows.len())
}
