//! How a server is set up: one TOML file, environment variables over it, and what production refuses.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use daybook_domain::safekeeping::{Promises, Span};
use daybook_integrations::witnesses::Asked;
use daybook_ledger::sealing::LocalKeys;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Variables that begin like ours and are read by other programs of the workspace.
const NOT_OURS: [&str; 3] = ["DAYBOOK_CONFIG", "DAYBOOK_LOG", "DAYBOOK_TEST_CLUSTER"];

/// Keys whose value is a number or a yes and no; an environment variable is text and has to be read as such.
const NOT_TEXT: [&str; 13] = [
    "simulated",
    "migrate",
    "development_issuer",
    "tls_in_front",
    "files_in_backups",
    "workers",
    "connections",
    "lanes",
    "queue",
    "shutdown_seconds",
    "max_streams",
    "max_file_bytes",
    "witness_seconds",
];

/// Keys whose value is a list; an environment variable is read as such in TOML.
const LISTS: [&str; 1] = ["witnesses"];

/// Whether shortcuts are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Real patients: every shortcut is refused by name.
    #[default]
    Production,
    /// One's own machine.
    Development,
}

/// Everything that can be set. `DAYBOOK_` and the key in capitals is the environment variable over it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether shortcuts are allowed.
    #[serde(default)]
    pub mode: Mode,
    /// Address and port; port 0 takes a free one.
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    /// The installation's name, first part of every log's origin. No white space, no `+`.
    #[serde(default = "defaults::origin")]
    pub origin: String,
    /// `postgres://` URL of a login that is a member of Daybook's database roles.
    pub database_url: SecretString,
    /// URL of the database's owner, for migrations; the same as `database_url` if absent.
    #[serde(default)]
    pub database_owner_url: Option<SecretString>,
    /// Whether to bring the database to this version before starting.
    #[serde(default = "defaults::yes")]
    pub migrate: bool,
    /// 32 bytes in hexadecimal, or the path of a file that holds them. Every key is derived from it.
    #[serde(default)]
    pub root_secret: Option<SecretString>,
    /// What patients' keys are wrapped under, if not the root secret: secrets of the same form, separated by commas. Keys are
    /// wrapped under the first and unwrapped under each. One that no key is wrapped under any more can be destroyed, and with it
    /// what backups from before hold of erased patients.
    #[serde(default)]
    pub key_secrets: Option<SecretString>,
    /// Issuer of access tokens.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Audience access tokens must name.
    #[serde(default)]
    pub audience: Option<String>,
    /// Where the issuer publishes its keys.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// Whether this server issues tokens to whoever asks. Development on a loopback address only.
    #[serde(default)]
    pub development_issuer: bool,
    /// Whether everything here is simulated; every answer says so.
    #[serde(default)]
    pub simulated: bool,
    /// Whether something in front of this server speaks TLS with the world.
    #[serde(default)]
    pub tls_in_front: bool,
    /// Request threads; 0: as many as there are processors.
    #[serde(default)]
    pub workers: usize,
    /// Database connections for each of the three roles.
    #[serde(default = "defaults::connections")]
    pub connections: u32,
    /// Writers of the ledger.
    #[serde(default = "defaults::lanes")]
    pub lanes: usize,
    /// Appends that may wait for a writer.
    #[serde(default = "defaults::queue")]
    pub queue: usize,
    /// Live streams served at once; further ones are turned away.
    #[serde(default = "defaults::max_streams")]
    pub max_streams: usize,
    /// A directory for files of visits, sealed; all servers share it. Without one no files are kept. With `storage_url` files
    /// only gather there on their way, and each server has its own.
    #[serde(default)]
    pub storage_directory: Option<PathBuf>,
    /// `s3://bucket` or `s3://bucket/prefix`: keeps files there.
    #[serde(default)]
    pub storage_url: Option<String>,
    /// Address of the service that speaks S3; Amazon's in the region if absent.
    #[serde(default)]
    pub storage_endpoint: Option<String>,
    /// The bucket's region; `us-east-1` if absent.
    #[serde(default)]
    pub storage_region: Option<String>,
    /// Id of the access key to the bucket.
    #[serde(default)]
    pub storage_access_key_id: Option<String>,
    /// The access key.
    #[serde(default)]
    pub storage_secret_access_key: Option<SecretString>,
    /// Of temporary access keys, their token.
    #[serde(default)]
    pub storage_session_token: Option<SecretString>,
    /// Bytes a file may have, at most 104,857,600 (100 MiB).
    #[serde(default = "defaults::max_file_bytes")]
    pub max_file_bytes: u64,
    /// The most that may be lost if the database is: a newest backup that is older is an alarm. `90s`, `15m`, `24h`, `30d`.
    #[serde(default = "defaults::recovery_point_objective")]
    pub recovery_point_objective: Span,
    /// The longest a recovery may take, if anybody said: a drill that took longer is an alarm.
    #[serde(default)]
    pub recovery_time_objective: Option<Span>,
    /// How often a restore is drilled: a last drill that passed longer ago is an alarm.
    #[serde(default = "defaults::drill_every")]
    pub drill_every: Span,
    /// Whether files of visits have to be in the backups and opened in the drills; `false` where they are backed up by other means,
    /// as those in a bucket are. Otherwise a newest backup without them, or a last drill, is an alarm.
    #[serde(default = "defaults::yes")]
    pub files_in_backups: bool,
    /// How long requests under way may take to finish when the server stops.
    #[serde(default = "defaults::shutdown_seconds")]
    pub shutdown_seconds: u64,
    /// Other organizations that are asked to sign that the logs have only grown.
    #[serde(default)]
    pub witnesses: Vec<WitnessConfig>,
    /// How often they are asked.
    #[serde(default = "defaults::witness_seconds")]
    pub witness_seconds: u64,
}

