//! For a terminal: no stored text moves the cursor, colours the screen or hides what follows.

use super::{Cell, Table};

impl Table {
    pub(super) fn terminal(&self) -> String {
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
        drawn.set_header(self.headings());
        for row in &self.rows {
            drawn.add_row(row.iter().map(|cell| {
                let drawn = comfy_table::Cell::new(harmless(&cell.words()));
                match cell {
                    Cell::Number(_) => drawn.set_alignment(comfy_table::CellAlignment::Right),
                    _ => drawn,
                }
            }));
        }
        let notes: String = self.told().iter().map(|note| format!("\n{}", harmless(note))).collect();
        let lead = self.headline().map_or_else(String::new, |line| harmless(&line) + "\n\n");
        let none = if self.is_empty() { "\nNothing." } else { "" };
        format!("{lead}{}{notes}\n{drawn}{none}", harmless(&self.title))
    }
}

fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::table::Form;

    #[test]
    fn a_stored_text_cannot_command_a_terminal() {
        let shown = table("a\u{1b}[2Jb\u{9b}c\rd").render(Form::Table);
        assert!(shown.contains("a\u{fffd}[2Jb\u{fffd}c\u{fffd}d") && !shown.contains('\u{1b}'), "{shown}");
    }
}
