//! Other forms of an export, for programs and people who want no bundle: a table, FHIR resources, a page to be printed. None
//! of them proves anything, and each says so, and under which checkpoint it was made; the bundle of the same is what proves.
//! Sealed values are left out.

mod csv;
mod fhir;
mod html;

use daybook_domain::access_events::ExportForm;
use daybook_ledger::format::hexadecimal;
use daybook_ledger::{Ledger, Metadata, Recorded};
use serde_json::Value;

use crate::export::{ExportError, Exported, Outlet, Prepared, not_written};

/// One form, written as it is made.
trait Form {
    /// What comes first. `proof` is the sentence on what this proves.
    fn begin(&self, proof: &Proof) -> String;
    fn event(&self, event: &Told<'_>, proof: &Proof) -> String;
    fn end(&self) -> String;
}

/// Under which checkpoint it was made.
struct Proof {
    origin: String,
    size: u64,
    /// Base64.
    root: String,
    /// The exported events in words.
    of: String,
}

impl Proof {
    fn sentence(&self) -> String {
        format!(
            "This proves nothing by itself. It was made of the log {} as it stood at the checkpoint of size {} with the root {}; \
             a bundle of the same events proves what is in it.",
            self.origin, self.size, self.root
        )
    }
}

/// An event, as the forms tell it.
struct Told<'a> {
    event: &'a Recorded,
    metadata: Metadata,
    payload: Value,
    hash: String,
}

impl<'a> Told<'a> {
    fn of(event: &'a Recorded) -> Option<Self> {
        let payload = serde_json::from_slice(&event.payload).ok()?;
        Some(Self { event, metadata: event.metadata(), payload, hash: hexadecimal(&event.hash) })
    }

    fn metadata(&self, key: &str) -> &str {
        self.metadata.get(key).map_or("", String::as_str)
    }

    fn recorded_at(&self) -> String {
        self.event.recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    }

    /// The payload, a word where a value is sealed.
    fn text(&self) -> String {
        fn sealed(value: &Value) -> Value {
            match value {
                Value::Object(map) if map.contains_key(daybook_domain::phi::PHI) => "[sealed]".into(),
                Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), sealed(value))).collect(),
                Value::Array(items) => items.iter().map(sealed).collect(),
                value => value.clone(),
            }
        }
        sealed(&self.payload).to_string()
    }
}

impl Prepared {
    /// Writes it in another form than a bundle.
    pub async fn write_form(
        self,
        ledger: &Ledger,
        form: ExportForm,
        out: &mut impl Outlet,
        progress: impl Fn(u64, u64),
    ) -> Result<Exported, ExportError> {
        let proof = self.proof();
        let form: &(dyn Form + Sync) = match form {
            ExportForm::Csv => &csv::Csv,
            ExportForm::Fhir => &fhir::Fhir,
            ExportForm::Html => &html::Html,
            ExportForm::Bundle => return Err(ExportError::Nothing("a bundle is more than one file".into())),
        };
        let failed = |error| not_written("the output", &error);
        out.take(form.begin(&proof).into()).await.map_err(failed)?;
        let (mut pages, mut events) = (self.selection.pages(), 0);
        while let Some(page) = pages.next(ledger, self.clinic).await? {
            let mut text = String::new();
            for event in &page {
                let told = Told::of(event).ok_or(ExportError::Changed(event.position))?;
                text.push_str(&form.event(&told, &proof));
            }
            out.take(text.into()).await.map_err(failed)?;
            events += page.len() as u64;
            progress(events, self.selection.events());
        }
        out.take(form.end().into()).await.map_err(failed)?;
        out.end().await.map_err(failed)?;
        Ok(Exported { events, size: self.head.size, files: 1 })
    }

