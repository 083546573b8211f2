//! What is published of the catalogue, and kept from drifting: JSON Schemas and golden examples under `schemas/`, and
//! docs/EVENTS.md. A test compares them with the code; `UPDATE_SCHEMAS=1 cargo test -p daybook-domain published`
//! writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::given::{PATIENT, PROVIDER, actor, code, id, now, text};
use crate::law::{Compact, ReviewVerdict};
use crate::visit::{State, example};
use crate::{
    AccessEvent, Catalogue, EventKind, Refusal, Request, Role, Rules, Sha256Hex, Visit, access_events, access_review,
    calendar, clinic, history, patient, provider, safekeeping, session, visit,
};

/// One stream type: its events and an example of each.
struct Stream {
    name: &'static str,
    about: &'static str,
    kinds: Vec<EventKind>,
    examples: Vec<Example>,
}

struct Example {
    event_type: &'static str,
    payload: Value,
    decodes: fn(&str, &str, &[u8]) -> bool,
}

fn stream<E: Catalogue>(name: &'static str, about: &'static str, events: Vec<E>) -> Stream {
    let decodes: fn(&str, &str, &[u8]) -> bool =
        |event_type, version, bytes| match E::decode(event_type, version, bytes) {
            Ok(event) => event.payload() == serde_json::from_slice::<Value>(bytes).unwrap(),
            Err(_) => false,
        };
    let examples = events
        .iter()
        .map(|event| Example { event_type: event.event_type(), payload: sorted(&event.payload()), decodes })
        .collect();
    Stream { name, about, kinds: E::kinds(), examples }
}

fn streams() -> Vec<Stream> {
    vec![
        stream("visit", "One visit, from `scheduled` to `billed`.", example::events::all()),
        stream(
            "calendar",
            "One provider's calendar of one day in UTC. A booking across midnight stands in both days.",
            calendar::example::events(),
        ),
        stream("patient", "One patient's record.", patient::example::all()),
        stream(
            "history",
            "One resource of another system's export, as it stood there. Whatever is in it was imported and not witnessed.",
            history::example::all(),
        ),
        stream(
            "session",
            "A group session: one call in which several visits take part, each with its own chart.",
            session::example::all(),
        ),
        stream(
            "access-review",
            "A review of who used which role, and what becomes of their access.",
            access_review::example::all(),
        ),
        stream("provider", "One provider's record.", provider_events()),
        stream("clinic", "The clinic itself.", clinic_events()),
        stream(
            "safekeeping",
            "The backups of the clinic's log, their drills, and its recoveries. The stream's id is the clinic's.",
            safekeeping::example::all(),
        ),
        stream(
            "access",
            "Who read what, who took it away, and who was turned away. Stored in streams of type `access` (reads that concern one \
             patient) and `session-access` (lists and live views).",
            access_events(),
        ),
    ]
}

fn provider_events() -> Vec<provider::Event> {
    let licence = example::licence("WI", "2026-01-01", "2026-12-31");
    let name = text("Dr. Chen");
    vec![
        provider::ProviderRegistered { provider_id: id(PROVIDER), name, credentials: Some(text("MD")) }.into(),
        provider::LicenceGranted {
            provider_id: id(PROVIDER),
            jurisdiction: licence.jurisdiction,
            number: licence.number.clone(),
            kind: licence.kind,
            from: licence.from,
            to: licence.to,
            compact: None,
            home: None,
            exception: None,
        }
        .into(),
        provider::LicenceRevoked {
            provider_id: id(PROVIDER),
            jurisdiction: licence.jurisdiction,
            number: licence.number.clone(),
            on: "2026-06-15".parse().unwrap(),
            reason: provider::RevocationReason::Suspended,
        }
        .into(),
        provider::LicenceCorrected {
            provider_id: id(PROVIDER),
            recorded_jurisdiction: licence.jurisdiction,
            recorded_number: licence.number,
            recorded_from: licence.from,
            jurisdiction: "IA".try_into().unwrap(),
            number: text("IA-77"),
            kind: provider::LicenceKind::CompactPrivilege,
            from: licence.from,
            to: licence.to,
            compact: Some(Compact::Nlc),
            home: Some("WI".try_into().unwrap()),
            exception: None,
        }
        .into(),
        provider::AvailabilitySet {
            provider_id: id(PROVIDER),
            from: licence.from,
            weekly: vec![provider::Hours {
                weekday: provider::Weekday::Monday,
                opens: "09:00:00".parse().unwrap(),
                closes: "12:30:00".parse().unwrap(),
            }],
        }
        .into(),
    ]
}

