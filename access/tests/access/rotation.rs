//! The issuer's keys over HTTP: rotation, outages, and answers that must not be believed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Key, NOW, Still};
use daybook_access::{KeySource, TokenError, TokenRules, TokenVerifier};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// An identity provider that answers every request with what it holds, and counts them.
#[derive(Clone)]
struct Issuer {
    url: String,
    answer: Arc<Mutex<(u16, String)>>,
    requests: Arc<AtomicUsize>,
}

impl Issuer {
    async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let issuer = Self { url, answer: Arc::default(), requests: Arc::default() };
        issuer.publish(keys);
        let server = issuer.clone();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let (status, body) = server.answer.lock().unwrap().clone();
                server.requests.fetch_add(1, Ordering::SeqCst);
                let head =
                    format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = connection.write_all((head + &body).as_bytes()).await;
                let _ = connection.shutdown().await;
            }
        });
        issuer
    }

    fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| &key.public).collect();
        self.answer(200, json!({ "keys": keys }).to_string());
    }

    fn answer(&self, status: u16, body: String) {
        *self.answer.lock().unwrap() = (status, body);
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Until this many requests came; what happens beside a verification is awaited, not slept for.
    async fn asked(&self, times: usize) {
        while self.requests() < times {
            tokio::task::yield_now().await;
        }
    }
}

fn verifier(issuer: &Issuer, clock: &Arc<Still>) -> TokenVerifier {
    let rules = TokenRules::new("https://login.example", "daybook");
    TokenVerifier::new(rules, KeySource::Url(issuer.url.clone()), crate::support::http(), clock.clone())
}

fn token(key: &Key) -> String {
    let own = json!({ "clinic": uuid::Uuid::nil(), "role": "billing" });
    key.sign(&json!({
        "iss": "https://login.example", "aud": "daybook", "sub": "user-1",
        "exp": NOW + 100_000, "amr": ["mfa"], "daybook": own,
    }))
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_it_is_seen() {
    let (clock, old, new) = (Still::new(), Key::ed25519(1, "old"), Key::ed25519(2, "new"));
    let issuer = Issuer::start(&[&old]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&token(&old)).await.is_ok());
    assert!(verifier.verify(&token(&old)).await.is_ok());
    assert_eq!(issuer.requests(), 1);
    issuer.publish(&[&new, &old]);
    clock.pass(11);
    assert!(verifier.verify(&token(&new)).await.is_ok());
    assert!(verifier.verify(&token(&old)).await.is_ok());
    assert_eq!(issuer.requests(), 2);
}

#[tokio::test]
async fn made_up_key_ids_do_not_reach_the_issuer() {
    let (clock, key) = (Still::new(), Key::ed25519(1, "k"));
    let issuer = Issuer::start(&[&key]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&token(&key)).await.is_ok());
    for number in 0..50 {
        let made_up = token(&Key::ed25519(9, &format!("made-up-{number}")));
        assert_eq!(verifier.verify(&made_up).await, Err(TokenError::UnknownKey));
    }
    assert_eq!(issuer.requests(), 1);
    clock.pass(10);
    assert_eq!(verifier.verify(&token(&Key::ed25519(9, "x"))).await, Err(TokenError::UnknownKey));
    assert_eq!(issuer.requests(), 2);
}

#[tokio::test]
async fn many_who_wait_for_the_same_keys_make_one_request() {
    let (clock, key) = (Still::new(), Key::ed25519(1, "k"));
    let issuer = Issuer::start(&[&key]).await;
    let verifier = Arc::new(verifier(&issuer, &clock));
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (verifier, token) = (verifier.clone(), token(&key));
            tokio::spawn(async move { verifier.verify(&token).await })
        })
        .collect();
    for one in waiting {
        assert!(one.await.unwrap().is_ok());
    }
    assert_eq!(issuer.requests(), 1);
}

#[tokio::test]
async fn stale_keys_serve_while_the_issuer_is_down() {
    let (clock, key) = (Still::new(), Key::ed25519(1, "k"));
    let issuer = Issuer::start(&[&key]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&token(&key)).await.is_ok());
    issuer.answer(500, String::new());
    clock.pass(3_600);
    assert!(verifier.verify(&token(&key)).await.is_ok());
    issuer.asked(2).await;
    assert!(verifier.verify(&token(&key)).await.is_ok());
    // Which keys there are now, nobody can say: that is our trouble, not the token's.
    clock.pass(11);
    assert_eq!(verifier.verify(&token(&Key::ed25519(2, "new"))).await, Err(TokenError::KeysUnavailable));
}

#[tokio::test]
async fn a_withdrawn_key_stops_being_good() {
    let (clock, old, new) = (Still::new(), Key::ed25519(1, "old"), Key::ed25519(2, "new"));
    let issuer = Issuer::start(&[&old]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&token(&old)).await.is_ok());
    issuer.publish(&[&new]);
    clock.pass(601);
    assert!(verifier.verify(&token(&old)).await.is_ok(), "it serves while the new set is on its way");
    // The new key is there as soon as the fetch beside it is done; the old one is gone with it.
    while verifier.verify(&token(&new)).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(verifier.verify(&token(&old)).await, Err(TokenError::UnknownKey));
    assert_eq!(issuer.requests(), 2);
}

#[tokio::test]
async fn answers_that_are_no_key_set_are_refused() {
    let key = Key::ed25519(1, "k");
    let many: Vec<_> = (0..65).map(|_| &key.public).collect();
    for (status, body) in [
        (200, "no json".to_owned()),
        (200, "{}".to_owned()),
        (404, json!({ "keys": [key.public] }).to_string()),
        (302, String::new()),
        (200, json!({ "keys": many }).to_string()),
        (200, json!({ "keys": [key.public], "padding": "x".repeat(300 * 1024) }).to_string()),
    ] {
        let issuer = Issuer::start(&[]).await;
        issuer.answer(status, body);
        let outcome = verifier(&issuer, &Still::new()).verify(&token(&key)).await;
        assert_eq!(outcome, Err(TokenError::KeysUnavailable), "{status}");
    }
}

#[tokio::test]
async fn a_key_nobody_knows_the_kind_of_does_not_spoil_its_neighbours() {
    let key = Key::ed25519(1, "k");
    let issuer = Issuer::start(&[]).await;
    let keys =
        json!([{ "kty": "AKP", "kid": "a" }, { "kty": 7 }, { "kty": "oct", "k": "AAAA", "kid": "k" }, key.public]);
    issuer.answer(200, json!({ "keys": keys }).to_string());
    assert!(verifier(&issuer, &Still::new()).verify(&token(&key)).await.is_ok());
}
