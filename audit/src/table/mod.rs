//! A report as a table, and its four forms: as text, for a spreadsheet (CSV), for print (HTML) and for programs
//! (JSON). Each says the same, and none lets a stored text act on whoever looks at it.

mod csv;
mod html;
mod terminal;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::Unwitnessed;
use crate::tone::plain;
use crate::words::time;

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As text, for people.
    Table,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A page to be read or printed.
    Html,
    /// For programs.
    Json,
}

impl Form {
    /// The content type it is sent as.
    pub fn content_type(self) -> &'static str {
        match self {
            Form::Table => "text/plain; charset=utf-8",
            Form::Csv => "text/csv; charset=utf-8",
            Form::Html => "text/html; charset=utf-8",
            Form::Json => "application/json",
        }
    }
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    None,
    Text(String),
    Number(u64),
    Flag(bool),
    Time(DateTime<Utc>),
    Day(NaiveDate),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl ToString) -> Self {
        Cell::Text(text.to_string())
    }

    /// What there is, or nothing.
    pub fn of<T: Into<Cell>>(value: Option<T>) -> Self {
        value.map_or(Cell::None, Into::into)
    }

    /// Several, one after the other.
    pub fn list<T: ToString>(all: impl IntoIterator<Item = T>) -> Self {
        let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
        if all.is_empty() { Cell::None } else { Cell::Text(all.join(" ")) }
    }

    /// As people read it. A time to the second, in UTC.
    fn words(&self) -> String {
        match self {
            Cell::None => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
            Cell::Time(at) => time(*at),
            Cell::Day(day) => day.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Cell::None => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Number(number) => json!(number),
            Cell::Flag(flag) => json!(flag),
            Cell::Time(at) => json!(at),
            Cell::Day(day) => json!(day),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.into())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Cell::Number(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Cell::Number(number as u64)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Cell::Flag(flag)
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(at: DateTime<Utc>) -> Self {
        Cell::Time(at)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Cell::Day(day)
    }
}

impl From<uuid::Uuid> for Cell {
    fn from(id: uuid::Uuid) -> Self {
        Cell::Text(id.to_string())
    }
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it is about.
    pub title: String,
    /// What has to be known to read it: of which moment it is, what it leaves out.
    pub notes: Vec<String>,
    /// Position of the clinic's log up to which everything is in it.
    pub as_of: Option<u64>,
    /// There is more after this position.
    pub more_after: Option<u64>,
    leads: Leads,
    /// The columns' names, as JSON has them: lower case, with underscores.
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// What comes before everything else.
#[derive(Clone, Debug, PartialEq)]
enum Leads {
    /// Not said yet.
    Open,
    /// For how long the log was unwitnessed.
    Unwitnessed(Box<Unwitnessed>),
    /// Nothing: it is the patient's.
    Nothing,
}

impl Table {
    /// One without rows yet.
    pub fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self {
            title: title.into(),
            notes: Vec::new(),
            as_of: None,
            more_after: None,
            leads: Leads::Open,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// With something to be known.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// As a patient is given it: about themselves and nothing else, so that nothing comes before it.
    pub fn for_the_patient(mut self) -> Self {
        self.leads = Leads::Nothing;
        self
    }

    /// Whether it is still to be said for how long the log was unwitnessed.
    pub fn wants_lead(&self) -> bool {
        self.leads == Leads::Open
    }

    /// Says before everything else for how long the log was unwitnessed.
    pub fn lead(&mut self, unwitnessed: Unwitnessed) {
        if self.wants_lead() {
            self.leads = Leads::Unwitnessed(Box::new(unwitnessed));
        }
    }

    /// Adds a row: a value for each column.
    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        debug_assert_eq!(cells.len(), self.columns.len(), "{}", self.title);
        self.rows.push(cells);
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// In this form.
    pub fn render(&self, form: Form) -> String {
        match form {
            Form::Table => plain(&self.terminal()),
            Form::Csv => self.csv(),
            Form::Html => self.html(),
            Form::Json => self.json().to_string(),
        }
    }

    /// For programs: for how long the log was unwitnessed, title, notes, and each row by its columns' names.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = (self.rows.iter())
            .map(|row| {
                let named = self.columns.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.json()));
                Value::Object(Map::from_iter(named))
            })
            .collect();
        json!({
            "unwitnessed": self.unwitnessed(),
            "title": self.title,
            "notes": self.notes,
            "as_of": self.as_of,
            "more_after": self.more_after,
            "columns": self.columns,
            "rows": rows,
        })
    }

    fn unwitnessed(&self) -> Option<&Unwitnessed> {
        match &self.leads {
            Leads::Unwitnessed(unwitnessed) => Some(unwitnessed),
            Leads::Open | Leads::Nothing => None,
        }
    }

    /// What comes before everything else.
    fn headline(&self) -> Option<String> {
        let line = self.unwitnessed()?.line()?;
        Some(format!("{line} This is told as it is recorded; `daybook-replay verify` checks it."))
    }

    /// What has to be known to read it, in whole sentences.
    fn told(&self) -> Vec<String> {
        let mut told = self.notes.clone();
        told.extend(self.as_of.map(|position| format!("As of position {position} of the clinic's log.")));
        told.extend(
            self.more_after.map(|position| format!("This is not all: there is more after position {position}.")),
        );
        told
    }

    /// The columns' names as people read them.
    fn headings(&self) -> impl Iterator<Item = String> {
        self.columns.iter().map(|name| name.replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use daybook_ledger::witnessed::{Interval, Witnessing};

    use super::*;

    pub fn table(text: &str) -> Table {
        let mut table = Table::new("A <report>", &["who", "how_often"]).note("As of position 7 & no further.");
        table.row([text.into(), 3_u64.into()]);
        table.row([Cell::None, Cell::of(None::<u64>)]);
        table
    }

    #[test]
    fn every_form_leads_with_how_long_the_log_was_unwitnessed_but_not_for_the_patient() {
        let from = DateTime::<Utc>::UNIX_EPOCH;
        let longest = Interval { from, until: from, seconds: 61, events: 7, open: true };
        let said = Witnessing { longest: Some(longest), ..Witnessing::default() };
        let lead = Unwitnessed { clinic: uuid::Uuid::nil(), nobody_is_asked: true, said };
        let (mut staffs, mut patients) = (table("desk-7"), table("desk-7").for_the_patient());
        assert!(staffs.wants_lead() && !patients.wants_lead());
        staffs.lead(lead.clone());
        patients.lead(lead);
        let said = "LONGEST UNWITNESSED INTERVAL: 1 min 1 s";
        for form in [Form::Table, Form::Csv, Form::Html] {
            let text = staffs.render(form);
            let at = |what| text.find(what).unwrap_or(usize::MAX);
            assert!(at(said) < at("A <report>").min(at("<caption>")), "{form:?}: {text}");
            assert!(text.contains("Nobody is asked to be one."), "{form:?}: {text}");
            assert!(!patients.render(form).contains("UNWITNESSED"), "{form:?}");
        }
        assert_eq!(staffs.json()["unwitnessed"]["longest"]["seconds"], 61);
        assert_eq!(patients.json()["unwitnessed"], Value::Null);
    }

    #[test]
    fn every_form_says_the_same() {
        let table = table("desk-7");
        for form in [Form::Table, Form::Csv, Form::Html, Form::Json] {
            let text = table.render(form);
            assert!(text.contains("desk-7") && text.contains('3') && text.contains("position 7"), "{form:?}: {text}");
        }
        assert_eq!(table.json()["rows"][0], json!({ "who": "desk-7", "how_often": 3 }));
        assert_eq!(table.json()["rows"][1]["who"], Value::Null);
    }
}