fn clinic_events() -> Vec<clinic::Event> {
    let time_zone = "America/Chicago".try_into().unwrap();
    let name = text("Lakeside");
    vec![
        clinic::ClinicRegistered { clinic_id: id(3), name, time_zone, grace_minutes: 15, simulated: true }.into(),
        clinic::RuleReviewed {
            rule: code("recording-consent.ca"),
            content_sha256: Sha256Hex::of(&[b"the rule's content"]),
            verdict: ReviewVerdict::Accepted,
        }
        .into(),
        clinic::ReminderPolicySet { policy: example::reminder_policy() }.into(),
        clinic::LateArrivalPolicySet { responses: example::lateness_rules().responses }.into(),
        clinic::StaffNamingSet { patients_see: clinic::StaffNaming::Names }.into(),
    ]
}

fn access_events() -> Vec<AccessEvent> {
    let reader = || "auth0|dr-chen".to_owned();
    vec![
        access_events::PhiRead {
            reader: reader(),
            role: Role::Provider,
            action: code("read-chart"),
            resource_kind: code("visit"),
            resource_id: Some(id(20)),
            purpose: access_events::Purpose::Treatment,
            patients: vec![id(PATIENT)],
            policies: vec![code("provider-reads-own-visits")],
        }
        .into(),
        access_events::AccessDenied {
            reader: reader(),
            role: Role::Provider,
            action: code("read-chart"),
            resource_kind: code("visit"),
            resource_id: Some(id(21)),
            purpose: access_events::Purpose::Treatment,
            patients: vec![id(PATIENT)],
            policies: vec![],
            reason: code("no-relation"),
        }
        .into(),
        access_events::ExportMade {
            taker: "auth0|ms-ruiz".into(),
            role: Role::Compliance,
            of: access_events::ExportOf::Visit,
            visit_id: Some(id(20)),
            patient_id: None,
            from: None,
            to: None,
            form: access_events::ExportForm::Bundle,
            content: access_events::ExportContent::Withheld,
            recipient: Some(code("county-auditor")),
            recipient_key: None,
            reason: code("complaint-review"),
            patients: vec![id(PATIENT)],
            policies: vec![code("compliance-reads")],
        }
        .into(),
    ]
}

/// The same value with its objects' names in order, whatever order `serde_json` was built to keep.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<_, _> = object.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            Value::Object(Map::from_iter(ordered))
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// A payload as it is stored: each protected value lifted out and replaced by its index.
fn lift(value: &Value, sealed: &mut Vec<Value>) -> Value {
    match value {
        Value::Object(object) => match object.get(crate::phi::CLEAR) {
            Some(clear) => {
                sealed.push(clear.clone());
                json!({ crate::phi::PHI: sealed.len() - 1 })
            }
            None => object.iter().map(|(name, value)| (name.clone(), lift(value, sealed))).collect(),
        },
        Value::Array(values) => values.iter().map(|value| lift(value, sealed)).collect(),
        other => other.clone(),
    }
}

