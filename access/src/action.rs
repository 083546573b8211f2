//! Everything the policies can permit or forbid, one name each.

use daybook_domain::visit;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// One thing that can be done or read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
            /// A command on a visit by its name in [`visit::Command::NAMES`]. Of another name nothing is ever permitted.
            VisitCommand(&'static str),
        }

        impl Action {
            /// The actions that are not commands on an existing visit.
            pub const NAMED: &'static [Action] = &[$(Action::$variant),*];

            /// The name, as the policies and the log have it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Action::$variant => $name,)*
                    Action::VisitCommand("schedule") => Action::ScheduleVisit.name(),
                    Action::VisitCommand("request") => Action::RequestVisit.name(),
                    Action::VisitCommand(name) => name,
                }
            }
        }
    };
}

actions! {
    /// Open the clinic's record.
    RegisterClinic = "register-clinic",
    /// Take a provider into the clinic's record.
    RegisterProvider = "register-provider",
    /// Record a provider's licence.
    GrantLicence = "grant-licence",
    /// Record that a licence no longer stands.
    RevokeLicence = "revoke-licence",
    /// Put right what was recorded of a licence.
    CorrectLicence = "correct-licence",
    /// Say when a provider works.
    SetAvailability = "set-availability",
    /// Say how the clinic deals with its patients: what is done of who comes late.
    SetClinicPolicy = "set-clinic-policy",
    /// Say whether a rule of law or of a payer is right.
    ReviewRule = "review-rule",
    /// Open a review of who has access.
    OpenAccessReview = "open-access-review",
    /// Decide what becomes of somebody's access.
    DecideAccessLine = "decide-access-line",
    /// Close a review of who has access.
    CloseAccessReview = "close-access-review",
    /// Take a patient into the clinic's record.
    RegisterPatient = "register-patient",
    /// Record that somebody may act for a patient.
    VerifyProxyAuthority = "verify-proxy-authority",
    /// Record that they no longer may.
    EndProxyAuthority = "end-proxy-authority",
    /// Hold a patient's record, so that nothing of it is destroyed.
    PlaceLegalHold = "place-legal-hold",
    /// Propose to end a legal hold.
    ProposeHoldRelease = "propose-hold-release",
    /// End a legal hold that another person proposed to end.
    ReleaseLegalHold = "release-legal-hold",
    /// Propose to erase a patient's record.
    ProposeErasure = "propose-erasure",
    /// Erase a patient's record that another person proposed to erase.
    ConfirmErasure = "confirm-erasure",
    /// Record that something of a patient's record was disclosed to somebody outside.
    RecordDisclosure = "record-disclosure",
    /// Leave a disclosure out of the patient's accounting for a time.
    SuspendAccounting = "suspend-accounting",
    /// See a patient's record in an emergency although nothing else permits it.
    BreakGlass = "break-glass",
    /// Close the review of that.
    ReviewGlass = "review-glass",
    /// Set up a group session.
    OpenSession = "open-session",
    /// Close one.
    CloseSession = "close-session",
    /// Read which visits take part in one. No PHI.
    ReadSession = "read-session",
    /// Take in another system's records.
    ImportHistory = "import-history",
    /// Set up a visit.
    ScheduleVisit = "schedule-visit",
    /// Ask for a visit, of whoever is free.
    RequestVisit = "request-visit",
    /// Read the clinic's own record: name, time zone, providers and their licences. No PHI.
    ReadClinic = "read-clinic",
    /// Read where a visit stands: who, when, which state. Not its notes.
    ReadVisit = "read-visit",
    /// Read a visit's chart: all of its clinical content.
    ReadChart = "read-chart",
    /// Read one note.
    ReadNote = "read-note",
    /// Read what the patient was found to have in a visit.
    ReadDiagnoses = "read-diagnoses",
    /// Read what was ordered in a visit.
    ReadOrders = "read-orders",
    /// Read what patient and staff wrote to each other in a visit.
    ReadMessages = "read-messages",
    /// Read a visit's files.
    ReadFile = "read-file",
    /// Read a file that the front desk attached to a visit.
    ReadFrontDeskFile = "read-front-desk-file",
    /// Read whose consent a recording of the visit would need, and whose stands.
    ReadRecordingLaw = "read-recording-law",
    /// Read until when the visit's record has to be kept.
    ReadRetention = "read-retention",
    /// Read until when a patient's record has to be kept, what holds it, and whether it is erased.
    ReadRecordKeeping = "read-record-keeping",
    /// Read to whom something of a patient's record was disclosed.
    ReadDisclosures = "read-disclosures",
    /// Read one's own wait: place, delay, estimate, messages.
    ReadWaiting = "read-waiting",
    /// Read a visit event by event, now or as it stood.
    ReadTimeline = "read-timeline",
    /// Read a patient's record.
    ReadPatient = "read-patient",
    /// Read what other systems recorded about a patient.
    ReadHistory = "read-history",
    /// Read what other systems recorded and marked as about substance use or to be kept apart.
    ReadSensitiveHistory = "read-sensitive-history",
    /// Look a patient up by name, birth date or number.
    FindPatient = "find-patient",
    /// Watch the clinic's waiting room.
    ReadWaitingRoom = "read-waiting-room",
    /// Read which emergencies are open in the clinic, and where help is to go.
    ReadAlarms = "read-alarms",
    /// Read which requests are open in the clinic, and why those patients come.
    ReadRequests = "read-requests",
    /// Read a provider's, or the clinic's, schedule of a day.
    ReadDay = "read-day",
    /// Read at which times a provider can still be booked. No PHI.
    ReadSlots = "read-slots",
    /// Read how long people were connected to calls. No PHI.
    ReadUsage = "read-usage",
    /// Read the log's entries as stored, sealed.
    ReadLogEntries = "read-log-entries",
    /// Take a part of the log away, sealed, with what proves it.
    ExportLog = "export-log",
    /// Take a part of the log away with what opens it.
    ExportContent = "export-content",
    /// Read who read what.
    ReadAccesses = "read-accesses",
    /// Build the read models again from the log. Nothing of the record changes.
    RebuildProjections = "rebuild-projections",
}

impl Action {
    /// Every action there is.
    pub fn all() -> impl Iterator<Item = Action> {
        let commands = visit::Command::NAMES.iter().filter(|name| !["schedule", "request"].contains(*name));
        Self::NAMED.iter().copied().chain(commands.map(|name| Action::VisitCommand(name)))
    }

    /// The action of a visit's command, by its name.
    pub fn command(name: &str) -> Option<Action> {
        let known = visit::Command::NAMES.iter().find(|known| **known == name)?;
        Some(match *known {
            "schedule" => Action::ScheduleVisit,
            "request" => Action::RequestVisit,
            known => Action::VisitCommand(known),
        })
    }
}
