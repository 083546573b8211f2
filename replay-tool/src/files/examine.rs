//! A tar of stored files, read once from its begin to its end and never held: every file that the log names is opened in
//! memory, piece by piece, hashed and forgotten. Nothing of a content is shown or kept. Whatever this program would not have
//! written is refused: no folders, no links, no names but three ids, in their order, nothing after the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use daybook_audit::bundle::tar;
use daybook_domain::Sha256Hex;
use daybook_ledger::Ledger;
use daybook_ledger::clock::System;
use daybook_ledger::format::hexadecimal;
use daybook_ledger::sealing::{FILE_HEAD, FileOpener, KeyRing, LocalKeys, Opener, RingError};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::fault::{Fault, FileFault};
use super::gather::padding;
use super::name::FileName;
use super::named::{Attached, Named};
use super::put_back::PutBack;

/// Bytes read at once.
const PIECE: usize = 64 * 1024;

/// What came of it.
#[derive(Debug, Default)]
pub struct Examined {
    /// All of them, also those that no event names.
    pub files: u64,
    /// Of each clinic, files that were opened and are what was attached.
    pub as_attached: BTreeMap<Uuid, u64>,
    pub wrong: Vec<FileFault>,
}

/// What opens files, and the events that tell of them: a key store and the log that goes with it.
pub struct Keys {
    opener: Opener,
    ledger: Ledger,
}

impl Keys {
    pub fn of(store: PgPool, keys: LocalKeys, ledger: Ledger) -> Self {
        let KeyRing { opener, .. } = KeyRing::new(store, Arc::new(keys), Arc::new(System), Arc::new(System));
        Self { opener, ledger }
    }

    /// What opens this file, and the hash that its event says its content has.
    async fn of_file(
        &self,
        name: FileName,
        attached: Attached,
        head: &[u8],
    ) -> Result<(FileOpener, Sha256Hex), RingError> {
        let of_clinic = |clinic, _| clinic == name.clinic;
        let opener = self.opener.file(name.place(), head, of_clinic).await?;
        let event = self.ledger.read_positions(name.clinic, &[attached.position]).await?;
        let payload = self.opener.open(&event, &BTreeSet::new(), of_clinic).await?;
        let sha256 = payload.first().and_then(|payload| payload["sha256"]["$clear"].as_str());
        let sha256 = sha256.and_then(|sha256| Sha256Hex::try_from(sha256.to_owned()).ok());
        Ok((opener, sha256.ok_or(RingError::NoKey)?))
    }
}

/// Reads all of it, and puts each file where it is said to. An error is one of the whole: it is not a backup's, or was damaged.
pub async fn examine(
    source: &mut impl Read,
    mut named: Named,
    keys: &Keys,
    mut put_back: Option<&mut PutBack>,
) -> anyhow::Result<Examined> {
    let (mut examined, mut last) = (Examined::default(), None);
    while let Some((name, length)) = member(source)? {
        if last.replace(name).is_some_and(|last| last >= name) {
            bail!("{name} is not in its order");
        }
        if let Some(put_back) = &mut put_back {
            put_back.begin(name)?;
        }
        let mut content = Content { left: length, source, put_back: put_back.as_deref_mut() };
        let fault = match named.remove(&name) {
            Some(attached) => opened(&mut content, name, attached, keys).await?,
            None => None,
        };
        // What is left of a file that nobody names, or that was found wrong before its end.
        while content.next(PIECE)?.is_some() {}
        if let Some(put_back) = &mut put_back {
            put_back.end()?;
        }
        zeros(source, padding(length))?;
        examined.files += 1;
        match fault {
            Some(Ok(())) => *examined.as_attached.entry(name.clinic).or_default() += 1,
            Some(Err(fault)) => examined.wrong.push(FileFault::new(name, fault)),
            None => {}
        }
    }
    examined.wrong.extend(named.into_keys().map(|name| FileFault::new(name, Fault::Missing)));
    Ok(examined)
}

/// A file's bytes as they come, each of them put back on the way.
struct Content<'a, R> {
    left: u64,
    source: &'a mut R,
    put_back: Option<&'a mut PutBack>,
}

impl<R: Read> Content<'_, R> {
    /// At most so many; nothing at its end.
    fn next(&mut self, most: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(most);
        if length == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; length];
        exactly(self.source, &mut piece)?;
        self.left -= length as u64;
        if let Some(put_back) = &mut self.put_back {
            put_back.write(&piece)?;
        }
        Ok(Some(piece))
    }
}

/// Whether it is what was attached.
async fn opened(
    content: &mut Content<'_, impl Read>,
    name: FileName,
    attached: Attached,
    keys: &Keys,
) -> anyhow::Result<Option<Result<(), Fault>>> {
    if content.left != attached.sealed_length() {
        return Ok(Some(Err(Fault::OtherLength)));
    }
    let head = content.next(FILE_HEAD)?.unwrap_or_default();
    let (mut opener, sha256) = match keys.of_file(name, attached, &head).await {
        Ok(opening) => opening,
        Err(RingError::Store(error)) => return Err(error.into()),
        Err(RingError::NoKey | RingError::Key(_)) => return Ok(Some(Err(Fault::KeyMissing))),
        Err(_) => return Ok(Some(Err(Fault::NotAsAttached))),
    };
    let (mut hasher, mut clear) = (Sha256::new(), zeroize::Zeroizing::new(Vec::new()));
    while let Some(piece) = content.next(PIECE)? {
        if opener.push(&piece, &mut clear).is_err() {
            return Ok(Some(Err(Fault::NotAsAttached)));
        }
        hasher.update(&*clear);
        clear.clear();
    }
    let whole = opener.finish(&mut clear);
    hasher.update(&*clear);
    let same = whole.is_ok() && hexadecimal(&hasher.finalize()) == sha256.as_str();
    Ok(Some(if same { Ok(()) } else { Err(Fault::NotAsAttached) }))
}

/// The name and length of the next file; nothing at the end, after which nothing follows.
fn member(source: &mut impl Read) -> anyhow::Result<Option<(FileName, u64)>> {
    let mut block = [0; tar::BLOCK];
    exactly(source, &mut block)?;
    if block == [0; tar::BLOCK] {
        zeros(source, tar::END.len() - tar::BLOCK)?;
        return match source.read(&mut [0])? {
            0 => Ok(None),
            _ => Err(anyhow!("something comes after its end")),
        };
    }
    let other = "it has something other than a plain file named by three ids";
    let (path, length) = tar::read(&block).context(other)?;
    Ok(Some((FileName::of_path(&path).context(other)?, length)))
}

fn zeros(source: &mut impl Read, length: usize) -> anyhow::Result<()> {
    let mut block = [0; tar::BLOCK];
    exactly(source, &mut block[..length])?;
    if block != [0; tar::BLOCK] {
        bail!("between two files there is something");
    }
    Ok(())
}

fn exactly(source: &mut impl Read, bytes: &mut [u8]) -> anyhow::Result<()> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => anyhow!("it ends before its end"),
        _ => error.into(),
    })
}
