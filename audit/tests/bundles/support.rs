//! A log on a database of its own, its exports, and those who tamper with them: with the files alone, with the manifest
//! covered up, and with the log's own key.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};

use age::x25519::Identity;
use chrono::{DateTime, Utc};
use daybook_access::{Access, Asking, Policies, Principal};
use daybook_audit::bundle::{self, EventLine, MANIFEST, Manifest, STATEMENT, Scope, tar};
use daybook_audit::examine::Reached;
use daybook_audit::export::{NewFolder, Wanted, export, take};
use daybook_audit::{Check, Opening, Policy, Report, Verdict, examine, examine_and_open};
use daybook_domain::access_events::ExportForm;
use daybook_domain::{Class, ClinicId, Code, PatientId, Role, Subject};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::checkpoint;
use daybook_ledger::clock::System;
use daybook_ledger::cosignature::Cosigner;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::format::hexadecimal;
use daybook_ledger::note::NoteSigner;
use daybook_ledger::sealing::{DataKey, KeyError, KeyFacts, KeyProvider, KeyRing, LocalKeys, WrapKey};
use daybook_ledger::{Clock, Draft, Ids, Ledger, Options, Stream, Unsealed, statement};
use private_postgres::TestDatabase;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub const CLINIC: Uuid = Uuid::from_u128(0xC11);
pub const VISIT: Uuid = Uuid::from_u128(1);
pub const PATIENT: Uuid = Uuid::from_u128(0xAB);

/// A log as one server has it.
pub struct Log {
    _database: TestDatabase,
    pub ledger: Ledger,
    pub access: Access,
}

impl Log {
    /// Two visits and who looked at them, one after the other's events: a log of 304.
    pub async fn with_two_visits() -> Self {
        let log = Self::start().await;
        let scheduled = json!({ "patient_id": PATIENT });
        log.append(Stream::new("visit", VISIT), Expected::New, &[("scheduled", scheduled)]).await;
        log.append(Stream::new("visit", Uuid::from_u128(2)), Expected::New, &vec![("checked-in", json!({})); 300])
            .await;
        log.append(
            Stream::new("access", PATIENT),
            Expected::New,
            &[("phi-read", read(VISIT)), ("phi-read", read(CLINIC))],
        )
        .await;
        log.append(Stream::new("visit", VISIT), Expected::Exact(1), &[("arrived", json!({ "returning": false }))])
            .await;
        log
    }

    pub async fn start() -> Self {
        let database = private_postgres::fresh_database("ledger", async |url: &str| Ok(database::migrate(url).await?))
            .await
            .unwrap();
        let provider = Arc::new(Operator(LocalKeys::new([7; 32])));
        let keys = database::connect(&database.url, DatabaseRole::Keys, 2).await.unwrap();
        let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
        let pool = database::connect(&database.url, DatabaseRole::Append, 8).await.unwrap();
        let options = Options { origin: "daybook.test".into(), ..Options::default() };
        let ledger = Ledger::start(pool, provider, ring.sealer, Arc::new(System), Arc::new(System), &options);
        let access = Access::new(ledger.clone(), ring.opener, Policies::embedded().unwrap());
        Self { _database: database, ledger, access }
    }