/// The way back from [`lift`].
fn fill(value: &Value, sealed: &[Value]) -> Value {
    match value {
        Value::Object(object) => match object.get(crate::phi::PHI).and_then(Value::as_u64) {
            Some(index) => json!({ crate::phi::CLEAR: sealed[index as usize] }),
            None => object.iter().map(|(name, value)| (name.clone(), fill(value, sealed))).collect(),
        },
        Value::Array(values) => values.iter().map(|value| fill(value, sealed)).collect(),
        other => other.clone(),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Compares a published file with what it should say, or writes it.
fn publish(path: &Path, content: &str, stale: &mut Vec<String>) {
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    } else if std::fs::read_to_string(path).ok().as_deref() != Some(content) {
        stale.push(path.display().to_string());
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn published_schemas_examples_and_docs_are_those_of_the_code() {
    let mut stale = Vec::new();
    for stream in streams() {
        let folder = root().join("schemas").join(stream.name);
        for (kind, example) in stream.kinds.iter().zip(&stream.examples) {
            let name = format!("{}.{}", kind.event_type, kind.event_version);
            publish(&folder.join(format!("{name}.json")), &pretty(&sorted((kind.schema)().as_value())), &mut stale);
            let mut sealed = Vec::new();
            let payload = lift(&example.payload, &mut sealed);
            let golden = sorted(&json!({ "payload": payload, "sealed": sealed }));
            publish(&folder.join(format!("{name}.example.json")), &pretty(&golden), &mut stale);
        }
    }
    publish(&root().join("../docs/EVENTS.md"), &events_md(), &mut stale);
    assert!(stale.is_empty(), "out of date: {stale:#?}\nUPDATE_SCHEMAS=1 cargo test -p daybook-domain published");
}

#[test]
fn every_event_type_has_one_example_in_the_order_of_the_catalogue() {
    for stream in streams() {
        let kinds: Vec<_> = stream.kinds.iter().map(|kind| kind.event_type).collect();
        let examples: Vec<_> = stream.examples.iter().map(|example| example.event_type).collect();
        assert_eq!(kinds, examples, "{}", stream.name);
    }
}

/// Files of earlier versions stay in the folder and keep being tried: what was stored once is readable forever.
#[test]
fn every_published_example_decodes_sealed_and_opened() {
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        return; // the files are being written just now
    }
    for stream in streams() {
        for entry in std::fs::read_dir(root().join("schemas").join(stream.name)).unwrap() {
            let path = entry.unwrap().path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".example.json")) else {
                continue;
            };
            let (event_type, version) = name.split_once('.').unwrap();
            let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let sealed = golden["sealed"].as_array().unwrap();
            let decodes = stream.examples[0].decodes;
            let opened = serde_json::to_vec(&fill(&golden["payload"], sealed)).unwrap();
            assert!(decodes(event_type, version, &opened), "{name} opened");
            // A reader without keys sees `{"$phi": null}` again after decoding.
            let unopened = serde_json::to_string(&golden["payload"]).unwrap();
            let withheld = (0..sealed.len())
                .fold(unopened, |text, index| text.replace(&format!("{{\"$phi\":{index}}}"), "{\"$phi\":null}"));
            assert!(decodes(event_type, version, withheld.as_bytes()), "{name} sealed");
        }
    }
}

/// Clear strings that are neither ids, times, codes nor closed lists, each with the reason why it may be.
const CLEAR_TEXT: &[(&str, &str)] = &[
    ("clinic-registered.name", "the clinic's public name"),
    ("provider-registered.name", "staff, not a patient"),
    ("provider-registered.credentials", "staff, not a patient"),
    ("availability-set.weekly", "weekdays and times of staff, not a patient"),
    ("licence-granted.number", "public register of staff"),
    ("licence-revoked.number", "public register of staff"),
    ("licence-corrected.number", "public register of staff"),
    ("licence-corrected.recorded_number", "public register of staff"),
    ("admitted.licence_number", "public register of staff"),
    ("claimed.licence_number", "public register of staff"),
    ("reminder-policy-set.policy", "closed lists, of the clinic and no patient"),
    ("note-signed.consents", "ids, times, codes and closed lists, as their own events have them"),
    ("note-corrected.consents", "ids, times, codes and closed lists, as their own events have them"),
    ("directory-imported.name", "staff and organizations, not patients"),
    ("legal-hold-placed.placed_by", "the identity provider's subject, an id"),
    ("legal-hold-release-proposed.proposed_by", "the identity provider's subject, an id"),
    ("legal-hold-released.proposed_by", "the identity provider's subject, an id"),
    ("legal-hold-released.released_by", "the identity provider's subject, an id"),
    ("erasure-proposed.proposed_by", "the identity provider's subject, an id"),
    ("patient-key-destroyed.keys", "ids of keys, and the closed list of classes"),
    ("patient-key-destroyed.proposed_by", "the identity provider's subject, an id"),
    ("patient-key-destroyed.confirmed_by", "the identity provider's subject, an id"),
    ("ledger-recovered.origin", "the log's name"),
    ("ledger-recovered.last_checkpoint", "a checkpoint: the log's name, a size, a root and signatures"),
    ("glass-broken.broken_by", "the identity provider's subject, an id"),
    ("glass-reviewed.broken_by", "the identity provider's subject, an id"),
    ("glass-reviewed.reviewed_by", "the identity provider's subject, an id"),
    ("access-review-opened.lines", "staff by the identity provider's subject, their role, times and numbers"),
    ("access-review-opened.opened_by", "the identity provider's subject, an id"),
    ("access-line-decided.decided_by", "the identity provider's subject, an id"),
    ("access-review-closed.closed_by", "the identity provider's subject, an id"),
    ("phi-read.reader", "the identity provider's subject, an id"),
    ("access-denied.reader", "the identity provider's subject, an id"),
    ("export-made.taker", "the identity provider's subject, an id"),
];

