//! All entries of the log, where a bundle holds them: they have the checkpoint's root, and show that nothing is missing.

use std::collections::BTreeMap;

use daybook_ledger::format::{ENTRY_LEN, Hash};
use daybook_ledger::merkle::{TILE_WIDTH, TilePath, Tree, leaf_hash};

use super::Found;
use crate::bundle::{self, Bundle, Manifest};
use crate::policy::Believed;
use crate::report::Check;

/// Bytes of an entry in a tile: its length in two bytes, then itself.
const STORED: usize = 2 + ENTRY_LEN;

/// Reads the entries in order, beside the events.
pub struct Entries<'a> {
    bundle: &'a Bundle,
    size: u64,
    /// Whether the bundle holds any.
    pub there: bool,
    tree: Tree,
    tile: Vec<[u8; ENTRY_LEN]>,
    first: u64,
    broken: Option<String>,
    /// How many entries each stream has in the log.
    pub streams: BTreeMap<Hash, u64>,
}

impl<'a> Entries<'a> {
    pub fn of(bundle: &'a Bundle, manifest: &Manifest) -> Self {
        let there = manifest.files.iter().any(|file| file.path.starts_with("tile/entries/"));
        Self {
            bundle,
            size: manifest.size,
            there,
            tree: Tree::default(),
            tile: Vec::new(),
            first: 0,
            broken: None,
            streams: BTreeMap::new(),
        }
    }

    /// The entry at a position. Positions are asked for in order.
    pub fn at(&mut self, position: u64) -> Option<[u8; ENTRY_LEN]> {
        if position < self.first || position >= self.size {
            return None;
        }
        while self.broken.is_none() && position >= self.first + self.tile.len() as u64 && self.tree.size() < self.size {
            self.next_tile();
        }
        self.tile.get((position - self.first) as usize).copied()
    }

    fn next_tile(&mut self) {
        self.first = self.tree.size();
        let width = (self.size - self.first).min(TILE_WIDTH as u64) as usize;
        let index = self.first / TILE_WIDTH as u64;
        let path = bundle::entries(&TilePath { level: None, index, width: u8::try_from(width).ok() });
        self.tile.clear();
        match self.bundle.read(&path, (width * STORED) as u64) {
            Ok(bytes) if bytes.len() == width * STORED => {
                for stored in bytes.chunks_exact(STORED) {
                    let (length, stored) = stored.split_at(2);
                    let Ok(entry) = <[u8; ENTRY_LEN]>::try_from(stored) else { continue };
                    if length != (ENTRY_LEN as u16).to_be_bytes() || entry[0] != 0x01 {
                        self.broken = Some(format!("{path}: an entry is not one"));
                    }
                    self.tree.push(leaf_hash(&entry), &mut Vec::new());
                    self.tile.push(entry);
                    let mut tag = Hash::default();
                    tag.copy_from_slice(&entry[1..33]);
                    *self.streams.entry(tag).or_default() += 1;
                }
            }
            Ok(_) => self.broken = Some(format!("{path}: it is shorter than {width} entries")),
            Err(problem) => self.broken = Some(problem.to_string()),
        }
    }

    /// Reads the rest. Whether all of the log is there, as the checkpoint has it.
    pub fn finish(&mut self, believed: Option<&Believed>, found: &mut Found) -> bool {
        if !self.there {
            return false;
        }
        while self.broken.is_none() && self.tree.size() < self.size {
            self.next_tile();
        }
        if let Some(broken) = &self.broken {
            found.wrong(Check::Root, broken.clone());
            return false;
        }
        let Some(believed) = believed else { return false };
        if believed.size != self.tree.size() || believed.root != self.tree.root() {
            found.wrong(Check::Root, "the entries of the log have another root than the checkpoint");
            return false;
        }
        true
    }
}
