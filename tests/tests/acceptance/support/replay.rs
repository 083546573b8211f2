//! `daybook-replay` as a process of its own, on the database of the servers.

use std::process::{Command, Stdio};

use daybook_access::DevelopmentIssuer;

use super::{App, Client, Clinic, fresh_id};

/// How it ended, and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl Said {
    /// Ended with 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.error);
        self
    }
}

impl Clinic {
    /// Asked by somebody about this clinic, for a reason.
    pub async fn replay(&self, who: &Client, what: &[&str]) -> Said {
        let token = std::env::temp_dir().join(format!("daybook-token-{}", fresh_id()));
        std::fs::write(&token, who.token()).expect("a file");
        let clinic = self.id.to_string();
        let asked = ["--clinic", &clinic, "--token", token.to_str().expect("a path"), "--reason", "complaint-review"];
        let said = run(&self.app, &[what, &asked].concat()).await;
        std::fs::remove_file(token).expect("the file");
        said
    }
}

/// With nothing of this environment but what it takes to be asked there.
pub async fn run(app: &App, arguments: &[&str]) -> Said {
    let root = app.config().root().expect("the development secret");
    let root: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut command = Command::new(daybook_tests::replay_program());
    command.env_clear().args(arguments).stdin(Stdio::null());
    command.env("DAYBOOK_DATABASE_URL", &app.database.url).env("DAYBOOK_ROOT_SECRET", root);
    command.env("DAYBOOK_ISSUER", DevelopmentIssuer::ISSUER).env("DAYBOOK_AUDIENCE", DevelopmentIssuer::AUDIENCE);
    command.env("DAYBOOK_JWKS_URL", format!("{}/development/jwks", app.server.base));
    let ended = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs").expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said { code: ended.status.code(), out: text(ended.stdout), error: text(ended.stderr) }
}