    fn proof(&self) -> Proof {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let (origin, root) = (self.key.name().to_owned(), STANDARD.encode(self.head.root));
        Proof { origin, size: self.head.size, root, of: crate::export::of(self.selection.scope()) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use daybook_ledger::Stream;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn proof() -> Proof {
        let (origin, root) = ("daybook.test/clinics/1".into(), "AAAA".into());
        Proof { origin, size: 7, root, of: "the visit 1".into() }
    }

    fn recorded(event_type: &str, stream: &str, payload: &Value, actor: &str) -> Recorded {
        Recorded {
            clinic: Uuid::from_u128(1),
            position: 3,
            stream: Stream { kind: stream.to_owned().into(), id: Uuid::from_u128(2) },
            sequence: 1,
            event_id: Uuid::from_u128(4),
            event_type: event_type.into(),
            event_version: "1.0".into(),
            recorded_at: DateTime::from_timestamp_micros(1_793_000_000_123_456).unwrap(),
            prev_hash: [0; 32],
            hash: [0xAB; 32],
            metadata: serde_json::to_vec(&json!({ "actor": actor, "role": "front-desk" })).unwrap(),
            payload: serde_json::to_vec(payload).unwrap(),
            sealed: Vec::new(),
        }
    }

    fn told(form: &dyn Form, event: &Recorded) -> String {
        form.event(&Told::of(event).unwrap(), &proof())
    }

    #[test]
    fn a_table_has_no_formula_in_it() {
        for (actor, cell) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("a,b\"c\nd", "\"a,b\"\"c\nd\""),
        ] {
            let line = told(&csv::Csv, &recorded("arrived", "visit", &json!({}), actor));
            assert!(line.contains(cell), "{line}");
        }
        let begin = csv::Csv.begin(&proof());
        assert!(
            begin.starts_with("\"This proves nothing by itself.") && begin.contains("size 7 with the root AAAA"),
            "{begin}"
        );
    }

    #[test]
    fn a_page_has_no_markup_of_others_in_it_and_no_script() {
        let payload = json!({ "a": "</td><script>alert(1)</script>", "b": { "$phi": 0 } });
        let row = told(&html::Html, &recorded("arrived", "visit", &payload, "<img src=x onerror=y> & \"'"));
        assert!(!row.contains("<script") && !row.contains("<img") && row.contains("&lt;img src=x"), "{row}");
        assert!(row.contains("[sealed]"), "{row}");
        let page = format!("{}{}", html::Html.begin(&proof()), html::Html.end());
        assert!(page.contains("This proves nothing by itself.") && !page.contains("<script"), "{page}");
    }

    #[test]
    fn a_read_is_an_audit_event_and_an_act_has_a_provenance() {
        let read = json!({
            "reader": "dr-7", "role": "provider", "action": "read-chart", "resource_kind": "visit",
            "resource_id": Uuid::from_u128(9), "purpose": "treatment", "patients": [Uuid::from_u128(5)], "policies": ["p"],
        });
        let line = told(&fhir::Fhir, &recorded("phi-read", "access", &read, "dr-7"));
        let event: Value = serde_json::from_str(line.trim_end()).unwrap();
        assert_eq!(
            (&event["resourceType"], &event["action"], &event["outcome"]),
            (&json!("AuditEvent"), &json!("R"), &json!("0"))
        );
        assert_eq!(event["agent"][0]["who"]["identifier"]["value"], "dr-7");
        assert_eq!(event["purposeOfEvent"][0]["coding"][0]["code"], "TREAT");
        assert_eq!(event["entity"][0]["what"]["reference"], format!("Patient/{}", Uuid::from_u128(5)));
        assert_eq!(event["recorded"], "2026-10-26T07:33:20.123456Z");
        let tag = event["meta"]["tag"][0]["display"].as_str().unwrap();
        assert!(tag.starts_with("This proves nothing by itself."), "{tag}");
        let line = told(&fhir::Fhir, &recorded("arrived", "visit", &json!({ "returning": false }), "desk-7"));
        let act: Value = serde_json::from_str(line.trim_end()).unwrap();
        assert_eq!(
            (&act["resourceType"], &act["activity"]["coding"][0]["code"]),
            (&json!("Provenance"), &json!("arrived"))
        );
        assert_eq!(act["target"][0]["reference"], format!("Encounter/{}", Uuid::from_u128(2)));
        assert_eq!(act["agent"][0]["who"]["identifier"]["value"], "desk-7");
        assert!(!line.trim_end().contains('\n'));
    }

    /// Entries whose `type` is this code, as IHE's slices tell them apart.
    fn of_type<'a>(entries: &'a Value, code: &str) -> Vec<&'a Value> {
        let of = |entry: &&Value| entry["type"]["code"] == code || entry["type"]["coding"][0]["code"] == code;
        entries.as_array().unwrap().iter().filter(of).collect()
    }

    /// What `IHE.BasicAudit.Read` asks for (as its FHIR Shorthand has it).
    fn obeys_read(event: &Value) {
        assert_eq!(
            (&event["type"]["code"], &event["action"], &event["outcome"]),
            (&json!("rest"), &json!("R"), &json!("0"))
        );
        assert_eq!(event["subtype"][0]["code"], "read");
        let absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
        for agent in ["110152", "110153"] {
            let found = of_type(&event["agent"], agent);
            assert_eq!(found.len(), 1, "{agent}");
            assert!(found[0]["who"].is_object() && found[0]["requestor"] == false && found[0]["media"].is_null());
            assert_eq!(found[0]["network"]["extension"][0]["url"], absent);
        }
        let users = of_type(&event["agent"], "IRCP");
        assert!(users.len() == 1 && users[0]["requestor"] == true && users[0]["network"].is_null());
        let data = of_type(&event["entity"], "2");
        assert!(data.len() == 1 && data[0]["role"]["code"] == "4" && data[0]["what"].is_object(), "{event}");
        let request = of_type(&event["entity"], "XrequestId");
        assert_eq!(request[0]["what"]["identifier"]["value"], "r-1");
    }

    #[test]
    fn a_read_of_one_thing_obeys_the_profile_it_claims_and_of_many_people_none_is_claimed() {
        let event = |kind: &str, patients: &[u128], one: bool| -> Value {
            let patients: Vec<_> = patients.iter().map(|patient| Uuid::from_u128(*patient)).collect();
            let mut payload = json!({
                "reader": "dr-7", "role": "provider", "action": "read-chart", "resource_kind": "visit", "purpose": "treatment",
                "patients": patients, "policies": ["p"],
            });
            if one {
                payload["resource_id"] = json!(Uuid::from_u128(9));
            }
            if kind == "access-denied" {
                payload["reason"] = "no-relation".into();
            }
            let mut recorded = recorded(kind, "access", &payload, "dr-7");
            recorded.metadata = serde_json::to_vec(&json!({ "actor": "dr-7", "correlation_id": "r-1" })).unwrap();
            serde_json::from_str(&told(&fhir::Fhir, &recorded)).unwrap()
        };
        let profile = |name: &str| json!([format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/{name}")]);

        let of_one = event("phi-read", &[5], true);
        assert_eq!(of_one["meta"]["profile"], profile("IHE.BasicAudit.PatientRead"));
        obeys_read(&of_one);
        let patients = of_type(&of_one["entity"], "1");
        assert!(patients.len() == 1 && patients[0]["role"]["code"] == "1", "{of_one}");
        let of_nobody = event("phi-read", &[], true);
        assert_eq!(of_nobody["meta"]["profile"], profile("IHE.BasicAudit.Read"));
        obeys_read(&of_nobody);
        for other in
            [event("phi-read", &[5, 6], true), event("phi-read", &[5], false), event("access-denied", &[5], true)]
        {
            assert_eq!((&other["resourceType"], &other["meta"]["profile"]), (&json!("AuditEvent"), &Value::Null));
        }
    }
}
