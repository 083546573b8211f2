//! The command line of the reports.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use daybook_audit::Form;
use uuid::Uuid;

use crate::arguments::{Database, Opening};

#[derive(Args)]
pub struct Report {
    #[command(subcommand)]
    pub what: ReportOf,
}

/// What every report wants to know.
#[derive(Args)]
pub struct Asked {
    /// The clinic
    #[arg(long, value_name = "ID")]
    pub clinic: Uuid,
    /// In which form
    #[arg(long, value_enum, default_value_t = FormName::Table)]
    pub form: FormName,
    /// As JSON: the same as --form json
    #[arg(long, conflicts_with = "form")]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub opening: Opening,
}

impl Asked {
    /// In which form, whichever way it was said.
    pub fn form(&self) -> Form {
        match self.form {
            _ if self.json => Form::Json,
            FormName::Table => Form::Table,
            FormName::Json => Form::Json,
            FormName::Csv => Form::Csv,
            FormName::Html => Form::Html,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormName {
    /// For this terminal
    Table,
    Json,
    Csv,
    Html,
}

#[derive(Subcommand)]
pub enum ReportOf {
    /// Who was shown what, and who was turned away.
    Access(AccessReport),
    /// Every time somebody broke the glass, and what the review found.
    BreakGlass(PeriodReport),
    /// To whom something of a patient's record was disclosed (45 CFR 164.528).
    Disclosures(DisclosuresReport),
    /// Access worth a second look: after hours, in bulk, of a namesake, of one's own record, without a relation.
    Notable(NotableReport),
    /// What a patient consented to, declined and took back, and what stood at a time.
    Consents(ConsentsReport),
    /// The log's backups and their drills, and who took parts of it away to be verified elsewhere.
    Integrity(PeriodReport),
    /// What outside systems say happened, against the log.
    Reconciliation(AskedReport),
    /// Who read or received a version of a note that was later corrected, added to or entered in error.
    Recall(RecallReport),
    /// Everything an identity or a session received between two times, patient by patient.
    Received(ReceivedReport),
    /// A review of who has access, line by line.
    AccessReview(AccessReviewReport),
}

impl ReportOf {
    /// What every report wants to know.
    pub fn asked(&self) -> &Asked {
        match self {
            ReportOf::Access(report) => &report.asked,
            ReportOf::BreakGlass(report) | ReportOf::Integrity(report) => &report.asked,
            ReportOf::Disclosures(report) => &report.asked,
            ReportOf::Notable(report) => &report.asked,
            ReportOf::Consents(report) => &report.asked,
            ReportOf::Reconciliation(report) => &report.asked,
            ReportOf::Recall(report) => &report.asked,
            ReportOf::Received(report) => &report.asked,
            ReportOf::AccessReview(report) => &report.asked,
        }
    }
}

#[derive(Args)]
pub struct AccessReport {
    /// Only what this patient was in
    #[arg(long, value_name = "ID", conflicts_with = "reader")]
    pub patient: Option<Uuid>,
    /// Only what this reader did: a subject at the identity provider
    #[arg(long, value_name = "SUBJECT")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub period: Period,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct DisclosuresReport {
    /// The patient
    #[arg(value_name = "ID")]
    pub patient: Uuid,
    /// The first day; six years ago if absent, and never before
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// The last day; today if absent
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Exactly what the patient is told
    #[arg(long)]
    pub copy_for_patient: bool,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct NotableReport {
    #[command(flatten)]
    pub period: Period,
    /// When the clinic opens, by its clocks
    #[arg(long, value_name = "HH:MM:SS", default_value = "07:00:00")]
    pub opens: NaiveTime,
    /// When it closes
    #[arg(long, value_name = "HH:MM:SS", default_value = "19:00:00")]
    pub closes: NaiveTime,
    /// Beyond how many patients within an hour it is bulk
    #[arg(long, value_name = "NUMBER", default_value_t = 30)]
    pub bulk: usize,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct ConsentsReport {
    /// The patient
    #[arg(value_name = "ID")]
    pub patient: Uuid,
    /// As it stood at this time; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct AskedReport {
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct RecallReport {
    /// The visit
    #[arg(value_name = "ID")]
    pub visit: Uuid,
    /// Only this note of it
    #[arg(long, value_name = "ID")]
    pub note: Option<Uuid>,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct ReceivedReport {
    /// A subject at the identity provider
    #[arg(long, value_name = "SUBJECT", conflicts_with = "session")]
    pub reader: Option<String>,
    /// One session, as the access report names it
    #[arg(long, value_name = "ID", required_unless_present = "reader")]
    pub session: Option<Uuid>,
    #[command(flatten)]
    pub period: Period,
    #[command(flatten)]
    pub asked: Asked,
}

#[derive(Args)]
pub struct AccessReviewReport {
    /// The review
    #[arg(value_name = "ID")]
    pub review: Uuid,
    #[command(flatten)]
    pub asked: Asked,
}

/// A report of a time.
#[derive(Args)]
pub struct PeriodReport {
    #[command(flatten)]
    pub period: Period,
    #[command(flatten)]
    pub asked: Asked,
}

/// From when to when.
#[derive(Args)]
pub struct Period {
    /// From this time on; thirty days before --to if absent
    #[arg(long, value_name = "RFC3339")]
    pub from: Option<DateTime<Utc>>,
    /// Until this time, itself not included; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub to: Option<DateTime<Utc>>,
}
