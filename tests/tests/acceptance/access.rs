//! Who is let in: tokens, roles, relations, and the wall between clinics.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, App, Client, Clinic, Visit, fresh_id, now};

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

/// A token signed with the development issuer's own key, saying whatever is asked.
async fn token(clinic: &Clinic, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let root: [u8; 32] = Sha256::digest(b"daybook/development/root-secret").into();
    let seed = Sha256::new().chain_update(b"daybook/development/issuer\0").chain_update(root).finalize();
    let keys = clinic.app.anybody().get("/development/jwks").await.ok();
    let mut header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": keys["keys"][0]["kid"] });
    let mut claims = json!({
        "iss": "http://localhost/development", "aud": "daybook", "sub": "front-desk-1", "iat": now().timestamp(),
        "exp": now().timestamp() + 3_600, "amr": ["mfa"],
        "daybook": { "clinic": clinic.id, "role": "front-desk" },
    });
    change(&mut header, &mut claims);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = SigningKey::from_bytes(&seed.into()).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_api_but_the_public_log_asks_for_a_token_before_anything_else() {
    let visit = visit().await;
    let anybody = visit.clinic.app.anybody();
    let document = anybody.get("/openapi.json").await.ok();
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_public = operation["security"].as_array().is_some_and(|all| all.iter().any(|one| *one == json!({})));
            if !path.starts_with("/v1") || is_public {
                continue;
            }
            let real = path.replace("{visit_id}", &visit.id.to_string());
            let real =
                real.split('/').map(|part| if part.starts_with('{') { fresh_id().to_string() } else { part.into() });
            let real = real.collect::<Vec<String>>().join("/");
            let answer = match method.as_str() {
                "get" => {
                    anybody
                        .get(&format!("{real}{}", if path.ends_with("/day") { "?date=2026-01-01" } else { "" }))
                        .await
                }
                "put" => anybody.put_with(&real, json!({}), &[]).await,
                _ => anybody.post_bytes(&real, b"{ not json".to_vec(), &[]).await,
            };
            let answer = answer.refused(401, "token-missing");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
            asked += 1;
        }
    }
    assert!(asked >= 35, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_right_in_every_part_is_refused() {
    let visit = visit().await;
    let (clinic, path) = (&visit.clinic, format!("/v1/visits/{}", visit.id));
    let ask = async |token: String| visit.desk.with_token(token).get(&path).await;
    ask(token(clinic, |_, _| {}).await).await.ok();

    type Change = fn(&mut Value, &mut Value);
    let wrong: [(Change, &str); 12] = [
        (|_, claims| claims["exp"] = json!(now().timestamp() - 31), "token-expired"),
        (|_, claims| claims["nbf"] = json!(now().timestamp() + 120), "token-not-yet-valid"),
        (|_, claims| claims["aud"] = json!("another-service"), "token-wrong-audience"),
        (|_, claims| claims["iss"] = json!("https://elsewhere.example/"), "token-wrong-issuer"),
        (|_, claims| claims["amr"] = json!(["pwd"]), "token-second-factor-required"),
        (|_, claims| claims["daybook"]["role"] = json!("owner"), "token-unknown-role"),
        (|_, claims| claims["daybook"]["role"] = json!("system"), "token-unknown-role"),
        (|_, claims| claims["daybook"]["role"] = json!("provider"), "token-without-person"),
        (|_, claims| drop(claims.as_object_mut().unwrap().remove("exp")), "token-claim-missing"),
        (|header, _| header["kid"] = json!("another"), "token-unknown-key"),
        (|header, _| header["alg"] = json!("HS256"), "token-wrong-algorithm"),
        (|header, _| header["alg"] = json!("none"), "token-malformed"),
    ];
    for (change, code) in wrong {
        let answer = ask(token(clinic, change).await).await;
        assert_eq!((answer.status, answer["code"].as_str()), (401, Some(code)), "{}", answer.text);
    }

    let right = token(clinic, |_, _| {}).await;
    let (signed, _) = right.rsplit_once('.').unwrap();
    let other = SigningKey::from_bytes(&[9; 32]).sign(signed.as_bytes());
    ask(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(other.to_bytes()))).await.refused(401, "token-wrong-signature");
    ask("not-a-token".into()).await.refused(401, "token-malformed");
}

