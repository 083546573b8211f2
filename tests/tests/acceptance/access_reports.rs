//! Who looked: for compliance and auditors by patient and by reader, and for the patient.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Visit, fresh_id};

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

impl Visit {
    /// Asked once everything that was written is in it.
    async fn asked(&self, who: &Client, path: &str) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        who.get(&format!("{path}{sign}min_position={}", self.clinic.log_size().await - 1)).await
    }

    fn own_record(&self) -> String {
        format!("/v1/patients/{}", self.patient.id)
    }
}

fn told(answer: &Answer, columns: &[&str]) -> Vec<Vec<Value>> {
    answer.list("rows").iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_are_told_by_patient_and_by_reader_and_telling_them_is_one() {
    let visit = visit().await;
    visit.wait().await;
    let officer = visit.clinic.compliance().await;
    // A provider's relation to a patient comes from a read model.
    visit.clinic.app.read_models_caught_up().await;
    visit.desk.get(&visit.own_record()).await.ok();
    visit.provider.client.get(&visit.own_record()).await.ok();
    visit.billing.get(&visit.own_record()).await.refused(403, "denied");
    let room = format!("/v1/waiting-room?min_position={}", visit.clinic.log_size().await - 1);
    visit.desk.get(&room).await.ok();

    let of_patient = visit.asked(&officer, &format!("/v1/audit/access?patient={}", visit.patient.id)).await.ok();
    let rows = told(&of_patient, &["reader", "action", "outcome"]);
    let row = |reader: &str, action: &str, outcome: &str| vec![json!(reader), json!(action), json!(outcome)];
    for expected in [
        row(&visit.desk.subject, "read-patient", "shown"),
        row(&visit.provider.client.subject, "read-patient", "shown"),
        row(&visit.billing.subject, "read-patient", "denied"),
        row(&visit.desk.subject, "read-waiting-room", "shown"),
    ] {
        assert!(rows.contains(&expected), "{expected:?} is not in {rows:?}");
    }
    let positions: Vec<u64> = of_patient.list("rows").iter().map(|row| row["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted());
    assert!(of_patient.list("rows").iter().all(|row| row["patients"] == json!(visit.patient.id.to_string())));

    let reader = format!("/v1/audit/access?reader={}", visit.desk.subject);
    let of_reader = visit.asked(&visit.clinic.auditor().await, &reader).await.ok();
    assert!(of_reader.list("rows").iter().all(|row| row["reader"] == visit.desk.subject));
    assert!(
        of_reader.list("rows").iter().any(|row| row["action"] == "read-waiting-room" && row["session"].is_string())
    );

    // Both looks are facts themselves: the one about the patient is found with the patient.
    let again = visit.asked(&officer, &format!("/v1/audit/access?patient={}", visit.patient.id)).await.ok();
    assert!(told(&again, &["reader", "action"]).contains(&vec![json!(officer.subject), json!("read-accesses")]));
    let auditors = visit.asked(&officer, "/v1/audit/access?reader=auditor-1").await.ok();
    assert!(told(&auditors, &["action", "resource"]).contains(&vec![json!("read-accesses"), json!("log")]));

    // Page by page it is the same.
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/audit/access?patient={}&limit=2{after}", visit.patient.id);
        let page = officer.get(&path).await.ok();
        paged.extend(page.list("rows").iter().map(|row| row["position"].as_u64().unwrap()));
        match page["more_after"].as_u64() {
            Some(position) if paged.len() < positions.len() => after = format!("&after={position}"),
            _ => break,
        }
    }
    assert_eq!(paged[..positions.len()], positions);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_as_csv_page_and_plain_text_too() {
    let visit = visit().await;
    let officer = visit.clinic.compliance().await;
    // A reader whose name a spreadsheet would run and a browser would, too.
    let evil = visit.clinic.somebody("front-desk", "=cmd|' /C calc'!A0<script>", None).await;
    evil.get(&visit.own_record()).await.ok();
    let path = format!("/v1/audit/access?patient={}", visit.patient.id);
    for (form, kind, has) in [
        ("csv", "text/csv; charset=utf-8", "\"'=cmd|' /C calc'!A0<script>\""),
        ("html", "text/html; charset=utf-8", "<td>=cmd|&#39; /C calc&#39;!A0&lt;script&gt;</td>"),
        ("table", "text/plain; charset=utf-8", "=cmd|' /C calc'!A0<script>"),
    ] {
        let answer = visit.asked(&officer, &format!("{path}&form={form}")).await.ok();
        assert_eq!(answer.header("content-type"), kind);
        assert!(answer.text.contains(has), "{}", answer.text);
    }
    for wrong in
        ["form=pdf", "limit=0", "limit=1001", "from=yesterday", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"]
    {
        officer.get(&format!("{path}&{wrong}")).await.refused(400, "invalid-parameter");
    }
    officer.get(&format!("{path}&reader=x")).await.refused(400, "invalid-parameter");
    officer.get(&format!("/v1/audit/access?patient={}", fresh_id())).await.refused(404, "not-found");
    for who in [&visit.desk, &visit.provider.client, &visit.billing, &visit.clinic.administrator().await] {
        who.get(&path).await.refused(403, "denied");
        who.get("/v1/audit/access").await.refused(403, "denied");
    }
    visit.patient.client.get("/v1/audit/access").await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_sees_who_looked_and_staff_is_named_as_the_clinic_decided() {
    let visit = visit().await;
    let other = visit.clinic.visit().await;
    // A provider's relation to a patient comes from a read model.
    visit.clinic.app.read_models_caught_up().await;
    visit.desk.get(&visit.own_record()).await.ok();
    visit.provider.client.get(&visit.own_record()).await.ok();
    visit.patient.client.get(&visit.own_record()).await.ok();
    let path = format!("{}/who-looked", visit.own_record());
    let who = async || {
        let answer = visit.asked(&visit.patient.client, &path).await.ok();
        assert!(!answer.text.contains(&visit.desk.subject), "a subject is no name: {}", answer.text);
        let mut who: Vec<Value> = told(&answer, &["who"]).concat();
        who.dedup();
        who
    };
    let administrator = visit.clinic.administrator().await;
    assert_eq!(who().await, [json!("front-desk"), json!("provider"), json!("you")]);
    let named = |how: &str| json!({ "patients_see": how });
    administrator.post("/v1/clinic/staff-naming", named("names")).await.written();
    assert_eq!(who().await, [json!("front-desk"), json!("Ada Brook"), json!("you")]);
    administrator.post("/v1/clinic/staff-naming", named("nothing")).await.written();
    assert_eq!(who().await, [Value::Null, json!("you")]);
    administrator.post("/v1/clinic/staff-naming", named("horoscope")).await.refused(422, "invalid-body");
    visit.desk.post("/v1/clinic/staff-naming", named("names")).await.refused(403, "denied");

    other.patient.client.get(&path).await.refused(404, "not-found");
    visit.desk.get(&path).await.refused(403, "denied");
    visit.clinic.compliance().await.get(&path).await.ok();
}
