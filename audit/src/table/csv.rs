//! Comma-separated values. A text that a spreadsheet would take for a formula is made a text again: whoever chose it must not
//! have anything run on the computer of whoever opens the report.

use super::{Cell, Table};

impl Table {
    pub(super) fn csv(&self) -> String {
        let mut csv = String::new();
        // Comments are no part of RFC 4180, so what has to be known stands in rows of one field.
        for note in self.headline().into_iter().chain([self.title.clone()]).chain(self.told()) {
            line(&mut csv, [text(&note)]);
        }
        line(&mut csv, self.headings().map(|heading| text(&heading)));
        for row in &self.rows {
            line(&mut csv, row.iter().map(field));
        }
        csv
    }
}

fn line(csv: &mut String, fields: impl IntoIterator<Item = String>) {
    csv.push_str(&fields.into_iter().collect::<Vec<_>>().join(","));
    csv.push_str("\r\n");
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Text(content) => text(content),
        // Of our own making: nothing in it to quote.
        cell => cell.words(),
    }
}

/// Always quoted. What begins, after blanks, with a sign that a spreadsheet reads as the start of a formula gets an apostrophe
/// before it, and so does what begins with a tab or a line break.
fn text(text: &str) -> String {
    let starts = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    let is_formula = starts.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\"").replace('\0', "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use super::*;
    use crate::table::Form;

    #[test]
    fn no_text_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1"] {
            let csv = table(formula).render(Form::Csv);
            let row = csv.split("\r\n").nth(3).unwrap();
            assert!(row.starts_with("\"'"), "{row}");
        }
        assert_eq!(text("desk-7"), "\"desk-7\"");
    }

    #[test]
    fn quotes_commas_and_line_breaks_stay_within_their_field() {
        let csv = table("a\"b,c\r\nd").render(Form::Csv);
        assert!(csv.contains("\"a\"\"b,c\r\nd\",3\r\n"), "{csv}");
        assert!(csv.ends_with(",\r\n"), "an empty row keeps its fields: {csv}");
    }
}
