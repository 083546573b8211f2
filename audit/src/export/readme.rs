//! What an auditor finds on top of a bundle.

use super::Selection;
use crate::bundle::Scope;

const WITHHELD: &str = "Sealed values are left out: a payload says `{\"$phi\": n}` where one was. Their hash is in every event, so that \
     everything verifies without them. Content withheld is not de-identified: ids and times of care remain (45 CFR 164.514).";
const INCLUDED: &str = "This export has content. Sealed values are left out of the payloads, which say `{\"$phi\": n}` where one was, and lie \
     in `sealed/*.jsonl` as they are stored; their hash is in every event. `keys/*.age` holds, encrypted for the recipient \
     that the manifest names, what opens each event alone: `daybook-replay verify-export BUNDLE --policy POLICY --identity \
     FILE` opens and shows them. What was erased is there and opens for nobody; in the export of a visit, that it was erased \
     is the operator's statement.";

/// The text, for a bundle of this log.
pub fn text(origin: &str, selection: &Selection, content: bool) -> String {
    let of = of(selection.scope());
    let sealed = if content { INCLUDED } else { WITHHELD };
    format!(
        "# An export of {origin}\n\n\
         It holds {of}, as the log stood at the signed checkpoint in `checkpoint`.\n\n\
         To verify it you need a trust policy that did not come with it: a file that names the log's key, and the witnesses \
         you believe. BUNDLE is this folder; a tar of it is unpacked into an empty one.\n\n    \
         mkdir BUNDLE && tar -xf BUNDLE.tar -C BUNDLE\n    \
         daybook-replay verify-export BUNDLE --policy POLICY\n    \
         python3 verify_export.py BUNDLE --policy POLICY\n\n\
         `daybook-replay` also takes the tar as it is, and names everything that is wrong. `verify_export.py` shares no code \
         with it, is short enough to be read, and ends at the first thing that is wrong.\n\n\
         | file | what it is |\n|---|---|\n\
         | `manifest.json` | what the export is of, and every other file with its length and SHA-256 |\n\
         | `manifest.signed` | the operator's signature on the manifest's hash (C2SP signed note) |\n\
         | `checkpoint` | the log's size and root, signed (C2SP tlog-checkpoint), and by the witnesses that have seen it |\n\
         | `events/*.jsonl` | the events in the order of the log; `metadata` and `payload` are the exact texts that were hashed |\n\
         | `schemas/*` | the JSON Schema of the payload of each type of event that is there, by type of stream |\n\
         | `proofs/*` | that each event is in the log (C2SP tlog-proof), where not all entries are there |\n\
         | `tile/entries/*` | every entry of the log (C2SP tlog-tiles), where nothing may be missing unseen |\n\
         | `stream-heads/*` | where a stream ends, as the operator states it, signed |\n\n\
         {sealed}\n\n\
         A valid export shows that these events are in the log as they were written. It does not show that everything that \
         happened was recorded. That a stream ends where it does is the operator's statement, unless every entry of the log \
         is in the bundle.\n"
    )
}

/// What an export is of, in words.
pub fn of(scope: Scope) -> String {
    match scope {
        Scope::Visit { visit_id } => format!("the visit {visit_id}, and who looked at it"),
        Scope::Patient { patient_id } => format!("everything about the patient {patient_id}"),
        Scope::Time { from, to } => format!("everything recorded from {} until {}", from.to_rfc3339(), to.to_rfc3339()),
        Scope::Clinic {} => "everything in the clinic's log".into(),
    }
}