/// A witness (C2SP tlog-witness).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// What it is called in logs and measures.
    pub name: String,
    /// Where it is asked; `/add-checkpoint` is put behind it.
    pub url: String,
    /// Its public key, as it has given it.
    pub vkey: String,
}

mod defaults {
    pub fn listen() -> std::net::SocketAddr {
        ([127, 0, 0, 1], 8080).into()
    }
    pub fn origin() -> String {
        "daybook.localhost".into()
    }
    pub fn yes() -> bool {
        true
    }
    pub fn connections() -> u32 {
        8
    }
    pub fn lanes() -> usize {
        2
    }
    pub fn queue() -> usize {
        256
    }
    pub fn max_streams() -> usize {
        1_000
    }
    pub fn max_file_bytes() -> u64 {
        25 * 1024 * 1024
    }
    pub fn recovery_point_objective() -> super::Span {
        super::Span(24 * 3_600)
    }
    pub fn drill_every() -> super::Span {
        super::Span(90 * 86_400)
    }
    pub fn shutdown_seconds() -> u64 {
        30
    }
    pub fn witness_seconds() -> u64 {
        60
    }
}

/// A setting that cannot be used. Never quotes a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the configuration file {0} cannot be read")]
    Unreadable(PathBuf),
    /// Not TOML, an unknown key, or a value of another type.
    #[error("{0}")]
    Invalid(String),
    /// Development only.
    #[error("production refuses {name}: {hint}")]
    Shortcut {
        /// The shortcut's name.
        name: &'static str,
        /// What would be right.
        hint: &'static str,
    },
    /// Two settings that do not go together, or a value out of bounds.
    #[error("{key}: {problem}")]
    Unusable {
        /// The key.
        key: &'static str,
        /// What would be right.
        problem: &'static str,
    },
}

