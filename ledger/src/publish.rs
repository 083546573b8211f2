//! What the log shows the world: tiles, entry bundles and proofs, derived from full tiles and the events after them.

use sqlx::Row;
use uuid::Uuid;

use crate::format::{ENTRY_LEN, Hash, Stream, entry, stream_tag};
use crate::ledger::Ledger;
use crate::merkle::{TILE_WIDTH, TilePath, consistency_proof, inclusion_proof, leaf_hash, node_hash};
use crate::rows::{hash, number};

impl Ledger {
    /// The bytes of a tile of a clinic's log; `None` where the log is not that large. A full tile never changes; a
    /// partial one is served only at widths the log has had.
    pub async fn tile(&self, clinic: Uuid, path: TilePath) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let Some(size) = self.head(clinic).await?.map(|head| head.size) else { return Ok(None) };
        let level = path.level.unwrap_or(0);
        let Some(available) = size.checked_shr(8 * u32::from(level)) else { return Ok(None) };
        let width = path.width.map_or(TILE_WIDTH as u64, u64::from);
        let Some(from) = path.index.checked_mul(TILE_WIDTH as u64) else { return Ok(None) };
        if from.checked_add(width).is_none_or(|to| to > available) {
            return Ok(None);
        }
        if path.level.is_none() {
            let mut bytes = Vec::with_capacity(width as usize * (2 + ENTRY_LEN));
            for entry in self.entries(clinic, from, from + width).await? {
                bytes.extend_from_slice(&(ENTRY_LEN as u16).to_be_bytes());
                bytes.extend_from_slice(&entry);
            }
            return Ok(Some(bytes));
        }
        Ok(Some(self.hashes(clinic, level, from, from + width).await?.concat()))
    }

    /// Proof that the event at `index` is in the tree of `size` leaves; `None` unless `index < size <=` the log's size.
    pub async fn inclusion(&self, clinic: Uuid, index: u64, size: u64) -> Result<Option<Vec<Hash>>, sqlx::Error> {
        let available = self.head(clinic).await?.map_or(0, |head| head.size);
        if index >= size || size > available {
            return Ok(None);
        }
        self.prove(clinic, |node| inclusion_proof(index, size, node)).await.map(Some)
    }

    /// Proof that the tree of `old` leaves is a prefix of that of `new`; `None` unless `0 < old <= new <=` the log's size.
    pub async fn consistency(&self, clinic: Uuid, old: u64, new: u64) -> Result<Option<Vec<Hash>>, sqlx::Error> {
        let available = self.head(clinic).await?.map_or(0, |head| head.size);
        if old == 0 || old > new || new > available {
            return Ok(None);
        }
        self.prove(clinic, |node| consistency_proof(old, new, node)).await.map(Some)
    }

    /// Runs a proof builder twice: once to learn which nodes it wants, once with them.
    async fn prove(
        &self,
        clinic: Uuid,
        build: impl Fn(&mut dyn FnMut(u32, u64) -> Result<Hash, ()>) -> Result<Vec<Hash>, ()>,
    ) -> Result<Vec<Hash>, sqlx::Error> {
        let mut wanted = Vec::new();
        let _ = build(&mut |height, index| {
            wanted.push((height, index));
            Ok([0; 32])
        });
        let mut nodes = std::collections::HashMap::new();
        for (height, index) in wanted {
            nodes.insert((height, index), self.node(clinic, height, index).await?);
        }
        build(&mut |height, index| nodes.get(&(height, index)).copied().ok_or(()))
            .map_err(|()| sqlx::Error::Decode("a proof wanted a node it did not ask for".into()))
    }

    /// Root of the complete subtree of leaves `[index << height, (index + 1) << height)`.
    async fn node(&self, clinic: Uuid, height: u32, index: u64) -> Result<Hash, sqlx::Error> {
        let (level, within) = ((height / 8) as u8, height % 8);
        let from = index << within;
        fold(self.hashes(clinic, level, from, from + (1 << within)).await?)
    }

    /// Hashes `from..to` of a level; all within one tile, and all complete.
    async fn hashes(&self, clinic: Uuid, level: u8, from: u64, to: u64) -> Result<Vec<Hash>, sqlx::Error> {
        let tile = from / TILE_WIDTH as u64;
        let row = sqlx::query("SELECT hashes FROM ledger.tiles WHERE clinic_id = $1 AND level = $2 AND index = $3")
            .bind(clinic)
            .bind(i16::from(level))
            .bind(tile as i64)
            .fetch_optional(self.pool())
            .await?;
        if let Some(row) = row {
            let bytes: &[u8] = row.try_get(0)?;
            let within = (from % TILE_WIDTH as u64) as usize * 32..((to - 1) % TILE_WIDTH as u64 + 1) as usize * 32;
            let bytes = bytes.get(within).ok_or_else(|| sqlx::Error::Decode("a tile is not 256 hashes".into()))?;
            return Ok(bytes.chunks_exact(32).map(|chunk| chunk.try_into().unwrap_or_default()).collect());
        }
        if level == 0 {
            return Ok(self.entries(clinic, from, to).await?.iter().map(|entry| leaf_hash(entry)).collect());
        }
        // The tile is not full: each of its hashes is the root of a full tile below.
        let mut hashes = Vec::new();
        for index in from..to {
            let below = index * TILE_WIDTH as u64;
            hashes.push(fold(Box::pin(self.hashes(clinic, level - 1, below, below + TILE_WIDTH as u64)).await?)?);
        }
        Ok(hashes)
    }

    /// Log entries `from..to`.
    pub async fn entries(&self, clinic: Uuid, from: u64, to: u64) -> Result<Vec<[u8; ENTRY_LEN]>, sqlx::Error> {
        let rows = sqlx::query("SELECT stream_type, stream_id, sequence, hash FROM ledger.events WHERE clinic_id = $1 AND position >= $2 AND position < $3 ORDER BY position")
            .bind(clinic)
            .bind(from as i64)
            .bind(to as i64)
            .fetch_all(self.pool())
            .await?;
        rows.iter()
            .map(|row| {
                let stream = Stream { kind: crate::rows::kind(row.try_get(0)?), id: row.try_get(1)? };
                Ok(entry(&stream_tag(clinic, &stream), number(row, 2)?, &hash(row, 3)?))
            })
            .collect()
    }
}

/// Root over a power of two of hashes; an error where rows are missing from the log.
fn fold(mut hashes: Vec<Hash>) -> Result<Hash, sqlx::Error> {
    if !hashes.len().is_power_of_two() {
        return Err(sqlx::Error::Decode("the log has no such node; run daybook-replay verify".into()));
    }
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    Ok(hashes[0])
}
