//! The witness over HTTP (C2SP tlog-witness 1.0).

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::{Context, bail};
use daybook_audit::witness::decide::Refusal;
use daybook_audit::witness::{NotCosigned, Witness};
use daybook_audit::{LogKeys, Tone};
use daybook_ledger::add_checkpoint;
use daybook_ledger::clock::System;
use serde::Serialize;

use super::arguments::WitnessServe;
use crate::print::{self, harmless};
use crate::trust;

/// A caller has this long to send a request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long an idle connection is kept: logs ask once a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(90);
/// Requests and their proofs are small: this many are worked on at once, further ones wait.
const WORKERS: usize = 2;

/// A line of JSON.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Told {
    /// It can be asked.
    Serving { key: String, logs: usize, url: String },
    /// It has not signed what a log's key did, or could not.
    NotSigned { why: String },
}

impl Told {
    fn words(&self) -> String {
        match self {
            Told::Serving { key, logs, url } => format!("witness {key} of {logs} logs on {url}"),
            Told::NotSigned { why } => Tone::Bad.on(format!("NOT SIGNED: {}", harmless(why))),
        }
    }
}

/// Who is asked, and whether what it tells is for a program.
struct Serving {
    witness: Witness,
    json: bool,
}

pub async fn run(arguments: WitnessServe) -> anyhow::Result<()> {
    let WitnessServe { folder, log, policy, listen, json } = arguments;
    let mut logs = LogKeys::default();
    let policy = policy.as_deref().map(trust::policy).transpose()?;
    let named = policy.iter().flat_map(|policy| policy.logs().iter().cloned());
    for key in log.into_iter().chain(named) {
        logs.add(key);
    }
    if logs.is_empty() {
        bail!("a witness needs at least one log to look at: --log VKEY or --policy FILE");
    }
    let count = logs.iter().count();
    let serving = Data::new(Serving { witness: Witness::open(&folder, logs, Arc::new(System))?, json });
    let listener = TcpListener::bind(listen).with_context(|| format!("{listen} cannot be listened on"))?;
    let (address, key) = (listener.local_addr()?, serving.witness.key().to_string());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(serving.clone())
            .app_data(web::PayloadConfig::new(add_checkpoint::LONGEST))
            .route(&format!("/{}", add_checkpoint::CALL), web::post().to(answer))
            .route("/health", web::get().to(async || "ok\n"))
    });
    let server = server.workers(WORKERS).client_request_timeout(HEAD_WITHIN).keep_alive(KEEP_ALIVE).listen(listener)?;
    let told = Told::Serving { key, logs: count, url: format!("http://{address}") };
    if json {
        print::json_line(&told)?
    } else {
        print::out(&told.words())?
    }
    server.run().await.context("the witness ended badly")
}

/// Looking, signing and writing down block; each is done apart from the thread that reads requests.
async fn answer(serving: Data<Serving>, body: Bytes) -> HttpResponse {
    let asked = serving.clone();
    let added = web::block(move || {
        let body = std::str::from_utf8(&body).map_err(|_| Refusal::Malformed("it is not UTF-8"))?;
        asked.witness.add(body)
    });
    match added.await {
        Ok(Ok(lines)) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(lines),
        Ok(Err(NotCosigned::Refused(refusal))) => refused(refusal),
        Ok(Err(error)) => {
            let told = Told::NotSigned { why: error.to_string() };
            print::problem(&told.words());
            if serving.json {
                // Whoever reads no more has it on standard error; the answer does not wait for them.
                let _ = print::json_line(&told);
            }
            match error {
                NotCosigned::Contradicted { refusal, .. } => refused(refusal),
                _ => HttpResponse::InternalServerError().finish(),
            }
        }
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

fn refused(refusal: Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = HttpResponse::build(status);
    match refusal.held() {
        Some(size) => response.insert_header((header::CONTENT_TYPE, add_checkpoint::SIZE)).body(format!("{size}\n")),
        None => response.content_type("text/plain; charset=utf-8").body(format!("{refusal}\n")),
    }
}
