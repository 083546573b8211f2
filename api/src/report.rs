//! A report as an answer: a table in the form that was asked for. It gets in here only with the receipt of the look at what
//! it tells.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use daybook_access::Receipt;
use daybook_audit::{Form, Table, Unwitnessed};
use daybook_ledger::witnessed::anybody;

use crate::caller::Caller;
use crate::problem::Problem;

/// A page of ours needs its own style and nothing else.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// A report, ready to be sent.
pub struct Report {
    form: Form,
    body: String,
}

impl Report {
    /// In this form, JSON if none was named; led by how long the log was unwitnessed, as it is recorded.
    pub async fn of(caller: &Caller, _: &Receipt, mut table: Table, form: Option<Form>) -> Result<Self, Problem> {
        if table.wants_lead() {
            let (state, clinic) = (&caller.state, caller.clinic());
            let said = state.ledger.watched(clinic).await?.witnessing(anybody, state.ledger.clock().now());
            table.lead(Unwitnessed { clinic, nobody_is_asked: state.witnesses.is_empty(), said });
        }
        let form = form.unwrap_or(Form::Json);
        Ok(Self { form, body: table.render(form) })
    }
}

impl Responder for Report {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, self.form.content_type()))
            .insert_header((header::CACHE_CONTROL, "no-store"));
        match self.form {
            Form::Html => response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY)),
            Form::Csv => response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"report.csv\"")),
            Form::Table | Form::Json => &mut response,
        };
        response.body(self.body)
    }
}