    pub async fn append(&self, stream: Stream, expected: Expected, events: &[(&'static str, Value)]) {
        let metadata = [("actor", "front-desk-7")].map(|(key, value)| (key.into(), value.into())).into();
        let mut drafts = Vec::new();
        for (event_type, payload) in events {
            let (event_id, payload) = (System.internal(), payload.clone());
            let event = Unsealed { event_id, event_type, event_version: "1.0", payload };
            let sealer = self.ledger.sealer();
            // Whatever is sealed in these tests is about one patient.
            let subject = Subject { patient: PatientId(PATIENT), class: Class::General };
            drafts.push(Draft::seal(event, CLINIC, &stream, Some(subject), &metadata, sealer).await.unwrap());
        }
        let streams = vec![StreamAppend { stream, expected, events: drafts }];
        let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
        self.ledger.append(Append { clinic: CLINIC, command, streams, guards: vec![] }).await.unwrap();
    }

    pub async fn export(&self, scope: Scope, entries: bool) -> Bundle {
        let root = std::env::temp_dir().join(format!("daybook-bundle-{}", System.internal()));
        let mut folder = NewFolder::create(&root).unwrap();
        export(&self.ledger, CLINIC, (scope, entries), &mut folder, System.now(), |_, _| {}).await.unwrap();
        let key = self.ledger.verifier(CLINIC).await.unwrap().unwrap();
        Bundle { root, policy: format!("log {key}\nquorum none\n") }
    }

    /// An export with content, as a compliance officer takes it.
    pub async fn export_content(&self, scope: Scope, recipient: &Identity) -> Bundle {
        let root = std::env::temp_dir().join(format!("daybook-bundle-{}", System.internal()));
        let (clinic, session) = (ClinicId(CLINIC), System.internal());
        let principal = Principal { subject: "officer".into(), role: Role::Compliance, clinic, person: None, session };
        let reason = Code::try_from("complaint-review").unwrap();
        let recipient_key = Some(recipient.to_public());
        let wanted = Wanted { scope, entries: false, form: ExportForm::Bundle, recipient: None, recipient_key, reason };
        let asking = Asking::new(&principal, System.internal());
        let granted = take(&self.access, &self.ledger, &asking, wanted).await.unwrap();
        let mut folder = NewFolder::create(&root).unwrap();
        granted.write(&self.access, &self.ledger, &mut folder, |_, _| {}).await.unwrap();
        let key = self.ledger.verifier(CLINIC).await.unwrap().unwrap();
        Bundle { root, policy: format!("log {key}\nquorum none\n") }
    }

    /// Has a witness sign the log as it stands.
    pub async fn is_seen_by(&self, witness: &Cosigner) {
        self.is_seen_at(System.now().timestamp() as u64, witness).await;
    }

    /// The same, at a time by the witness's clock: in seconds since 1970.
    pub async fn is_seen_at(&self, seconds: u64, witness: &Cosigner) {
        let head = self.ledger.heads().await.unwrap().remove(0);
        let text = checkpoint::text(head.key.name(), head.checkpoint.size, &head.checkpoint.root);
        let signed = witness.cosign(&text, seconds);
        assert!(self.ledger.cosign(&head, witness.witness(), &signed).await.unwrap().is_some());
    }

    pub async fn visit(&self) -> Bundle {
        self.export(Scope::Visit { visit_id: VISIT }, false).await
    }
}

/// That somebody was shown a visit.
fn read(visit: Uuid) -> Value {
    json!({
        "reader": "dr", "role": "provider", "action": "read-chart", "resource_kind": "visit", "resource_id": visit,
        "purpose": "treatment", "patients": [PATIENT], "policies": ["provider-reads"]
    })
}

/// An export in a folder, and the policy that came another way.
pub struct Bundle {
    pub root: PathBuf,
    pub policy: String,
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
        let _ = std::fs::remove_file(self.root.with_extension("tar"));
    }
}

impl Bundle {
    pub fn manifest(&self) -> Manifest {
        serde_json::from_slice(&std::fs::read(self.root.join(MANIFEST)).unwrap()).unwrap()
    }

    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Changes a file and nothing else.
    pub fn edit(&self, path: &str, change: impl FnOnce(String) -> String) {
        let full = self.root.join(path);
        let changed = change(std::fs::read_to_string(&full).unwrap());
        std::fs::write(full, changed).unwrap();
    }

    /// Changes the manifest, and signs it if the attacker holds the log's key.
    pub fn edit_manifest(&self, key: Option<&NoteSigner>, change: impl FnOnce(&mut Manifest)) {
        let mut manifest = self.manifest();
        change(&mut manifest);
        for file in &mut manifest.files {
            if let Ok(bytes) = std::fs::read(self.root.join(&file.path)) {
                (file.bytes, file.sha256) = (bytes.len() as u64, hexadecimal(&Sha256::digest(&bytes)));
            }
        }
        let bytes = serde_json::to_vec_pretty(&manifest).unwrap();
        std::fs::write(self.root.join(MANIFEST), &bytes).unwrap();
        if let Some(key) = key {
            let text = statement::export_text(key.name(), &Sha256::digest(&bytes).into());
            std::fs::write(self.root.join(STATEMENT), signed(&text, key)).unwrap();
        }
    }

