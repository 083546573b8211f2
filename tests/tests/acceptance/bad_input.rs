//! What does not fit is refused with a stable code and the field to blame, is not quoted, and leaves nothing behind.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Visit, fresh_id, visit_request};

/// Stands in everything that is wrong here and in no answer.
const MARK: &str = "Zwetschgendatschi";

/// One thing somebody may send, and what it has to be answered with.
struct Case<'a> {
    what: &'static str,
    who: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
    /// The field to blame, and what is wrong with it.
    field: Option<(&'static str, &'static str)>,
}

impl<'a> Case<'a> {
    fn post(what: &'static str, who: &'a Client, path: &str, body: impl Into<Vec<u8>>) -> Self {
        let (path, body) = (path.into(), body.into());
        let headers = vec![("content-type", "application/json".into())];
        Self { what, who, method: Method::POST, path, headers, body, status: 0, code: "", field: None }
    }

    fn get(what: &'static str, who: &'a Client, path: &str) -> Self {
        Self { method: Method::GET, headers: Vec::new(), ..Self::post(what, who, path, "") }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != "content-type" || name != "content-type");
        self.headers.push((name, value.into()));
        self
    }

    fn is(self, status: u16, code: &'static str) -> Self {
        Self { status, code, ..self }
    }

    fn at(self, field: &'static str, problem: &'static str) -> Self {
        Self { field: Some((field, problem)), ..self }
    }

    async fn send(&self) -> Answer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match self.method {
            Method::GET => self.who.get_with(&self.path, &headers).await,
            _ => self.who.post_bytes(&self.path, self.body.clone(), &headers).await,
        }
    }
}

/// Sends each and looks at the answer and at the log.
async fn refuse_all(visit: &Visit, cases: Vec<Case<'_>>) {
    let size = visit.clinic.log_size().await;
    for case in cases {
        let what = case.what;
        let answer = case.send().await;
        assert_eq!((answer.status, answer["code"].as_str()), (case.status, Some(case.code)), "{what}: {}", answer.text);
        let answer = answer.refused(case.status, case.code);
        if let Some((field, problem)) = case.field {
            assert_eq!(answer["errors"][0]["field"], field, "{what}: {}", answer.text);
            assert_eq!(answer["errors"][0]["problem"], problem, "{what}: {}", answer.text);
        }
        for secret in [MARK, "\u{202e}", "\\u0000"] {
            assert!(!answer.text.contains(secret), "{what} is quoted: {}", answer.text);
        }
        assert!(answer.text.len() < 2_000, "{what}: {}", answer.text);
        assert_eq!(visit.clinic.log_size().await, size, "{what} left something in the log");
    }
}

fn changed(mut body: Value, change: impl FnOnce(&mut Value)) -> String {
    change(&mut body);
    body.to_string()
}

async fn arrived() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.arrive().await;
    visit
}