#[test]
fn nothing_but_ids_times_numbers_codes_and_closed_lists_is_clear() {
    let mut found = Vec::new();
    for stream in streams() {
        for kind in &stream.kinds {
            let schema = (kind.schema)();
            for field in fields(schema.as_value()) {
                if !field.sealed && field.free_text {
                    found.push(format!("{}.{}", kind.event_type, field.name));
                }
            }
        }
    }
    found.sort();
    let mut allowed: Vec<_> = CLEAR_TEXT.iter().map(|(field, _)| (*field).to_owned()).collect();
    allowed.sort();
    assert_eq!(found, allowed, "a clear field of free text must become or stand on the list with a reason");
}

struct Field {
    name: String,
    kind: String,
    sealed: bool,
    required: bool,
    free_text: bool,
    meaning: String,
}

fn fields(schema: &Value) -> Vec<Field> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
    let properties: BTreeMap<_, _> = properties.iter().collect();
    properties
        .into_iter()
        .map(|(name, property)| {
            let (kind, sealed, free_text) = describe(property, schema);
            let meaning = property["description"].as_str().unwrap_or_default().replace('\n', " ");
            Field { name: name.clone(), kind, sealed, required: required(name), free_text, meaning }
        })
        .collect()
}

/// What a property holds in words, whether it is sealed, and whether it leaves room for free text.
fn describe(property: &Value, schema: &Value) -> (String, bool, bool) {
    if let Some(name) = property["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return if name == "Phi" { ("sealed".into(), true, false) } else { describe(&schema["$defs"][name], schema) };
    }
    if let Some(options) = property["anyOf"].as_array() {
        let option = options.iter().find(|option| option["type"] != "null").unwrap();
        return describe(option, schema);
    }
    if let Some(options) = property["oneOf"].as_array() {
        let terms: Vec<_> = options.iter().map(|option| format!("`{}`", option["const"].as_str().unwrap())).collect();
        return (terms.join(", "), false, false);
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap(),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "array" => {
            let (items, sealed, free_text) = describe(&property["items"], schema);
            (format!("list of {items}"), sealed, free_text)
        }
        "string" => describe_string(property),
        "object" => ("object".into(), false, true),
        other => (other.to_owned(), false, false),
    }
}

fn describe_string(property: &Value) -> (String, bool, bool) {
    if let Some(format) = property["format"].as_str() {
        (format.to_owned(), false, false)
    } else if let Some(terms) = property["enum"].as_array() {
        (if terms.len() > 20 { "jurisdiction".into() } else { "closed list".into() }, false, false)
    } else if property["pattern"].is_string() {
        ("code".into(), false, false)
    } else {
        ("text".into(), false, true)
    }
}