    /// Changes a file, has the manifest list the changed one, and signs that with the log's key: whoever can do this is the
    /// operator.
    pub fn edit_as_operator(&self, path: &str, change: impl FnOnce(String) -> String) {
        self.edit(path, change);
        self.edit_manifest(Some(&operator()), |_| {});
    }

    /// What both verifiers say; they must say the same.
    pub fn examine(&self) -> Report {
        self.examine_at(&self.root).unwrap()
    }

    /// What both say of a bundle that lies elsewhere. The other verifier reads folders only.
    pub fn examine_at(&self, place: &Path) -> Result<Report, bundle::Unreadable> {
        let policy = Policy::read(&self.policy).unwrap();
        let report = bundle::Bundle::open(place).map(|bundle| examine(&bundle, &policy));
        match &report {
            Ok(report) if place.is_dir() => self.is_said_independently(place, report),
            _ => self.is_not_found_out_independently(place),
        }
        report
    }

    /// What the program says that can open, and what it opened, by position.
    pub fn open(&self, identity: &Identity) -> (Report, Vec<(u64, Value)>) {
        let mut opened = Vec::new();
        let mut show = |event: &EventLine, payload: &Value| opened.push((event.position, payload.clone()));
        let (policy, bundle) = (Policy::read(&self.policy).unwrap(), bundle::Bundle::open(&self.root).unwrap());
        let report = examine_and_open(&bundle, &policy, Some(Opening { identity, show: &mut show }), &mut |_| {});
        (report, opened)
    }

    /// How far the program said it was, each time.
    pub fn reached(&self) -> Vec<Reached> {
        let mut reached = Vec::new();
        let (policy, bundle) = (Policy::read(&self.policy).unwrap(), bundle::Bundle::open(&self.root).unwrap());
        examine_and_open(&bundle, &policy, None, &mut |more| reached.push(more));
        reached
    }

    /// The bundle as a tar beside the folder, its files in the order that an export writes them.
    pub fn tar(&self) -> PathBuf {
        let mut files: Vec<String> = self.manifest().files.into_iter().map(|file| file.path).collect();
        files.extend([STATEMENT.into(), MANIFEST.into()]);
        let member = |path: String| tar::member(&path, &std::fs::read(self.root.join(&path)).unwrap()).unwrap();
        let mut bytes: Vec<u8> = files.into_iter().flat_map(member).collect();
        bytes.extend(tar::END);
        let place = self.root.with_extension("tar");
        std::fs::write(&place, bytes).unwrap();
        place
    }

    /// The bundle as `tar` unpacks it, in the place of the folder.
    pub fn unpack(&self) {
        std::fs::remove_dir_all(&self.root).unwrap();
        std::fs::create_dir(&self.root).unwrap();
        let tar = self.root.with_extension("tar");
        let unpacked = Command::new("tar").arg("-xf").arg(tar).arg("-C").arg(&self.root).status().unwrap();
        assert!(unpacked.success());
    }

    /// How the other verifier ends, and what it says; nothing where there is no Python.
    fn independently(&self, place: &Path) -> Option<Output> {
        let policy = self.root.with_extension("policy");
        std::fs::write(&policy, &self.policy).unwrap();
        let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay-tool/verifier/verify_export.py");
        let said = Command::new(python()?).arg(verifier).arg(place).arg("--policy").arg(&policy).output().unwrap();
        std::fs::remove_file(policy).unwrap();
        Some(said)
    }

    /// The other verifier finds nothing out about it, and says so.
    pub fn is_not_found_out_independently(&self, place: &Path) {
        if let Some(said) = self.independently(place) {
            assert_eq!((said.status.code(), said.stdout.len()), (Some(2), 0), "{said:?}");
        }
    }

