//! As text: no stored text moves the cursor, colours the screen or hides what follows.

use super::{Cell, Table};
use crate::tone::Tone;

impl Table {
    /// As text whose words have their tones. For anywhere but a terminal it is rendered without them.
    pub fn terminal(&self) -> String {
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
        let lead = self.headline().map_or_else(String::new, |line| Tone::Doubtful.on(harmless(&line)) + "\n\n");
        let none = if self.is_empty() { "\nNothing." } else { "" };
        format!("{lead}{}{notes}\n{}{none}", Tone::Heading.on(harmless(&self.title)), headed(&drawn.to_string()))
    }
}

/// The columns' names, between the two rules on top, as a heading.
fn headed(drawn: &str) -> String {
    let lines = drawn.split('\n').enumerate();
    let lines = lines.map(|(number, line)| if number == 1 { Tone::Heading.on(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::table::Form;
    use crate::tone::Tone;

    #[test]
    fn a_stored_text_cannot_command_a_terminal() {
        let shown = table("a\u{1b}[2Jb\u{9b}c\rd").render(Form::Table);
        assert!(shown.contains("a\u{fffd}[2Jb\u{fffd}c\u{fffd}d") && !shown.contains('\u{1b}'), "{shown}");
        // Nor are its escapes taken for those of a tone, which are on the title and the columns' names alone.
        let toned = table("a\u{1b}[2Jb").terminal();
        assert!(toned.contains("a\u{fffd}[2Jb") && toned.contains(&Tone::Heading.on("A <report>")), "{toned}");
        assert_eq!(toned.matches('\u{1b}').count(), 4, "{toned}");
        let names = toned.lines().find(|line| line.contains("how often"));
        assert!(names.is_some_and(|names| names == Tone::Heading.on(crate::tone::plain(names))), "{toned}");
    }
}
