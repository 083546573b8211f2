//! A log over HTTP, as it shows itself to everybody: heads and tiles of hashes (C2SP tlog-tiles).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use anyhow::bail;
use daybook_ledger::format::Hash;
use daybook_ledger::merkle::{TILE_WIDTH, TilePath, consistency_proof, node_hash};

/// How long it may take to connect, and a whole answer.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);
/// No head and no tile is longer.
const LONGEST: usize = 64 * 1024;

/// A log at an address.
pub struct Log {
    http: reqwest::Client,
    url: String,
}

/// Why there is no answer.
pub type Unanswered = String;

impl Log {
    /// The log at this address; nothing is asked yet.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            bail!("the log's address begins with https:// (or http://)");
        }
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().connect_timeout(CONNECT).timeout(ANSWER).redirect(redirect).build()?;
        Ok(Self { http, url: url.trim_end_matches('/').into() })
    }

    /// The newest head.
    pub async fn head(&self) -> Result<String, Unanswered> {
        text(self.get("checkpoint").await?.ok_or("there is no such log")?)
    }

    /// The newest head that a witness has seen, if there is one.
    pub async fn cosigned(&self) -> Result<Option<String>, Unanswered> {
        self.get("cosigned-checkpoint").await?.map(text).transpose()
    }

    /// The proof that the log of `new` events has grown from its first `old`, made of the tiles that are shown. Whether it
    /// proves anything is for whoever asked to find out.
    pub async fn growth(&self, old: u64, new: u64) -> Result<Vec<Hash>, Unanswered> {
        let mut wanted = Vec::new();
        let _ = consistency_proof(old, new, |height, index| {
            wanted.push((height, index));
            Ok::<_, ()>(Hash::default())
        });
        let (mut tiles, mut nodes) = (HashMap::new(), HashMap::new());
        for (height, index) in wanted {
            let (level, within) = ((height / 8) as u8, height % 8);
            let from = index << within;
            let path = tile(level, from, new);
            let tile = match tiles.entry(path.to_string()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.tile(path).await?),
            };
            let first = (from % TILE_WIDTH as u64) as usize;
            let hashes = tile.get(first..first + (1 << within));
            let hashes = hashes.ok_or("a tile is too short")?;
            nodes.insert((height, index), fold(hashes.to_vec()));
        }
        let made = consistency_proof(old, new, |height, index| nodes.get(&(height, index)).copied().ok_or(()));
        made.map_err(|()| "a proof wants a hash that no tile has".into())
    }

    async fn tile(&self, path: TilePath) -> Result<Vec<Hash>, Unanswered> {
        let bytes = self.get(&format!("tile/{path}")).await?.ok_or_else(|| format!("tile {path} is not shown"))?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        let width = path.width.map_or(TILE_WIDTH, usize::from);
        if hashes.len() == width && rest.is_empty() {
            Ok(hashes.to_vec())
        } else {
            Err(format!("tile {path} has another length"))
        }
    }

    /// What is there; `None` where it is said that nothing is.
    async fn get(&self, what: &str) -> Result<Option<Vec<u8>>, Unanswered> {
        let failed = |error: reqwest::Error| format!("{what}: {}", error.without_url());
        let mut response = self.http.get(format!("{}/{what}", self.url)).send().await.map_err(failed)?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(format!("{what}: it answers {status}")),
        }
        let mut bytes = Vec::new();
        while let Some(more) = response.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&more);
            if bytes.len() > LONGEST {
                return Err(format!("{what}: the answer is longer than any is"));
            }
        }
        Ok(Some(bytes))
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Unanswered> {
    String::from_utf8(bytes).map_err(|_| "a head is no text".into())
}

/// The tile that has this hash of a level, in a log of this size: a partial one at its right edge.
fn tile(level: u8, hash: u64, size: u64) -> TilePath {
    let index = hash / TILE_WIDTH as u64;
    let there = size.checked_shr(8 * u32::from(level)).unwrap_or_default() - index * TILE_WIDTH as u64;
    TilePath { level: Some(level), index, width: u8::try_from(there).ok() }
}

/// The root over a power of two of hashes.
fn fold(mut hashes: Vec<Hash>) -> Hash {
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    hashes[0]
}