impl Config {
    /// A server on one's own machine, on a free port, with the development issuer.
    pub fn development(database_url: impl Into<String>) -> Self {
        Self {
            mode: Mode::Development,
            listen: ([127, 0, 0, 1], 0).into(),
            origin: defaults::origin(),
            database_url: SecretString::from(database_url.into()),
            database_owner_url: None,
            migrate: true,
            root_secret: None,
            key_secrets: None,
            issuer: None,
            audience: None,
            jwks_url: None,
            development_issuer: true,
            simulated: true,
            tls_in_front: false,
            workers: 0,
            connections: defaults::connections(),
            lanes: defaults::lanes(),
            queue: defaults::queue(),
            max_streams: defaults::max_streams(),
            storage_directory: None,
            storage_url: None,
            storage_endpoint: None,
            storage_region: None,
            storage_access_key_id: None,
            storage_secret_access_key: None,
            storage_session_token: None,
            max_file_bytes: defaults::max_file_bytes(),
            recovery_point_objective: defaults::recovery_point_objective(),
            recovery_time_objective: None,
            drill_every: defaults::drill_every(),
            files_in_backups: true,
            shutdown_seconds: 5,
            witnesses: Vec::new(),
            witness_seconds: defaults::witness_seconds(),
        }
    }

    /// The file, if one is named, and the variables over it.
    pub fn load(file: Option<&Path>, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(file) => std::fs::read_to_string(file).map_err(|_| ConfigError::Unreadable(file.into()))?,
            None => String::new(),
        };
        let mut table: toml::Table =
            toml::from_str(&text).map_err(|error| ConfigError::Invalid(without_values(error.message())))?;
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("DAYBOOK_").filter(|_| !NOT_OURS.contains(&name.as_str())) else {
                continue;
            };
            let key = key.to_ascii_lowercase();
            let value = typed(&key, value).ok_or_else(|| {
                ConfigError::Invalid(format!("{name} is no number, true or false, or list, as it has to be"))
            })?;
            table.insert(key, value);
        }
        let config: Self = toml::Value::Table(table)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Invalid(without_values(error.message())))?;
        config.check()?;
        Ok(config)
    }

    /// Refuses settings that cannot be meant.
    pub fn check(&self) -> Result<(), ConfigError> {
        let unusable = |key, problem| Err(ConfigError::Unusable { key, problem });
        if self.origin.is_empty() || self.origin.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
            return unusable("origin", "a name without white space and without a plus, such as daybook.example");
        }
        if !(2..=200).contains(&self.connections) {
            return unusable("connections", "between 2 and 200");
        }
        if !(1..=3_600).contains(&self.witness_seconds) {
            return unusable("witness_seconds", "between 1 and 3600");
        }
        self.witnesses()?;
        self.check_storage()?;
        if self.root_secret.is_some() || self.key_secrets.is_some() && self.mode == Mode::Development {
            self.keys()?;
        }
        match self.mode {
            Mode::Production => self.check_production(),
            Mode::Development if self.development_issuer && !self.listen.ip().is_loopback() => {
                unusable("development_issuer", "only on a loopback address: whoever reaches it can be anyone")
            }
            Mode::Development => Ok(()),
        }
    }

    fn check_production(&self) -> Result<(), ConfigError> {
        let refuse = |name, hint| Err(ConfigError::Shortcut { name, hint });
        if self.development_issuer {
            return refuse("development_issuer", "name issuer, audience and jwks_url of a real identity provider");
        }
        if self.simulated {
            return refuse("simulated", "simulated patients belong in development mode");
        }
        if self.root_secret.is_none() {
            return refuse("missing root_secret", "32 bytes in hexadecimal, or the path of a file that holds them");
        }
        if self.issuer.is_none() || self.audience.is_none() || self.jwks_url.is_none() {
            return refuse("missing identity provider", "issuer, audience and jwks_url are all needed");
        }
        if !self.jwks_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
            return refuse("jwks_url without TLS", "an https:// URL: whoever can change the keys can be anyone");
        }
        if !self.issuer.as_deref().is_some_and(|url| url.starts_with("https://")) {
            return refuse("issuer without TLS", "an https:// URL, as OpenID Connect asks");
        }
        if self.origin.ends_with("localhost") || self.origin.contains("demo") {
            return refuse("origin of a demo", "the installation's own name, such as daybook.example");
        }
        if !self.listen.ip().is_loopback() && !self.tls_in_front {
            return refuse(
                "listening without TLS",
                "listen on a loopback address, or put TLS in front and say so with tls_in_front = true",
            );
        }
        if !has_protected_connection(self.database_url.expose_secret()) {
            return refuse("database without TLS", "add sslmode=verify-full to database_url");
        }
        Ok(())
    }

    /// The root secret's bytes; in development a well-known one if none is set.
    pub fn root(&self) -> Result<[u8; 32], ConfigError> {
        let wrong = ConfigError::Unusable {
            key: "root_secret",
            problem: "64 hexadecimal digits, or the path of a file that holds them",
        };
        let Some(secret) = &self.root_secret else {
            return match self.mode {
                Mode::Development => Ok(Sha256::digest(b"daybook/development/root-secret").into()),
                Mode::Production => Err(wrong),
            };
        };
        secret_bytes(secret.expose_secret()).ok_or(wrong)
    }

    /// The keys that everything is derived from.
    pub fn keys(&self) -> Result<LocalKeys, ConfigError> {
        let wrong = || ConfigError::Unusable {
            key: "key_secrets",
            problem: "64 hexadecimal digits each, or paths of files that hold them, separated by commas",
        };
        let texts = self.key_secrets.as_ref().map(|secrets| secrets.expose_secret().split(',')).into_iter().flatten();
        let secrets = texts.map(|text| secret_bytes(text).ok_or_else(wrong)).collect::<Result<Vec<_>, _>>()?;
        Ok(LocalKeys::new(self.root()?).with_key_secrets(secrets))
    }

    /// What was promised of the backups.
    pub fn promises(&self) -> Promises {
        let (point, time) = (self.recovery_point_objective, self.recovery_time_objective);
        Promises { point, time, drill_every: self.drill_every, files: self.files_in_backups }
    }

    /// The witnesses, each with its key.
    pub fn witnesses(&self) -> Result<Vec<Asked>, ConfigError> {
        let unusable = |problem| ConfigError::Unusable { key: "witnesses", problem };
        let mut asked: Vec<Asked> = Vec::new();
        for WitnessConfig { name, url, vkey } in &self.witnesses {
            let key =
                vkey.parse().map_err(|_| unusable("vkey is the public key that a witness has given, name+id+key"))?;
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.chars().any(char::is_whitespace) || host.contains('@')) {
                return Err(unusable("url is http:// or https:// and a host, and a path if need be"));
            }
            if name.is_empty() || asked.iter().any(|known| known.name == *name || known.key == key) {
                return Err(unusable("each has a name and a key of its own"));
            }
            asked.push(Asked { name: name.clone(), url: url.clone(), key });
        }
        Ok(asked)
    }

    /// The URL migrations run under.
    pub fn owner_url(&self) -> &str {
        self.database_owner_url.as_ref().unwrap_or(&self.database_url).expose_secret()
    }
}