fn person() -> Value {
    json!({ "given_name": "A", "family_name": "B", "birth_date": "1980-01-01" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_fit_is_refused_by_field() {
    let visit = arrived().await;
    let (desk, billing, provider) = (&visit.desk, &visit.billing, &visit.provider.client);
    let administrator = visit.clinic.administrator().await;
    let licence =
        json!({ "jurisdiction": "WI", "number": "1", "kind": "full", "from": "2026-01-01", "to": "2027-01-01" });
    let licences = format!("/v1/providers/{}/licences", visit.provider.id);
    let schedule = || visit_request(visit.patient.id, visit.provider.id, visit.starts_at);
    let charge =
        json!({ "code": "99213", "units": 1, "diagnoses": ["J06.9"], "payer": "commercial", "patient_at_home": true });
    let (patients, visits, charges, notes) = ("/v1/patients", "/v1/visits", visit.path("charges"), visit.path("notes"));
    let body = |what, who, path: &str, body: String| Case::post(what, who, path, body).is(422, "invalid-body");
    refuse_all(
        &visit,
        vec![
            body("unknown field", desk, patients, changed(person(), |p| p["colour"] = json!(MARK)))
                .at("colour", "unknown-field"),
            body("unknown field of no field's form", desk, patients, changed(person(), |p| p[MARK] = json!(1)))
                .at("", "unknown-field"),
            body("field where none is", desk, &visit.path("check-in"), json!({ "when": MARK }).to_string())
                .at("when", "unknown-field"),
            body(
                "unknown field within",
                provider,
                &notes,
                json!({ "template_version": "1", "body": { "paln": MARK } }).to_string(),
            )
            .at("body.paln", "unknown-field"),
            body(
                "missing field",
                desk,
                patients,
                changed(person(), |p| drop(p.as_object_mut().unwrap().remove("family_name"))),
            )
            .at("family_name", "missing"),
            body("nothing", desk, patients, String::new()).at("given_name", "missing"),
            body("duplicate field", desk, patients, format!(r#"{{"given_name":"A","given_name":"{MARK}"}}"#))
                .at("given_name", "duplicate"),
            body(
                "duplicate field within",
                provider,
                &notes,
                r#"{"template_version":"1","body":{"plan":"a","plan":"b"}}"#.into(),
            )
            .at("body.plan", "duplicate"),
            body("wrong type", desk, patients, changed(person(), |p| p["given_name"] = json!([MARK])))
                .at("given_name", "wrong-type"),
            body("not an object", desk, patients, json!([MARK]).to_string()),
            body("text for a number", billing, &charges, changed(charge.clone(), |c| c["units"] = json!(MARK)))
                .at("units", "wrong-type"),
            body("negative number", billing, &charges, changed(charge.clone(), |c| c["units"] = json!(-1)))
                .at("units", "invalid"),
            body("fraction", billing, &charges, changed(charge.clone(), |c| c["units"] = json!(1.5)))
                .at("units", "wrong-type"),
            body(
                "number that is too large",
                desk,
                visits,
                changed(schedule(), |s| s["duration_minutes"] = json!(70_000)),
            )
            .at("duration_minutes", "invalid"),
            body(
                "code of another form",
                billing,
                &charges,
                changed(charge.clone(), |c| c["diagnoses"] = json!(["J06.9", MARK])),
            )
            .at("diagnoses[1]", "invalid"),
            body("unknown word", desk, visits, changed(schedule(), |s| s["modality"] = json!(MARK)))
                .at("modality", "unknown-value"),
            body("no id", desk, visits, changed(schedule(), |s| s["patient_id"] = json!(MARK)))
                .at("patient_id", "invalid"),
            body("impossible birth date", desk, patients, changed(person(), |p| p["birth_date"] = json!("2026-02-30")))
                .at("birth_date", "impossible-date"),
            body(
                "impossible licence date",
                &administrator,
                &licences,
                changed(licence, |l| l["from"] = json!("2026-02-30")),
            )
            .at("from", "impossible-date"),
            body(
                "impossible time",
                desk,
                visits,
                changed(schedule(), |s| s["starts_at"] = json!("2026-11-31T15:00:00Z")),
            )
            .at("starts_at", "impossible-date"),
            body("empty text", desk, patients, changed(person(), |p| p["given_name"] = json!(" ")))
                .at("given_name", "invalid"),
            body(
                "text that is too long",
                desk,
                patients,
                changed(person(), |p| p["given_name"] = json!(MARK.repeat(9))),
            )
            .at("given_name", "invalid"),
            body(
                "control character",
                desk,
                patients,
                changed(person(), |p| p["given_name"] = json!(format!("{MARK}\u{1b}[31m"))),
            )
            .at("given_name", "invalid"),
            body(
                "character that changes direction",
                desk,
                patients,
                changed(person(), |p| p["given_name"] = json!(format!("{MARK}\u{202e}"))),
            )
            .at("given_name", "invalid"),
            body("isolate", desk, patients, changed(person(), |p| p["family_name"] = json!(format!("{MARK}\u{2066}"))))
                .at("family_name", "invalid"),
            body("a search for nothing", desk, "/v1/patients/search", "{}".into()).at("", "missing"),
            body("a search by one letter", desk, "/v1/patients/search", json!({ "family_name": "Z" }).to_string())
                .at("family_name", "too-short"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_reasonable_json_are_refused_before_they_are_read_as_anything() {
    let visit = arrived().await;
    let (desk, path) = (&visit.desk, "/v1/patients");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let with_name =
        |bytes: &[u8]| [br#"{"given_name":""#, bytes, br#"","family_name":"B","birth_date":"1980-01-01"}"#].concat();
    let whole = with_name(MARK.as_bytes());
    let post = |what, body: &[u8]| Case::post(what, desk, path, body);
    refuse_all(
        &visit,
        vec![
            post("arrays, 10,000 deep", deep.as_bytes()).is(400, "too-deep"),
            post("objects, 10,000 deep", deep_object.as_bytes()).is(400, "too-deep"),
            post("NUL, escaped", &with_name(br"A\u0000")).is(400, "control-character"),
            post("NUL, raw", &with_name(b"A\0")).is(400, "malformed-json"),
            post("reserved key", br#"{"given_name":{"$phi":0}}"#).is(400, "reserved-key"),
            post("reserved key, escaped and deep", br#"{"a":[{"\u0024clear":"Zwetschgendatschi"}]}"#)
                .is(400, "reserved-key"),
            post("cut off", &whole[..whole.len() - 5]).is(400, "malformed-json"),
            post("cut off within a character", &with_name(&"€".as_bytes()[..2])).is(400, "malformed-json"),
            post("cut off at the end within a character", &[br#"{"given_name":""#, &"€".as_bytes()[..1]].concat())
                .is(400, "malformed-json"),
            post("overlong UTF-8", &with_name(b"\xc0\x80")).is(400, "malformed-json"),
            post("half a surrogate pair", &with_name(br"\ud800")).is(400, "malformed-json"),
            post("a number beyond numbers", br#"{"given_name":1e999}"#).is(400, "malformed-json"),
            post("two values", b"{} {}").is(400, "malformed-json"),
            post("a byte order mark", b"\xef\xbb\xbf{}").is(400, "malformed-json"),
            post("no JSON at all", MARK.as_bytes()).is(400, "malformed-json"),
            post("compressed", b"\x1f\x8b\x08\x00").header("content-encoding", "gzip").is(400, "malformed-json"),
            post("another content type", &whole)
                .header("content-type", "text/plain")
                .is(415, "not-json")
                .at("Content-Type", "unsupported"),
            post("a form", b"given_name=A")
                .header("content-type", "application/x-www-form-urlencoded")
                .is(415, "not-json"),
            post("no content type", &whole).header("content-type", "").is(415, "not-json"),
            post("10 MB", &vec![b' '; 10 << 20]).is(413, "body-too-large"),
            Case::post("10 MB for a note", &visit.provider.client, &visit.path("notes"), vec![b'['; 10 << 20])
                .is(413, "body-too-large"),
        ],
    )
    .await;
    let json = [("content-type", "application/json; charset=utf-8")];
    desk.post_bytes(path, whole, &json).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_unannounced_length_is_cut_off_at_the_limit() {
    let visit = arrived().await;
    let size = visit.clinic.log_size().await;
    let chunks = futures::stream::iter((0..160).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 << 10])));
    let request = visit.desk.request(Method::POST, "/v1/patients").header("content-type", "application/json");
    // The server may hang up on who goes on sending; it must not have taken the body.
    if let Ok(response) = request.body(reqwest::Body::wrap_stream(chunks)).send().await {
        assert_eq!(response.status().as_u16(), 413);
    }
    assert_eq!(visit.clinic.log_size().await, size);
    assert_eq!(visit.clinic.app.anybody().get("/health").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_what_is_not_there_or_not_now_is_refused() {
    let visit = arrived().await;
    let theirs = visit.clinic.app.with_clinic().await.visit().await;
    let (desk, provider) = (&visit.desk, &visit.provider.client);
    let unknown = fresh_id();
    let used = [("Idempotency-Key", "used")];
    desk.post_with("/v1/patients/search", json!({ "family_name": "Quill" }), &used).await.ok();
    let registered = json!({ "given_name": "A", "family_name": "B", "birth_date": "1980-01-01" });
    desk.post_with("/v1/patients", registered, &used).await.written();
    let act = |what, path: &str, body: Value| Case::post(what, desk, path, body.to_string());
    let check_in = visit.path("check-in");
    let schedule = |patient, provider| visit_request(patient, provider, visit.starts_at);
    let day = |query: &str| format!("/v1/providers/{}/day{query}", visit.provider.id);
    let note = json!({ "content_sha256": "0".repeat(64), "rendered_at_position": 1 });
    let bad_path = |what, path: &str| Case::get(what, desk, path).is(400, "invalid-parameter").at("path", "invalid");
    let bad_query = |what, who, path: &str| Case::get(what, who, path).is(400, "invalid-parameter");
    let bad_header = |what, name: &'static str, value: &str| {
        act(what, &check_in, json!({})).header(name, value).is(400, "invalid-parameter").at(name, "invalid")
    };
    refuse_all(
        &visit,
        vec![
            Case::get("unknown visit", desk, &format!("/v1/visits/{unknown}")).is(404, "not-found"),
            Case::get("another clinic's visit", desk, &format!("/v1/visits/{}", theirs.id)).is(404, "not-found"),
            act("command on an unknown visit", &format!("/v1/visits/{unknown}/arrive"), json!({})).is(404, "not-found"),
            act("command on another clinic's visit", &theirs.path("arrive"), json!({})).is(404, "not-found"),
            Case::get("unknown patient", desk, &format!("/v1/patients/{unknown}")).is(404, "not-found"),
            act("visit of an unknown patient", "/v1/visits", schedule(unknown, visit.provider.id))
                .is(422, "unknown-patient")
                .at("patient_id", "unknown-patient"),
            act("visit with an unknown provider", "/v1/visits", schedule(visit.patient.id, unknown))
                .is(422, "unknown-provider")
                .at("provider_id", "unknown-provider"),
            act("another clinic's patient", "/v1/visits", schedule(theirs.patient.id, visit.provider.id))
                .is(422, "unknown-patient"),
            Case::post("unknown note", provider, &visit.path(&format!("notes/{unknown}/sign")), note.to_string())
                .is(404, "unknown-note"),
            act("command in the wrong state", &visit.path("hold"), json!({ "reason": "other" })).is(409, "wrong-state"),
            act("command too early", &check_in, json!({})).is(409, "identity-not-verified"),
            act(
                "one identifier twice",
                &visit.path("identity"),
                json!({ "method": "spoken", "identifiers": ["name", "name"] }),
            )
            .is(422, "two-identifiers-needed")
            .at("identifiers", "two-identifiers-needed"),
            bad_path("malformed id", &format!("/v1/visits/{MARK}")),
            bad_path("id that is too long", &format!("/v1/visits/{unknown}0")),
            bad_path("id with an encoded NUL", &format!("/v1/visits/{unknown}%00")),
            bad_path("id that is no UTF-8", "/v1/visits/%ff"),
            act("malformed id of a note", &visit.path(&format!("notes/{MARK}/sign")), note)
                .is(400, "invalid-parameter"),
            Case::get("no such route", desk, &format!("/v1/{MARK}")).is(404, "no-such-route"),
            Case::get("a command's route, read", desk, &check_in).is(404, "no-such-route"),
            Case::get("way out", desk, "/v1/visits/../../etc/passwd").is(404, "no-such-route"),
            bad_query("unknown parameter", desk, &format!("/v1/visits/{}?as_off={MARK}", visit.id))
                .at("query", "unknown-parameter"),
            bad_query("no time", desk, &format!("/v1/visits/{}?as_of={MARK}", visit.id)).at("query", "invalid"),
            bad_query("negative sequence", desk, &format!("/v1/visits/{}?at_sequence=-1", visit.id))
                .at("query", "invalid"),
            bad_query("impossible date", desk, &day("?date=2026-02-30")).at("query", "invalid"),
            bad_query("missing date", desk, &day("")).at("date", "missing"),
            bad_query("limit of nothing", provider, &visit.path("timeline?limit=0")).at("limit", "invalid"),
            bad_header("If-Match without quotes", "If-Match", "2"),
            bad_header("If-Match of words", "If-Match", &format!("\"{MARK}\"")),
            bad_header("weak If-Match", "If-Match", "W/\"2\""),
            bad_header("many in If-Match", "If-Match", "\"2\", \"3\""),
            act("stale If-Match", &visit.path("leave"), json!({}))
                .header("If-Match", "\"1\"")
                .is(412, "stale-version")
                .at("If-Match", "stale"),
            bad_header("Idempotency-Key with a space", "Idempotency-Key", &format!("{MARK} 1")),
            bad_header("Idempotency-Key that is too long", "Idempotency-Key", &"k".repeat(256)),
            bad_header("empty Idempotency-Key", "Idempotency-Key", ""),
            act("Idempotency-Key twice", &check_in, json!({}))
                .header("Idempotency-Key", "a")
                .header("Idempotency-Key", "b")
                .is(400, "invalid-parameter")
                .at("Idempotency-Key", "invalid"),
            act(
                "used Idempotency-Key",
                "/v1/patients",
                changed(person(), |p| p["given_name"] = json!(MARK)).parse().unwrap(),
            )
            .header("Idempotency-Key", "used")
            .is(422, "command-reused")
            .at("Idempotency-Key", "reused"),
        ],
    )
    .await;
}
