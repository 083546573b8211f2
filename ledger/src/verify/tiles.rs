//! The tiles that are stored against the tree over the events.

use std::collections::HashMap;

use sqlx::{PgPool, Row};

use super::moved;
use super::pass::Pass;
use super::report::Check;
use crate::merkle::{TILE_WIDTH, Tile};

impl Pass {
    pub(super) async fn compare_tiles(&mut self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let filled = std::mem::take(&mut self.filled);
        if filled.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "SELECT t.level, t.index, t.hashes FROM UNNEST($2::smallint[], $3::bigint[]) AS key (level, index)
             JOIN ledger.tiles t ON t.clinic_id = $1 AND t.level = key.level AND t.index = key.index",
        )
        .bind(self.clinic)
        .bind(filled.iter().map(|tile| i16::from(tile.level)).collect::<Vec<_>>())
        .bind(filled.iter().map(|tile| tile.index as i64).collect::<Vec<_>>())
        .fetch_all(pool)
        .await?;
        let mut stored = HashMap::new();
        for row in &rows {
            stored.insert((row.try_get::<i16, _>(0)?, row.try_get::<i64, _>(1)?), row.try_get::<Vec<u8>, _>(2)?);
        }
        for tile in filled {
            let stored = stored.get(&(i16::from(tile.level), tile.index as i64));
            if stored != Some(&tile.hashes.concat()) {
                self.keep(&tile, stored);
                self.find(
                    tile.index << (8 * (u32::from(tile.level) + 1)),
                    Check::Tile,
                    format!("level {} tile {}", tile.level, tile.index),
                );
            }
        }
        Ok(())
    }

    /// Keeps what is stored in place of a tile of leaves.
    fn keep(&mut self, tile: &Tile, stored: Option<&Vec<u8>>) {
        let hashes = stored.map(|bytes| bytes.as_chunks::<32>().0.to_vec());
        if let Some(hashes) = hashes.filter(|hashes| tile.level == 0 && hashes.len() == TILE_WIDTH)
            && self.stored_otherwise.len() < moved::TILES
        {
            self.stored_otherwise.push(Tile { hashes, ..*tile });
        }
    }
}
