//! The S3 form against a real peer: the server of moto (PyPI), which checks signatures. It is installed, pinned, into a virtual
//! environment.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

mod port;
#[path = "../../tests/python.rs"]
mod python;

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use daybook_integrations::storage::{Bucket, Credentials, S3Storage, Storage, StorageError};
use daybook_ledger::clock::System;

/// What stands for a service: pinned, because its answers are what is tested against.
const PEER: &str = "moto[server]==5.2.5";

struct Peer {
    process: Child,
    endpoint: String,
    key_id: String,
    secret: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the peer on a free port, with a bucket and a user who may use it. From then on it checks every signature.
const SET_UP: &str = r#"
import boto3, json, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
client("s3").create_bucket(Bucket="daybook")
iam = client("iam")
iam.create_user(UserName="daybook")
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="daybook", PolicyName="s3", PolicyDocument=json.dumps(everything))
key = iam.create_access_key(UserName="daybook")["AccessKey"]
print(key["AccessKeyId"], key["SecretAccessKey"])
"#;

fn peer() -> Option<Peer> {
    let bin = python::with(PEER)?;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new(bin.join("moto_server"));
    server.args(["-H", "127.0.0.1", "-p", &port.to_string()]).env("INITIAL_NO_AUTH_ACTION_COUNT", "4");
    let process = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let process = process.unwrap();
    let mut peer =
        Peer { process, endpoint: format!("http://127.0.0.1:{port}"), key_id: String::new(), secret: String::new() };
    let deadline = Instant::now() + Duration::from_secs(60);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "the peer does not answer");
        std::thread::yield_now();
    }
    let set_up = Command::new(bin.join("python")).args(["-c", SET_UP, &peer.endpoint]).output().unwrap();
    assert!(set_up.status.success(), "{}", String::from_utf8_lossy(&set_up.stderr));
    let said = String::from_utf8(set_up.stdout).unwrap();
    let (key_id, secret) = said.trim().split_once(' ').expect("an access key");
    (peer.key_id, peer.secret) = (key_id.into(), secret.into());
    Some(peer)
}

fn storage(peer: &Peer, name: &str, prefix: &str, secret: &str) -> S3Storage {
    let (endpoint, region) = (peer.endpoint.clone(), "us-east-1".into());
    let bucket = Bucket { endpoint, region, name: name.into(), prefix: prefix.into() };
    let credentials = Credentials { key_id: peer.key_id.clone(), secret: secret.to_owned().into(), token: None };
    S3Storage::new(bucket, credentials, Arc::new(System)).unwrap()
}

#[tokio::test]
async fn a_bucket_behaves_as_the_port_says() {
    let Some(peer) = peer() else { return };
    let place = port::Place::new("s3");
    port::behaves(&storage(&peer, "daybook", "", &peer.secret), &place.0).await;
    // Below a prefix, beside what is there already.
    let below = storage(&peer, "daybook", "clinics/files", &peer.secret);
    port::behaves(&below, &place.0).await;

    // A wrong key, and a bucket that is not there, are no missing objects.
    for wrong in [storage(&peer, "daybook", "", "not the secret"), storage(&peer, "other", "", &peer.secret)] {
        let put = wrong.put(port::name(9, 9, 9), port::gathered(&place.0, b"x").await).await;
        assert!(matches!(put, Err(StorageError::Unavailable(_))), "{put:?}");
        let listed = wrong.list(None, 10).await;
        assert!(matches!(listed, Err(StorageError::Unavailable(_))), "{listed:?}");
    }
}
