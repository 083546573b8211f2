//! The files in `migrations/`, in order. They are named here one by one: the macro that finds them by itself would have
//! every program's build compile the Postgres driver twice.

use std::future::ready;
use std::pin::Pin;

use sqlx::error::BoxDynError;
use sqlx::migrate::{Migration, MigrationSource, MigrationType};

/// Version, description and text of each file. What a file says never changes once a database has seen it.
const FILES: [(i64, &str, &str); 7] = [
    (1, "ledger", include_str!("../../migrations/0001_ledger.sql")),
    (2, "keys", include_str!("../../migrations/0002_keys.sql")),
    (3, "ledger checks", include_str!("../../migrations/0003_ledger_checks.sql")),
    (4, "drafts", include_str!("../../migrations/0004_drafts.sql")),
    (5, "erasure", include_str!("../../migrations/0005_erasure.sql")),
    (6, "cosignatures", include_str!("../../migrations/0006_cosignatures.sql")),
    (8, "epochs", include_str!("../../migrations/0008_epochs.sql")),
];

/// The files, as sqlx takes them.
#[derive(Debug)]
pub struct Migrations;

type Resolved = Result<Vec<Migration>, BoxDynError>;

impl<'s> MigrationSource<'s> for Migrations {
    fn resolve(self) -> Pin<Box<dyn Future<Output = Resolved> + Send + 's>> {
        let migration = |(version, description, sql): (i64, &'static str, &'static str)| {
            Migration::new(version, description.into(), MigrationType::Simple, sql.into(), false)
        };
        Box::pin(ready(Ok(FILES.map(migration).into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_named_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<_> = files.filter(|name| name.ends_with(".sql")).collect();
        files.sort();
        let named =
            FILES.map(|(version, description, _)| format!("{version:04}_{}.sql", description.replace(' ', "_")));
        assert_eq!(files, named);
    }
}
