//! Somebody who calls a server, and what they are answered.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Server;

/// Calls one server under one token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    pub subject: String,
}

/// What came back, read to the end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The text as JSON; null where it is none.
    pub body: Value,
}

impl Client {
    pub fn new(http: reqwest::Client, base: &str, token: Option<String>, subject: &str) -> Self {
        Self { http, base: base.into(), token, subject: subject.into() }
    }

    /// The same person at another server.
    pub fn through(&self, server: &Server) -> Self {
        Self { base: server.base.clone(), ..self.clone() }
    }

    /// The same person with another token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a token")
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        send(with(self.request(Method::GET, path), headers)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        send(with(self.request(Method::POST, path).json(&body), headers)).await
    }

    pub async fn put_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        send(with(self.request(Method::PUT, path).json(&body), headers)).await
    }

    /// A body as it is, said to be JSON unless the headers say otherwise.
    pub async fn post_bytes(&self, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::POST, path).body(body);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("content-type", "application/json");
        }
        send(with(request, headers)).await
    }
}

fn with(request: reqwest::RequestBuilder, headers: &[(&str, &str)]) -> reqwest::RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("the whole answer");
    let body = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, body }
}

impl Answer {
    /// Read or written, as asked.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self
    }

    /// Refused, as a problem with this code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["type"], format!("urn:daybook:problem:{code}"));
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["trace_id"], self.header("x-request-id"));
        self
    }

    /// Says what was written: where it stands in the stream, in the log, and under which hash.
    #[track_caller]
    pub fn written(self) -> Self {
        let answer = self.ok();
        let hash = answer["hash"].as_str().unwrap_or_default();
        assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{}", answer.text);
        assert_eq!(answer.header("etag"), format!("\"{}\"", answer.sequence()));
        assert!(answer["recorded_at"].is_string() && answer["position"].is_u64(), "{}", answer.text);
        answer
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    pub fn sequence(&self) -> u64 {
        self["sequence"].as_u64().unwrap_or_else(|| panic!("no sequence: {}", self.text))
    }

    pub fn position(&self) -> u64 {
        self["position"].as_u64().unwrap_or_else(|| panic!("no position: {}", self.text))
    }

    pub fn list(&self, name: &str) -> &[Value] {
        self[name].as_array().unwrap_or_else(|| panic!("no list {name}: {}", self.text))
    }

    /// The one entry of a list with this id.
    #[track_caller]
    pub fn entry(&self, list: &str, field: &str, id: impl ToString) -> &Value {
        let id = id.to_string();
        let found = self.list(list).iter().find(|entry| entry[field] == id);
        found.unwrap_or_else(|| panic!("no {field} {id} in {list}: {}", self.text))
    }
}

impl std::ops::Index<&str> for Answer {
    type Output = Value;
    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}
