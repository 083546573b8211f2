//! Events that stand where others were sealed. That the root is another one says that something was changed somewhere; here it is
//! said what stands in whose place. The full tiles have the leaf that was sealed at a position; after the last of them it is looked
//! for by the checkpoints ([`super::tail`]).

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::pass::Pass;
use super::report::Check;
use super::tail::{self, Head};
use crate::format::{Hash, Stream, entry, stream_tag};
use crate::merkle::{TILE_WIDTH, Tile, Tree, leaf_hash};
use crate::rows::{hash, kind, number};
use crate::sequencer::tile_roots;

/// Tiles looked into, at most: who rewrites more than this many is not told event by event what they rewrote.
pub(super) const TILES: usize = 64;

const WIDTH: u64 = TILE_WIDTH as u64;

/// What stands at a position.
struct Standing {
    leaf: Hash,
    /// Its stream, sequence and type.
    name: String,
}

/// What was sealed at a position, and what says so.
struct Sealed {
    leaf: Hash,
    by: &'static str,
}

impl Pass {
    /// Names what stands where something else was sealed. `size`: of the last checkpoint.
    pub(super) async fn find_moved(&mut self, pool: &PgPool, size: u64) -> Result<(), sqlx::Error> {
        let mut places = Places { pool, clinic: self.clinic, standing: BTreeMap::new(), sealed: BTreeMap::new() };
        for tile in std::mem::take(&mut self.stored_otherwise) {
            places.by_tile(&tile).await?;
        }
        places.by_checkpoints(size).await?;
        for (position, what) in places.moved() {
            self.find(position, Check::Leaf, what);
        }
        Ok(())
    }
}

/// Positions of which it is known what was sealed there.
struct Places<'a> {
    pool: &'a PgPool,
    clinic: Uuid,
    standing: BTreeMap<u64, Standing>,
    sealed: BTreeMap<u64, Sealed>,
}

impl Places<'_> {
    async fn by_tile(&mut self, tile: &Tile) -> Result<(), sqlx::Error> {
        let begin = tile.index * WIDTH;
        self.look(begin, begin + WIDTH).await?;
        let sealed = tile.hashes.iter().map(|leaf| Sealed { leaf: *leaf, by: "its tile" });
        self.sealed.extend((begin..).zip(sealed));
        Ok(())
    }

    /// Nothing where the tiles do not add up, or an event is missing.
    async fn by_checkpoints(&mut self, size: u64) -> Result<(), sqlx::Error> {
        let begin = size - size % WIDTH;
        let Some(before) = self.tree_of_tiles(begin).await? else { return Ok(()) };
        self.look(begin, size).await?;
        let standing: Vec<_> = self.standing.range(begin..size).map(|(_, standing)| standing.leaf).collect();
        if standing.len() as u64 != size - begin {
            return Ok(());
        }
        let sealed = tail::sealed(&before, standing, &self.homeless(begin), &self.heads(begin, size).await?);
        let sealed = sealed.into_iter().map(|leaf| Sealed { leaf, by: "the checkpoints" });
        self.sealed.extend((begin..).zip(sealed));
        Ok(())
    }

    /// Reads what stands at these positions; a row that cannot be read is a finding already.
    async fn look(&mut self, from: u64, to: u64) -> Result<(), sqlx::Error> {
        let rows = sqlx::query(
            "SELECT position, stream_type, stream_id, sequence, hash, event_type FROM ledger.events
             WHERE clinic_id = $1 AND position >= $2 AND position < $3",
        )
        .bind(self.clinic)
        .bind(from as i64)
        .bind(to as i64)
        .fetch_all(self.pool)
        .await?;
        self.standing.extend(rows.iter().filter_map(|row| standing(self.clinic, row).ok()));
        Ok(())
    }

    /// The tree of the first `size` events, a multiple of a tile's width, as the full tiles have it.
    async fn tree_of_tiles(&self, size: u64) -> Result<Option<Tree>, sqlx::Error> {
        let mut partial = vec![Vec::new()];
        for level in 1..8u32 {
            let tiles = size >> (8 * level);
            partial.push(tile_roots(self.pool, self.clinic, level - 1, tiles - tiles % WIDTH, tiles).await?);
        }
        Ok(Tree::from_partial_tiles(partial).filter(|tree| tree.size() == size))
    }

    async fn heads(&self, after: u64, last: u64) -> Result<Vec<Head>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT size, root FROM ledger.checkpoints WHERE clinic_id = $1 AND size > $2 AND size <= $3 ORDER BY size",
        )
        .bind(self.clinic)
        .bind(after as i64)
        .bind(last as i64)
        .fetch_all(self.pool)
        .await?;
        let head = |row: &PgRow| Ok(Head { size: number(row, 0)?, root: hash(row, 1)? });
        Ok(rows.iter().map(head).filter_map(|head: Result<_, sqlx::Error>| head.ok()).collect())
    }

    /// Leaves of events before `end` that were not sealed where any of these stand.
    fn homeless(&self, end: u64) -> Vec<Hash> {
        let sealed: HashSet<_> = self.sealed.values().map(|sealed| sealed.leaf).collect();
        let before = self.standing.range(..end).map(|(_, standing)| standing.leaf);
        before.filter(|leaf| !sealed.contains(leaf)).collect()
    }

    /// Each position with what stands there and what was sealed there. Of events that were all moved as far, one after the other,
    /// the first says it.
    fn moved(&self) -> Vec<(u64, String)> {
        let by_leaf: HashMap<_, _> =
            self.standing.iter().map(|(position, standing)| (standing.leaf, (*position, &*standing.name))).collect();
        let (mut told, mut before) = (Vec::new(), None);
        for (position, sealed) in &self.sealed {
            let Some(here) = self.standing.get(position).filter(|here| here.leaf != sealed.leaf) else { continue };
            let (here, by) = (&here.name, sealed.by);
            let Some((now_at, name)) = by_leaf.get(&sealed.leaf) else {
                told.push((*position, format!("{here} stands where, by {by}, another event was sealed")));
                continue;
            };
            let run = (position.wrapping_sub(1), now_at.wrapping_sub(1));
            if before != Some(run) {
                let what =
                    format!("{here} stands where, by {by}, {name} was sealed, which stands at position {now_at}");
                told.push((*position, what));
            }
            before = Some((*position, *now_at));
        }
        told
    }
}

fn standing(clinic: Uuid, row: &PgRow) -> Result<(u64, Standing), sqlx::Error> {
    let stream = Stream { kind: kind(row.try_get(1)?), id: row.try_get(2)? };
    let sequence = number(row, 3)?;
    let leaf = leaf_hash(&entry(&stream_tag(clinic, &stream), sequence, &hash(row, 4)?));
    let event_type: &str = row.try_get(5)?;
    Ok((number(row, 0)?, Standing { leaf, name: format!("{stream} {sequence} {event_type}") }))
}
