//! A page to be read or printed: no script, nothing fetched, and every text escaped.

use super::{Cell, Table};
use crate::markup::escaped;

const STYLE: &str = "body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#111}table{border-collapse:collapse;width:100%}\
    caption{text-align:left;font-weight:600;font-size:1.2rem;padding-bottom:.5rem}\
    th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
    td.number{text-align:right}th{background:#eee}@media print{body{margin:0}thead{display:table-header-group}}";

impl Table {
    pub(super) fn html(&self) -> String {
        let title = escaped(&self.title);
        let lead =
            self.headline().map_or_else(String::new, |line| format!("<p><strong>{}</strong></p>\n", escaped(&line)));
        let notes: String = self.told().iter().map(|note| format!("<p>{}</p>\n", escaped(note))).collect();
        let headings: String =
            self.headings().map(|heading| format!("<th scope=\"col\">{}</th>", escaped(&heading))).collect();
        let rows: String =
            self.rows.iter().map(|row| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>())).collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{lead}{notes}<table>\n<caption>{title}</caption>\n\
             <thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</body>\n</html>\n"
        )
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => format!("<td class=\"number\">{number}</td>"),
        cell => format!("<td>{}</td>", escaped(&cell.words())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::table::Form;

    #[test]
    fn no_text_becomes_markup() {
        let html = table("<script>alert('x')</script>&\"").render(Form::Html);
        assert!(html.contains("<td>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</td>"), "{html}");
        assert!(html.contains("<caption>A &lt;report&gt;</caption>") && !html.contains("<script"), "{html}");
    }
}
