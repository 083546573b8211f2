//! Clusters that are started, stopped, killed and started again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use private_postgres::{Binaries, Cluster, Error, Options, Throwaway};
use sqlx::{Connection as _, Executor as _, PgConnection};

/// Removed when dropped; named so that it is short and nobody else's.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let directory = PathBuf::from(format!("/tmp/dbk-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a scratch directory");
        Self(directory)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.0);
    }
}

fn small(mut options: Options) -> Options {
    options.max_connections = 20;
    options.shared_buffers_mb = 16;
    options
}

async fn number(url: &str, query: &str) -> i32 {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a number")
}

fn is_running(pid: u32) -> bool {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    rustix::process::test_kill_process(pid).is_ok()
}

#[tokio::test]
async fn a_cluster_starts_answers_and_leaves_nothing_running() {
    let cluster = Throwaway::start(small(Options::forgetful("/tmp"))).expect("a cluster");
    let (pid, directory) = (cluster.pid().expect("a pid"), cluster.data_dir().to_path_buf());
    assert_eq!(number(&cluster.url("postgres"), "SELECT 1 + 1").await, 2);
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.expect("a connection");
    let listens: String =
        sqlx::query_scalar("SHOW listen_addresses").fetch_one(&mut connection).await.expect("a setting");
    assert_eq!(listens, "");
    let checksums: String =
        sqlx::query_scalar("SHOW data_checksums").fetch_one(&mut connection).await.expect("a setting");
    assert_eq!(checksums, "on");
    connection.execute("CREATE ROLE \"a reader\" LOGIN").await.expect("a role");
    let reader = cluster.url_for("a reader", "postgres");
    assert_eq!(number(&reader, "SELECT (current_user = 'a reader')::int").await, 1);
    drop(cluster);
    assert!(!is_running(pid));
    assert!(!directory.exists());
}

#[tokio::test]
async fn what_was_committed_survives_kill_9() {
    let scratch = Scratch::new("kill");
    let cluster = Cluster::start(small(Options::durable(scratch.0.join("data")))).expect("a cluster");
    let url = cluster.url("postgres");
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").await.expect("a commit");
    connection.execute("BEGIN; INSERT INTO kept VALUES (8)").await.expect("an open transaction");
    let first = cluster.pid().expect("a pid");
    cluster.kill9().expect("killed");
    assert_eq!(cluster.pid(), None);
    cluster.restart().expect("started again");
    assert_ne!(cluster.pid(), Some(first));
    assert_eq!(number(&url, "SELECT sum(n)::int FROM kept").await, 7);
}

#[tokio::test]
async fn a_stopped_cluster_is_used_again_and_starts_quickly() {
    let scratch = Scratch::new("warm");
    let options = small(Options::durable(scratch.0.join("data")));
    let cluster = Cluster::start(options.clone()).expect("a cluster");
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.expect("a connection");
    connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").await.expect("a commit");
    cluster.stop().expect("stopped");
    cluster.stop().expect("stopping twice is stopping once");
    drop(cluster);

    let began = Instant::now();
    let cluster = Cluster::start(options).expect("the same cluster");
    println!("warm start: {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(number(&cluster.url("postgres"), "SELECT n FROM kept").await, 7);
}

#[test]
fn one_data_directory_is_used_by_one_starter_at_a_time() {
    let scratch = Scratch::new("lock");
    let options = small(Options::forgetful(scratch.0.join("data")));
    let _first = Cluster::start(options.clone()).expect("a cluster");
    let second = Cluster::start(options);
    assert!(matches!(second, Err(Error::InUse { .. })));
}

#[test]
fn a_pid_file_naming_somebody_else_is_no_obstacle() {
    let scratch = Scratch::new("stale");
    let options = small(Options::forgetful(scratch.0.join("data")));
    let cluster = Cluster::start(options.clone()).expect("a cluster");
    let pid_file = cluster.data_dir().join("postmaster.pid");
    cluster.kill9().expect("killed");
    let text = std::fs::read_to_string(&pid_file).expect("a pid file left behind");
    let (_, rest) = text.split_once('\n').expect("more than a pid");
    std::fs::write(&pid_file, format!("1\n{rest}")).expect("written");
    drop(cluster);
    Cluster::start(options).expect("started all the same");
}

#[test]
fn a_directory_with_other_things_in_it_is_left_alone() {
    let scratch = Scratch::new("other");
    let data = scratch.0.join("data");
    std::fs::create_dir(&data).expect("a directory");
    std::fs::write(data.join("thesis.txt"), "years of work").expect("a file");
    assert!(matches!(Cluster::start(Options::forgetful(&data)), Err(Error::NotACluster { .. })));
    assert!(data.join("thesis.txt").exists());
}

#[tokio::test]
async fn a_long_path_gets_a_short_socket() {
    let scratch = Scratch::new("long");
    let cluster = Cluster::start(small(Options::forgetful(scratch.0.join("x".repeat(120))))).expect("a cluster");
    assert_eq!(number(&cluster.url("postgres"), "SELECT 1").await, 1);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let scratch = Scratch::new("wrong");
    let mut options = Options::forgetful(scratch.0.join("data"));
    options.max_connections = 0;
    let error = Cluster::start(options).err().expect("no server has no connections").to_string();
    assert!(error.contains("max_connections"), "{error}");
}

#[test]
fn without_postgres_there_is_one_clear_sentence() {
    let error = Binaries::find_in(Some(OsStr::new("/nonexistent:/")), &[Path::new("/nowhere").into()]);
    assert!(error.expect_err("nothing there").to_string().contains("apt-get install postgresql"));
}
