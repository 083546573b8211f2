//! A provider who treats under supervision: what they sign is their supervisor's to cosign, and nothing is billed before.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Person, Visit};

async fn supervised() -> (Visit, Person) {
    let clinic = App::start().await.with_clinic().await;
    let (visit, supervisor) = (clinic.visit().await, clinic.provider().await);
    visit.desk.post(&visit.path("supervisor"), json!({ "supervisor_id": supervisor.id })).await.written();
    (visit, supervisor)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trainee_signs_is_billed_once_the_supervisor_cosigned_it() {
    let (visit, supervisor) = supervised().await;
    let whole = |path: &str| format!("/v1/visits/{}{path}", visit.id);
    let shown = supervisor.client.get(&whole("")).await.ok();
    let supervision = json!({ "trainee": visit.provider.id, "supervisor": supervisor.id });
    assert_eq!(shown["supervision"], supervision);
    visit.wait().await;
    visit.admit().await;
    visit.joins("provider", "d1").await;
    let joined = json!({ "participant": "supervisor", "connection": "s1" });
    visit.program.post(&visit.path("presence/joined"), joined).await.written();
    assert_eq!(visit.show().await["presence"]["supervisor"], "present");
    supervisor
        .client
        .post(&visit.path("end"), json!({ "outcome": "completed" }))
        .await
        .refused(403, "not-this-visits-provider");

    let note = visit.draft_note().await;
    let signed = visit.sign(&note).await;
    assert_eq!((&signed["note_id"], signed["signed_sha256"].is_string()), (&note["note_id"], true), "{}", signed.text);
    visit.end().await;
    visit.charge().await;
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-cosigned");

    let another = visit.clinic.provider().await;
    let asked = visit.note_path(&note) + "/cosign-requests";
    let refused = visit.provider.client.post(&asked, json!({ "cosigner_id": another.id })).await;
    assert_eq!(refused.refused(422, "cosigner-is-not-supervisor")["errors"][0]["field"], "cosigner_id");

    let read = supervisor.client.get(&visit.note_path(&note)).await.ok();
    assert_eq!(read["cosign"]["cosigner"], supervisor.id.to_string());
    let cosignature = |attestation: &str| {
        json!({
            "signed_sha256": read["signed_sha256"], "rendered_at_position": read["rendered_at_position"],
            "attestation": attestation,
        })
    };
    let cosign = visit.note_path(&note) + "/cosign";
    visit.provider.client.post(&cosign, cosignature("reviewed-note")).await.refused(403, "denied");
    supervisor.client.post(&cosign, cosignature("glanced-at-it")).await.refused(422, "invalid-body");
    supervisor.client.post(&cosign, cosignature("present-for-key-portions")).await.written();
    let billed = visit.bill().await;
    let timeline = visit.path(&format!("timeline?limit=500&min_position={}", billed.position()));
    let timeline = supervisor.client.get(&timeline).await.ok();
    let kinds: Vec<&Value> = timeline.list("entries").iter().map(|entry| &entry["event_type"]).collect();
    for kind in ["supervisor-named", "note-signed", "cosign-requested", "cosigned", "billed"] {
        assert!(kinds.contains(&&json!(kind)), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_is_another_provider_of_the_clinic_and_licensed_where_the_patient_is() {
    let clinic = App::start().await.with_clinic().await;
    let (visit, supervisor) = (clinic.visit().await, clinic.provider().await);
    let path = visit.path("supervisor");
    let name = async |id: Uuid| visit.desk.post(&path, json!({ "supervisor_id": id })).await;
    let field = name(visit.provider.id).await.refused(422, "supervisor-is-trainee");
    assert_eq!(field["errors"][0]["field"], "supervisor_id");
    name(Uuid::from_u128(7)).await.refused(422, "unknown-supervisor");
    visit.patient.client.post(&path, json!({ "supervisor_id": supervisor.id })).await.refused(403, "denied");
    supervisor.client.post(&path, json!({ "supervisor_id": supervisor.id })).await.refused(403, "denied");

    // Named while nobody knows where the patient is, then found to have no licence there.
    let revoked = json!({ "jurisdiction": "WI", "number": "12345-20", "on": "2020-02-01", "reason": "suspended" });
    let administrator = clinic.administrator().await;
    administrator.post(&format!("/v1/providers/{}/licences/revoke", supervisor.id), revoked).await.written();
    name(supervisor.id).await.written();
    visit.wait().await;
    visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "supervisor-not-licensed");
    let other = clinic.provider().await;
    name(other.id).await.written();
    visit.admit().await;
    name(supervisor.id).await.refused(409, "supervisor-not-licensed");
}