/// The answer without what names the request.
fn alike(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("trace_id");
    }
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, body, names)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clinics_visit_and_one_that_does_not_exist_answer_alike_and_are_recorded_alike() {
    let theirs = visit().await;
    theirs.wait().await;
    theirs.admit().await;
    let note = theirs.draft_note().await["note_id"].as_str().unwrap().to_owned();
    let own = theirs.clinic.app.with_clinic().await;
    let (patient, provider) = (own.patient().await, own.provider().await);
    let somebody: [Client; 5] = [
        own.front_desk().await,
        provider.client.clone(),
        patient.client.clone(),
        own.billing().await,
        own.program().await,
    ];
    let size = theirs.clinic.log_size().await;
    for who in somebody {
        for (what, body) in [
            ("", None),
            ("/timeline", None),
            (&*format!("/notes/{note}"), None),
            ("/check-in", Some(json!({}))),
            ("/admit", Some(json!({}))),
            ("/cancel", Some(json!({ "by": "clinic", "reason": "other" }))),
            ("/bill", Some(json!({}))),
            ("/presence/joined", Some(json!({ "participant": "patient", "connection": "c" }))),
        ] {
            let mut seen = Vec::new();
            for id in [theirs.id, fresh_id()] {
                let (path, request_id) = (format!("/v1/visits/{id}{what}"), fresh_id());
                let header = [("X-Request-Id", request_id.to_string())];
                let headers: Vec<(&str, &str)> = header.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let answer = match &body {
                    Some(body) => who.post_with(&path, body.clone(), &headers).await,
                    None => who.get_with(&path, &headers).await,
                };
                assert!([403, 404].contains(&answer.status), "{path}: {}", answer.text);
                assert!(!answer.text.contains(&theirs.patient.id.to_string()));
                // The fact of the denial says what was asked for, and of whose it is nothing.
                let facts = own.facts_of(request_id).await;
                let facts: Vec<_> = facts
                    .into_iter()
                    .map(|fact| {
                        let mut payload = fact.payload;
                        assert_eq!(payload["patients"], json!([]));
                        payload.as_object_mut().unwrap().remove("resource_id");
                        (fact.kind, payload)
                    })
                    .collect();
                seen.push((alike(&answer), facts));
            }
            assert_eq!(seen[0], seen[1], "{} {what}", who.subject);
        }
    }
    assert_eq!(theirs.clinic.log_size().await, size, "the other clinic's log knows nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clinics_people_are_nobody_here() {
    let theirs = visit().await;
    let own = theirs.clinic.app.with_clinic().await;
    let (desk, patient, provider) = (own.front_desk().await, own.patient().await, own.provider().await);
    let mut answers = Vec::new();
    for id in [theirs.patient.id, fresh_id()] {
        let request = crate::support::visit_request(id, provider.id, theirs.starts_at);
        answers.push([desk.get(&format!("/v1/patients/{id}")).await, desk.post("/v1/visits", request).await]);
    }
    let facts = own.log_from(0).await;
    let named = facts.iter().any(|fact| fact["payload"].as_str().unwrap().contains(&theirs.patient.id.to_string()));
    assert!(!named, "this clinic's log names another's patient");
    for (theirs, unknown) in answers[0].iter().zip(&answers[1]) {
        assert_eq!(alike(theirs), alike(unknown));
    }
    assert_eq!((answers[0][0].status, answers[0][1]["code"].as_str()), (404, Some("unknown-patient")));
    let request = crate::support::visit_request(patient.id, theirs.provider.id, theirs.starts_at);
    desk.post("/v1/visits", request).await.refused(422, "unknown-provider");
    let found = desk.post("/v1/patients/search", json!({ "mrn": crate::support::phi::MRN })).await.ok();
    assert_eq!(found.list("patients").len(), 1, "only one's own: {}", found.text);
    let room = desk.get(&format!("/v1/waiting-room?min_position={}", provider.position)).await.ok();
    assert_eq!(room.list("rows").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_sees_ones_own_visit_and_never_learns_of_another() {
    let mine = visit().await;
    let theirs = mine.clinic.visit().await;
    let me = &mine.patient.client;
    me.get(&format!("/v1/visits/{}", mine.id)).await.ok();
    me.get(&mine.path("timeline")).await.ok();
    let (unknown, body) = (fresh_id(), json!({}));
    for (one, other) in [
        (me.get(&format!("/v1/visits/{}", theirs.id)).await, me.get(&format!("/v1/visits/{unknown}")).await),
        (me.get(&theirs.path("timeline")).await, me.get(&format!("/v1/visits/{unknown}/timeline")).await),
        (
            me.get(&format!("/v1/patients/{}", theirs.patient.id)).await,
            me.get(&format!("/v1/patients/{unknown}")).await,
        ),
        (
            me.post(&theirs.path("arrive"), body.clone()).await,
            me.post(&format!("/v1/visits/{unknown}/arrive"), body).await,
        ),
    ] {
        assert_eq!(alike(&one.refused(404, "not-found")), alike(&other));
    }
    me.get("/v1/waiting-room").await.refused(403, "denied");
    me.get("/v1/log/events").await.refused(403, "denied");
    assert_eq!(theirs.state().await, "scheduled");

    // They learn that another patient tried, and not who; whoever answers for the clinic learns that too.
    let subject = format!("patient-{}", mine.patient.id);
    let timeline = theirs.path(&format!("timeline?limit=500&min_position={}", mine.clinic.log_size().await - 1));
    let told = theirs.patient.client.get(&timeline).await.ok();
    let tried = |entry: &&Value| entry["access"]["reader"] == "(another patient)" && entry["access"]["denied"] == true;
    assert!(told.list("entries").iter().any(|entry| tried(&entry)), "{}", told.text);
    assert!(!told.text.contains(&subject), "{}", told.text);
    assert!(mine.clinic.compliance().await.get(&timeline).await.ok().text.contains(&subject));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_gets_what_its_work_needs_and_no_more() {
    let visit = visit().await;
    visit.wait().await;
    visit.admit().await;
    let drafted = visit.draft_note().await;
    let note = visit.note_path(&drafted);
    let clinic = &visit.clinic;
    let chart = format!("/v1/patients/{}/chart", visit.patient.id);
    let shown = format!("/v1/visits/{}", visit.id);
    let stranger = clinic.provider().await.client;

    for (who, path) in [
        (&visit.billing, &note),
        (&visit.billing, &chart),
        (&visit.desk, &note),
        (&visit.desk, &chart),
        (&visit.desk, &visit.path("timeline")),
        (&stranger, &shown),
        (&stranger, &note),
        (&stranger, &chart),
        (&stranger, &visit.path("timeline")),
        (&stranger, &format!("/v1/patients/{}", visit.patient.id)),
        (&stranger, &format!("/v1/providers/{}/day?date=2026-01-01", visit.provider.id)),
        (&clinic.administrator().await, &shown),
        (&clinic.auditor().await, &shown),
        (&clinic.compliance().await, &note),
        (&clinic.program().await, &note),
    ] {
        let answer = who.get(path).await;
        assert_eq!(
            (answer.status, answer["code"].as_str()),
            (403, Some("denied")),
            "{} {path}: {}",
            who.subject,
            answer.text
        );
    }
    for (who, path) in [
        (&visit.billing, &shown),
        (&visit.desk, &shown),
        (&clinic.compliance().await, &shown),
        (&clinic.compliance().await, &visit.path("timeline")),
        // Who treats a patient is told by a read model.
        (&visit.provider.client, &format!("{chart}?min_position={}", drafted.position())),
    ] {
        who.get(path).await.ok();
    }
    for (who, what, body) in [
        (&visit.desk, "end", json!({ "outcome": "completed" })),
        (&visit.billing, "end", json!({ "outcome": "completed" })),
        (&stranger, "end", json!({ "outcome": "completed" })),
        (&visit.desk, "bill", json!({})),
        (&visit.desk, "presence/joined", json!({ "participant": "patient", "connection": "c" })),
        (&visit.provider.client, "consents/give", json!({ "kind": "telehealth", "text_version": "1" })),
        (&clinic.compliance().await, "end", json!({ "outcome": "completed" })),
    ] {
        let answer = who.post(&visit.path(what), body).await;
        assert_eq!((answer.status, answer["code"].as_str()), (403, Some("denied")), "{} {what}", who.subject);
    }
    let licence =
        json!({ "jurisdiction": "MN", "number": "1", "kind": "full", "from": "2020-01-01", "to": "2099-12-31" });
    let path = format!("/v1/providers/{}/licences", visit.provider.id);
    visit.provider.client.post(&path, licence).await.refused(403, "denied");
}