/// The part of a message of the TOML reader that names keys and types: what it quotes after "found" may be a secret.
fn without_values(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.strip_prefix("invalid type: ").or_else(|| line.strip_prefix("invalid value: ")) {
        Some(rest) => {
            format!("a value of the wrong type; expected {}", rest.rsplit_once("expected ").map_or("", |p| p.1))
        }
        None => line.to_owned(),
    }
}

fn typed(key: &str, value: String) -> Option<toml::Value> {
    if LISTS.contains(&key) {
        return toml::from_str::<toml::Table>(&format!("list = {value}")).ok()?.remove("list");
    }
    if !NOT_TEXT.contains(&key) {
        return Some(toml::Value::String(value));
    }
    let value = value.trim();
    value.parse().map(toml::Value::Boolean).ok().or_else(|| value.parse().map(toml::Value::Integer).ok())
}

/// A secret, or what the file says that is named in its place.
fn secret_bytes(secret: &str) -> Option<[u8; 32]> {
    let secret = secret.trim();
    hexadecimal(secret).or_else(|| {
        let text = SecretString::from(std::fs::read_to_string(secret).ok()?);
        hexadecimal(text.expose_secret().trim())
    })
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

/// A socket, the same machine, or TLS that checks whom it talks to.
fn has_protected_connection(url: &str) -> bool {
    let Ok(options) = url.parse::<sqlx::postgres::PgConnectOptions>() else { return false };
    let host = options.get_host();
    let near = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    near || matches!(
        options.get_ssl_mode(),
        sqlx::postgres::PgSslMode::VerifyFull | sqlx::postgres::PgSslMode::VerifyCa
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(None, variables.iter().map(|(name, value)| (name.to_string(), value.to_string())))
    }

    const PRODUCTION: [(&str, &str); 8] = [
        ("DAYBOOK_DATABASE_URL", "postgres://daybook@db.example/daybook?sslmode=verify-full"),
        ("DAYBOOK_ROOT_SECRET", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
        ("DAYBOOK_ISSUER", "https://id.example/"),
        ("DAYBOOK_AUDIENCE", "daybook"),
        ("DAYBOOK_JWKS_URL", "https://id.example/jwks"),
        ("DAYBOOK_ORIGIN", "daybook.example"),
        ("DAYBOOK_LISTEN", "0.0.0.0:443"),
        ("DAYBOOK_TLS_IN_FRONT", "true"),
    ];

    fn production_with(name: &'static str, value: &'static str) -> Result<Config, ConfigError> {
        load(&[&PRODUCTION[..], &[(name, value)]].concat())
    }

    #[test]
    fn production_with_everything_named_is_accepted() {
        let config = load(&PRODUCTION).unwrap();
        assert_eq!(config.mode, Mode::Production);
        assert_eq!(config.root().unwrap()[31], 0x1f);
    }

    #[test]
    fn production_refuses_each_shortcut_by_name() {
        for (name, value, shortcut) in [
            ("DAYBOOK_DEVELOPMENT_ISSUER", "true", "development_issuer"),
            ("DAYBOOK_SIMULATED", "true", "simulated"),
            ("DAYBOOK_JWKS_URL", "http://id.example/jwks", "jwks_url without TLS"),
            ("DAYBOOK_ISSUER", "http://id.example/", "issuer without TLS"),
            ("DAYBOOK_ORIGIN", "daybook.localhost", "origin of a demo"),
            ("DAYBOOK_TLS_IN_FRONT", "false", "listening without TLS"),
            ("DAYBOOK_DATABASE_URL", "postgres://daybook@db.example/daybook", "database without TLS"),
        ] {
            match production_with(name, value) {
                Err(ConfigError::Shortcut { name, .. }) => assert_eq!(name, shortcut),
                other => panic!("{shortcut}: {other:?}"),
            }
        }
    }

    #[test]
    fn witnesses_are_named_with_their_keys() {
        const KEY: &str = "w1.example+8f03c52e+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
        let list = format!("[{{ name = \"w1\", url = \"https://w1.example\", vkey = \"{KEY}\" }}]");
        let with = |list: String| load(&[&PRODUCTION[..], &[("DAYBOOK_WITNESSES", list.as_str())]].concat());
        let asked = with(list.clone()).unwrap().witnesses().unwrap();
        assert_eq!((asked.len(), asked[0].key.name(), asked[0].url.as_str()), (1, "w1.example", "https://w1.example"));
        for wrong in [
            list.replace("https://w1", "ftp://w1"),
            list.replace("https://w1.example", "https://me:secret@w1.example"),
            list.replace("8f03c52e", "8f03c52f"),
            list.replace("[{", "{").replace("}]", "}"),
            list.replace("}]", "}, ") + &list[1..],
            list.replace("url", "link"),
            "none".into(),
        ] {
            assert!(with(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(production_with("DAYBOOK_WITNESS_SECONDS", "0").is_err());
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = production_with("DAYBOOK_DATABSE", "x").unwrap_err().to_string();
        assert!(error.contains("databse"), "{error}");
    }

    #[test]
    fn the_development_issuer_needs_a_loopback_address() {
        let mut config = Config::development("postgres:///daybook");
        assert_eq!(config.check(), Ok(()));
        config.listen = ([0, 0, 0, 0], 8080).into();
        assert!(matches!(config.check(), Err(ConfigError::Unusable { key: "development_issuer", .. })));
    }

    #[test]
    fn neither_an_error_nor_debug_shows_a_secret() {
        let error = production_with("DAYBOOK_ROOT_SECRET", "hunter2").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
        assert!(!format!("{:?}", load(&PRODUCTION).unwrap()).contains("0001020304"));
    }
}
