//! The command line of `projections`.

use clap::{Args, Subcommand};
use daybook_projections::View;
use uuid::Uuid;

use crate::arguments::Database;

#[derive(Subcommand)]
pub enum ProjectionsCommand {
    /// Says of each read model whether it is what the log says.
    Verify(ReadModels),
    /// Shows each row that is not what the log says, field by field.
    Diff(ReadModels),
    /// Builds them again from the log. Readers see the old rows until the new ones stand.
    Rebuild(ReadModels),
}

#[derive(Args)]
pub struct ReadModels {
    /// Only in this clinic
    #[arg(long, value_name = "ID")]
    pub clinic: Option<Uuid>,
    /// Only this read model
    #[arg(long, value_name = "NAME", value_parser = View::named)]
    pub projection: Option<View>,
    #[command(flatten)]
    pub database: Database,
    /// Prints JSON
    #[arg(long)]
    pub json: bool,
}
