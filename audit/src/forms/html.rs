//! A page to be printed. It holds no script and loads nothing.

use super::{Form, Proof, Told};
use crate::markup::escaped;

pub struct Html;

const STYLE: &str = "body{font:10pt/1.4 sans-serif;margin:2em}table{border-collapse:collapse;width:100%}\
    th,td{border:1px solid #999;padding:.2em .4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
    thead{display:table-header-group}tr{break-inside:avoid}.proof{border:2px solid;padding:.5em}";

impl Form for Html {
    fn begin(&self, proof: &Proof) -> String {
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <title>Events of a log</title><style>{STYLE}</style></head><body>\n\
             <h1>{}</h1>\n<p class=\"proof\">{}</p>\n<p>What is sealed is left out. That is not de-identified.</p>\n\
             <table><thead><tr><th>Position</th><th>Recorded</th><th>Stream</th><th>Event</th><th>Who</th><th>Says</th>\
             </tr></thead><tbody>\n",
            escaped(&capital(&proof.of)),
            escaped(&proof.sentence())
        )
    }

    fn event(&self, told: &Told<'_>, _: &Proof) -> String {
        let event = told.event;
        let cells = [
            event.position.to_string(),
            told.recorded_at(),
            format!("{} {} {}", event.stream.kind, event.stream.id, event.sequence),
            event.event_type.replace('-', " "),
            format!("{} ({})", told.metadata("actor"), told.metadata("role")),
            told.text(),
        ];
        let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    }

    fn end(&self) -> String {
        "</tbody></table></body></html>\n".into()
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