fn events_md() -> String {
    let mut md = String::from(
        "<!-- Generated from the catalogue in domain/. Do not edit:\n     \
         UPDATE_SCHEMAS=1 cargo test -p daybook-domain published -->\n\n\
         # Events\n\n\
         Every fact Daybook stores, as the code knows it. Names, versions and fields are the storage contract: an event that was\n\
         stored once is read forever, by its version. The JSON Schema and an example of each lie in\n\
         `domain/schemas/<stream>/<event>.<version>.json` and `….example.json`; an example shows the payload as stored and, beside\n\
         it, the values that are sealed.\n\n\
         *Sealed* fields are encrypted under a key of the patient's own and are gone when that key is destroyed. *Clear* fields\n\
         stay readable: ids, times, numbers, our own codes and closed lists, and the few texts listed at the end.\n",
    );
    for stream in streams() {
        write!(md, "\n## {}\n\n{}\n", stream.name, stream.about).unwrap();
        for kind in &stream.kinds {
            write_event(&mut md, kind);
        }
    }
    write_table(&mut md);
    md.push_str("\n## Clear texts\n\n| Field | Why it is not sealed |\n|---|---|\n");
    for (field, why) in CLEAR_TEXT {
        writeln!(md, "| `{field}` | {why} |").unwrap();
    }
    md
}

fn write_event(md: &mut String, kind: &EventKind) {
    write!(md, "\n### {} {}\n\n{}\n", kind.event_type, kind.event_version, kind.meaning).unwrap();
    let schema = (kind.schema)();
    let fields = fields(schema.as_value());
    if fields.is_empty() {
        md.push_str("\nNo fields: the event says it all.\n");
        return;
    }
    md.push_str("\n| Field | | Holds | Meaning |\n|---|---|---|---|\n");
    for field in fields {
        let protection = if field.sealed { "**sealed**" } else { "clear" };
        let optional = if field.required { "" } else { ", optional" };
        let kind = if field.sealed { "" } else { &field.kind };
        writeln!(md, "| `{}` | {protection}{optional} | {kind} | {} |", field.name, field.meaning).unwrap();
    }
}

fn write_table(md: &mut String) {
    md.push_str(
        "\n## What a visit answers in each state\n\n\
         Computed by asking the rules: for each state the shortest likely story that leads there, for each command an example\n\
         with everything in order, asked by the one whose command it is. In *arrived, unknown* neither identity nor location nor\n\
         contacts are known, in *arrived* all are; in *admitted* a note is drafted and unsigned; in *ended* it is signed and a charge is\n\
         captured; nobody was asked for consent. A name in backticks is the event that follows, one in italics the code of the\n\
         refusal, and a dot is the refusal *wrong-state*.\n\n| Command |",
    );
    for (column, _) in columns() {
        write!(md, " {column} |").unwrap();
    }
    md.push_str("\n|---|");
    md.push_str(&"---|".repeat(columns().len()));
    for (role, command) in example::commands::all() {
        write!(md, "\n| **{}** |", command.name()).unwrap();
        for (_, story) in columns() {
            write!(md, " {} |", answer(&story, role, command.clone())).unwrap();
        }
    }
    md.push('\n');
}

/// Every state, and *arrived* twice: on the way in, and ready to check in.
fn columns() -> Vec<(&'static str, Vec<visit::Event>)> {
    let mut columns: Vec<_> = State::ALL.into_iter().map(|state| (state.name(), example::story(state))).collect();
    columns.insert(2, ("arrived, unknown", vec![example::events::scheduled(), example::events::arrived(false)]));
    columns
}

fn answer(story: &[visit::Event], role: Role, command: visit::Command) -> String {
    let visit = Visit::replay(story);
    match visit.decide(Request { at: now(), actor: actor(role), command }) {
        Ok(events) => events.iter().map(|event| format!("`{}`", event.event_type())).collect::<Vec<_>>().join(" "),
        Err(error) if error.code() == "wrong-state" => "·".into(),
        Err(error) => format!("*{}*", error.code()),
    }
}

#[test]
fn every_story_leads_to_its_state_and_every_command_has_an_example() {
    for state in State::ALL {
        assert_eq!(Visit::replay(&example::story(state)).state(), state);
    }
    let names: Vec<_> = example::commands::all().iter().map(|(_, command)| command.name()).collect();
    assert_eq!(names, visit::Command::NAMES);
}
