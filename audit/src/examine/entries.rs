//! All entries of the log, where a bundle holds them: they have the checkpoint's root, and show that nothing is missing.

use std::collections::BTreeMap;

use daybook_ledger::format::{ENTRY_LEN, Hash};
use daybook_ledger::merkle::{TILE_WIDTH, TilePath, Tree, leaf_hash};

use super::{Found, Reached, Stage, Told};
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
        self.tile.clear();
        match self.read(self.first / TILE_WIDTH as u64) {
            Ok(tile) => self.tile = tile,
            Err(problem) => self.broken = Some(problem),
        }
        for entry in &self.tile {
            self.tree.push(leaf_hash(entry), &mut Vec::new());
            let mut tag = Hash::default();
            tag.copy_from_slice(&entry[1..33]);
            *self.streams.entry(tag).or_default() += 1;
        }
    }

    /// The entries of a tile: as many as there have to be, each of the one form there is.
    fn read(&self, index: u64) -> Result<Vec<[u8; ENTRY_LEN]>, String> {
        let width = (self.size - index * TILE_WIDTH as u64).min(TILE_WIDTH as u64) as usize;
        let path = bundle::entries(&TilePath { level: None, index, width: u8::try_from(width).ok() });
        let bytes = self.bundle.read(&path, (width * STORED) as u64).map_err(|problem| problem.to_string())?;
        if bytes.len() != width * STORED {
            return Err(format!("{path}: it is shorter than {width} entries"));
        }
        let entry = |stored: &[u8]| match stored.split_first_chunk() {
            Some((length, entry)) if u16::from_be_bytes(*length) == ENTRY_LEN as u16 && entry.starts_with(&[0x01]) => {
                entry.try_into().ok()
            }
            _ => None,
        };
        let entries = bytes.chunks_exact(STORED).map(entry).collect::<Option<_>>();
        entries.ok_or_else(|| format!("{path}: an entry is not one"))
    }

    /// Reads the rest. Whether all of the log is there, as the checkpoint has it.
    pub fn finish(&mut self, believed: Option<&Believed>, found: &mut Found, progress: Told<'_>) -> bool {
        if !self.there {
            return false;
        }
        while self.broken.is_none() && self.tree.size() < self.size {
            progress(Reached { stage: Stage::Entries, done: self.tree.size(), of: self.size });
            self.next_tile();
        }
        progress(Reached { stage: Stage::Entries, done: self.tree.size(), of: self.size });
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
