//! A table of what was looked at, a line each, with the verdict on it in its tone.

use comfy_table::{CellAlignment, presets};
use daybook_audit::Tone;

/// What was found out about one of them.
pub struct Row<const COLUMNS: usize> {
    pub cells: [String; COLUMNS],
    /// The verdict, as one of the cells has it.
    pub verdict: String,
    pub tone: Tone,
}

/// Draws it, with these columns to the right. Whoever draws it does not count escapes right: they come afterwards.
pub fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], right: &[usize], rows: &[Row<COLUMNS>]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING).set_header(headings);
    table.add_rows(rows.iter().map(|row| row.cells.clone()));
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let drawn = table.trim_fmt();
    let (headings, lines) = drawn.split_once('\n').unwrap_or((&drawn, ""));
    let lines = lines.lines().zip(rows).map(|(line, Row { verdict, tone, .. })| {
        let toned = line.replacen(verdict.as_str(), &tone.on(verdict), 1);
        format!("\n{toned}")
    });
    Tone::Heading.on(headings) + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_in_its_tone_stands_where_it_would_without() {
        let row = |name: &str, verdict: &str, tone| Row {
            cells: [name.into(), verdict.into(), "7".into()],
            verdict: verdict.into(),
            tone,
        };
        let rows = [row("one", "valid", Tone::Good), row("another", "INVALID", Tone::Bad)];
        let drawn = table(["Clinic", "Verdict", "Events"], &[2], &rows);
        let plain = " Clinic   Verdict  Events\n one      valid         7\n another  INVALID       7";
        assert_eq!(daybook_audit::tone::plain(&drawn), plain);
        assert!(drawn.contains(&Tone::Good.on("valid")) && drawn.contains(&Tone::Bad.on("INVALID")), "{drawn:?}");
    }
}
