//! The log read by somebody else's program: postgres-es loads a visit through the SQL view `events`.

use cqrs_es::persist::PersistedEventRepository;
use daybook_domain::Rules;
use daybook_domain::visit::{Event, Participant, Visit};
use postgres_es::PostgresEventRepository;
use serde_json::json;

use crate::support::App;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_es_loads_a_visit_and_folds_it_to_the_state_the_server_shows() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.hold().await;
    visit.return_to_waiting().await;
    visit.care().await;
    let shown = visit.show().await;

    let repository = PostgresEventRepository::new(visit.clinic.app.owner.clone());
    let stored = repository.get_events::<Visit>(&visit.id.to_string()).await.expect("the visit's events");
    assert_eq!(stored.len() as u64, shown.sequence());
    let mut folded = Visit::default();
    for (index, stored) in stored.iter().enumerate() {
        assert_eq!(stored.sequence, index + 1);
        assert_eq!(stored.metadata["actor"].as_str().map(str::is_empty), Some(false));
        let event: Event = serde_json::from_value(stored.payload.clone()).expect("an event of the domain");
        assert_eq!(cqrs_es::DomainEvent::event_type(&event), stored.event_type);
        assert_eq!(cqrs_es::DomainEvent::event_version(&event), stored.event_version);
        folded.evolve(&event);
    }

    assert_eq!(json!(folded.state()), shown["state"]);
    assert_eq!(json!(folded.patient()), shown["patient_id"]);
    assert_eq!(json!(folded.provider()), shown["provider_id"]);
    assert_eq!(json!(folded.starts_at()), shown["starts_at"]);
    assert_eq!(json!(folded.duration_minutes()), shown["duration_minutes"]);
    assert_eq!(json!(folded.modality()), shown["modality"]);
    assert_eq!(json!(folded.expected_at()), shown["expected_at"]);
    assert_eq!(json!(folded.identity_verified()), shown["identity_verified"]);
    assert_eq!(json!(folded.location()), shown["location"]);
    assert_eq!(json!(folded.outcome()), shown["outcome"]);
    assert_eq!(json!(folded.consents()), shown["consents"]);
    assert_eq!(json!(folded.presence().of(Participant::Patient)), shown["presence"]["patient"]);
    assert_eq!(json!(folded.presence().of(Participant::Provider)), shown["presence"]["provider"]);
    let mut notes = Vec::new();
    for (note_id, note) in folded.notes().iter() {
        let mut note = json!(note);
        note["note_id"] = json!(note_id);
        notes.push(note);
    }
    assert_eq!(json!(notes), shown["notes"]);
    let mut charges = Vec::new();
    for (charge_id, charge) in folded.charges().iter() {
        let mut charge = json!(charge);
        charge["charge_id"] = json!(charge_id);
        charges.push(charge);
    }
    assert_eq!(json!(charges), shown["charges"]);
    assert_eq!(shown["state"], "closed");
}
