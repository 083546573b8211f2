//! What somebody who has just started the demo needs to look around: links, a token for each role, and lines to try.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use private_postgres::Binaries;

use crate::client::TOKENS_LAST_HOURS;
use crate::day::Played;
use crate::postgres::Database;
use crate::reader;
use crate::seed::Clinic;
use crate::server::Server;
use crate::witness::Serving;

/// Prints them.
pub async fn print(
    server: &Server,
    database: &Database,
    clinics: &[Clinic],
    played: &Played,
    witness: Option<&Serving>,
) -> anyhow::Result<()> {
    let lakeside = clinics.first().context("no clinic")?;
    let tokens = tokens(lakeside).await?;
    let file = keep(database.directory(), &tokens)?;
    let url = server.url();
    println!("\nLinks");
    println!("  The API, to read and to try     {url}/docs/");
    for clinic in clinics {
        println!(
            "  {:<31} {url}/v1/clinics/{}/log/checkpoint",
            format!("{}'s checkpoint", clinic.data.short),
            clinic.id()
        );
    }
    println!("  Measures                        {url}/metrics");
    println!("\nTokens at {}, good for {TOKENS_LAST_HOURS} hours, also in {}", lakeside.data.short, file.display());
    print!("{}", assignments(&tokens));
    println!("\nTo try in another terminal");
    print!("{}", lines(&url, &file, played));
    println!("\nThe log in the database, event by event, read-only and sealed");
    println!("  {}", look(database, lakeside).await?);
    println!("\nTo verify the log from the outside, while this runs");
    let policy = witness.map(|witness| format!(" --policy {}", witness.policy.display())).unwrap_or_default();
    println!("  ./run replay verify --database-url {}{policy}", verifiable(database));
    if witness.is_some() {
        println!("A witness is at work, simulated: a real one is another organization's, on another machine.");
    }
    println!(
        "\nThe waiting rooms, live. Ctrl-C stops everything; the next ./run demo goes on with the same clinics.\n"
    );
    Ok(())
}

/// Variable and token, role by role. The provider is the one somebody waits for.
async fn tokens(clinic: &Clinic) -> anyhow::Result<Vec<(&'static str, String)>> {
    let compliance = clinic.client.sign_in(clinic.id(), "compliance", "compliance-1", None).await?;
    let auditor = clinic.client.sign_in(clinic.id(), "auditor", "auditor-1", None).await?;
    Ok(vec![
        ("FRONT_DESK", clinic.desk.token.clone()),
        ("CLINICAL_STAFF", clinic.assistant.token.clone()),
        ("PROVIDER", clinic.provider("sorensen")?.caller.token.clone()),
        ("PATIENT", clinic.patient("ingrid")?.caller.token.clone()),
        ("BILLING", clinic.billing.token.clone()),
        ("COMPLIANCE", compliance.token),
        ("AUDITOR", auditor.token),
        ("ADMINISTRATOR", clinic.administrator.token.clone()),
    ])
}

fn assignments(tokens: &[(&str, String)]) -> String {
    tokens.iter().fold(String::new(), |mut text, (name, token)| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}={token}");
        text
    })
}

/// The same in a file a shell can read; readable by its owner alone, and not longer than the tokens are good.
fn keep(directory: &Path, tokens: &[(&str, String)]) -> anyhow::Result<PathBuf> {
    let path = directory.join("tokens.sh");
    let write = || {
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(assignments(tokens).as_bytes())
    };
    write().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

fn lines(url: &str, file: &Path, played: &Played) -> String {
    let Played { told, waiting } = played;
    format!(
        "  . {}
  # who waits, in which order, and why
  curl -sw '\\n' {url}/v1/waiting-room -H \"Authorization: Bearer $FRONT_DESK\"
  # Ben Sorensen admits Ingrid: watch the line below
  curl -sw '\\n' -X POST {url}/v1/visits/{waiting}/admit -H \"Authorization: Bearer $PROVIDER\" -H 'Idempotency-Key: admit-{waiting}'
  # the same again: carried out once, answered twice
  curl -sw '\\n' -X POST {url}/v1/visits/{waiting}/admit -H \"Authorization: Bearer $PROVIDER\" -H 'Idempotency-Key: admit-{waiting}'
  # Mei's visit as it stood after its ninth event, and the whole of it
  curl -sw '\\n' '{url}/v1/visits/{told}?at_sequence=9' -H \"Authorization: Bearer $COMPLIANCE\"
  curl -sw '\\n' {url}/v1/visits/{told}/timeline -H \"Authorization: Bearer $COMPLIANCE\"
  # not for everybody: an administrator is turned away, and that is in the log too
  curl -sw '\\n' {url}/v1/visits/{told} -H \"Authorization: Bearer $ADMINISTRATOR\"
  # the waiting room, live
  curl -sN {url}/v1/waiting-room/stream -H \"Authorization: Bearer $FRONT_DESK\"
",
        file.display()
    )
}

async fn look(database: &Database, clinic: &Clinic) -> anyhow::Result<String> {
    Ok(match reader::url(database, clinic.id()).await? {
        Some((url, count)) => format!(
            "{} \"{url}\" -c 'SELECT position, event_type, payload FROM events ORDER BY position DESC LIMIT 5'\n  \
             (events it shows now: {count})",
            psql().display()
        ),
        None => format!(
            "psql \"$DAYBOOK_DATABASE_URL\" -c 'SET ROLE daybook_read' -c \"SET daybook.clinic = '{}'\" -c 'SELECT count(*) FROM events'",
            clinic.id()
        ),
    })
}

/// By its name if the shell will find it, else where the other Postgres programs are.
fn psql() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|directory| directory.join("psql").exists()) {
        return "psql".into();
    }
    let beside = Binaries::find().ok().map(|binaries| binaries.postgres.with_file_name("psql"));
    beside.filter(|psql| psql.exists()).unwrap_or_else(|| "psql".into())
}

fn verifiable(database: &Database) -> String {
    // One's own URL may hold a password, which does not belong on a screen.
    if database.is_private() { format!("\"{}\"", database.url()) } else { "\"$DAYBOOK_DATABASE_URL\"".into() }
}