    /// The other verifier says the same. It ends at the first thing that is wrong, which is one of those found here.
    fn is_said_independently(&self, place: &Path, report: &Report) {
        let Some(said) = self.independently(place) else { return };
        let independent: Value = serde_json::from_slice(&said.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said.stderr)));
        let code = match report.verdict {
            Verdict::Valid => 0,
            Verdict::Invalid => 1,
            Verdict::Incomplete => 3,
        };
        assert_eq!(said.status.code(), Some(code));
        let told = serde_json::to_value(report).unwrap();
        let both = format!(
            "{}\n{}",
            serde_json::to_string_pretty(&told).unwrap(),
            serde_json::to_string_pretty(&independent).unwrap()
        );
        assert_eq!(told["verdict"], independent["verdict"], "{both}");
        if report.verdict == Verdict::Invalid {
            let found = |field: &str| independent["finding"][field].clone();
            let (check, position) = (found("check"), found("position"));
            // What it could not read as an event has no position there.
            let same = |one: &Value| one["check"] == check && (position.is_null() || one["position"] == position);
            return assert!(told["findings"].as_array().unwrap().iter().any(same), "{both}");
        }
        for field in ["origin", "scope", "events", "size", "tail", "content", "erased", "witnesses"] {
            assert_eq!(told[field], independent[field], "{field}: {both}");
        }
        for end in ["from", "until"] {
            let when = |report: &Value| -> Option<DateTime<Utc>> {
                serde_json::from_value(report["unwitnessed"][end].clone()).unwrap()
            };
            assert_eq!(when(&told), when(&independent), "unwitnessed {end}: {both}");
        }
        let missing = |report: &Value| report["missing"].as_array().unwrap().len();
        assert_eq!((&independent["finding"], missing(&independent)), (&Value::Null, missing(&told)), "{both}");
    }

    #[track_caller]
    pub fn is_valid(&self) -> Report {
        let report = self.examine();
        assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
        report
    }

    #[track_caller]
    pub fn is_invalid(&self, check: Check, position: impl Into<Option<u64>>) {
        let (report, position) = (self.examine(), position.into());
        assert_eq!(report.verdict, Verdict::Invalid, "{report:?}");
        let found = report.findings.iter().any(|finding| (finding.check, finding.position) == (check, position));
        assert!(found, "{check:?} at {position:?}: {report:?}");
    }
}

const LOG_SEED: [u8; 32] = [8; 32];

/// Keys as a server has them, with a log key that the tests know.
struct Operator(LocalKeys);

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyError>> + Send + 'a>>;

impl KeyProvider for Operator {
    fn wrap<'a>(&'a self, facts: &'a KeyFacts, key: &'a DataKey) -> Answer<'a, Vec<u8>> {
        self.0.wrap(facts, key)
    }

    fn unwrap<'a>(&'a self, facts: &'a KeyFacts, wrapped: &'a [u8]) -> Answer<'a, DataKey> {
        self.0.unwrap(facts, wrapped)
    }

    fn log_seed(&self, _: Uuid) -> Result<WrapKey, KeyError> {
        Ok(LOG_SEED.into())
    }

    fn index_key(&self, clinic: Uuid) -> Result<WrapKey, KeyError> {
        self.0.index_key(clinic)
    }
}

/// The log's key in the hands of somebody.
pub fn operator() -> NoteSigner {
    NoteSigner::new(&format!("daybook.test/clinics/{CLINIC}"), &LOG_SEED).unwrap()
}

/// A note as somebody with a key signs it.
pub fn signed(text: &str, key: &NoteSigner) -> String {
    format!("{text}\n{}", key.verifier().line(&key.sign(text)))
}

/// The one package that the other verifier needs: pinned, because it is part of what is tested.
const PACKAGE: &str = "cryptography==48.0.0";

/// A Python with that package, made once.
pub fn python() -> Option<&'static Path> {
    static PYTHON: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| crate::python::with(PACKAGE).map(|bin| bin.join("python")));
    PYTHON.as_deref()
}
