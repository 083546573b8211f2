//! A growing tree, kept as the little that growth needs: the peaks (roots of the complete subtrees, left to right)
//! and, for each tile level, the hashes of the tile that is not yet full.

use super::{TILE_WIDTH, Tile, empty_root, node_hash};
use crate::format::Hash;

/// The right edge of a tree. Cloning costs at most 8 KiB a tile level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// (height, root) of complete subtrees; heights strictly fall from left to right.
    peaks: Vec<(u32, Hash)>,
    /// `partial[l]`: hashes of level l's rightmost tile, fewer than 256.
    partial: Vec<Vec<Hash>>,
}

impl Tree {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root over all leaves.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some((_, last)) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, (_, left)| node_hash(left, &right))
    }

    /// Adds a leaf hash; a tile that it fills, at any level, goes to `filled`.
    pub fn push(&mut self, leaf: Hash, filled: &mut Vec<Tile>) {
        let (mut height, mut hash) = (0, leaf);
        self.size += 1;
        loop {
            if height % 8 == 0 {
                self.put_in_tile((height / 8) as usize, hash, filled);
            }
            match self.peaks.last() {
                Some((top, left)) if *top == height => {
                    hash = node_hash(left, &hash);
                    height += 1;
                    self.peaks.pop();
                }
                _ => break,
            }
        }
        self.peaks.push((height, hash));
    }

    /// The hashes of level `level`'s rightmost tile, where it is not full.
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.partial.get(level as usize).map_or(&[], Vec::as_slice)
    }

    /// The tree as it stands after `leaves`, above `full` level-0 tiles' worth of leaves whose roots are given level by
    /// level: `partial[l]` are the hashes of the partial tile at level l. Used to come back after a restart.
    /// `None` if the widths do not add up to a tree.
    pub fn from_partial_tiles(partial: Vec<Vec<Hash>>) -> Option<Self> {
        let mut tree = Tree::default();
        let mut size = 0u64;
        for (level, hashes) in partial.iter().enumerate().rev() {
            if hashes.len() >= TILE_WIDTH {
                return None;
            }
            let unit = 1u64.checked_shl(8 * level as u32)?;
            for hash in hashes {
                tree.push_peak(8 * level as u32, *hash);
                size += unit;
            }
        }
        tree.size = size;
        tree.partial = partial;
        Some(tree)
    }

    fn push_peak(&mut self, mut height: u32, mut hash: Hash) {
        while let Some((top, left)) = self.peaks.last() {
            if *top != height {
                break;
            }
            hash = node_hash(left, &hash);
            height += 1;
            self.peaks.pop();
        }
        self.peaks.push((height, hash));
    }

    fn put_in_tile(&mut self, level: usize, hash: Hash, filled: &mut Vec<Tile>) {
        if self.partial.len() <= level {
            self.partial.resize_with(level + 1, Vec::new);
        }
        let hashes = &mut self.partial[level];
        hashes.push(hash);
        if hashes.len() == TILE_WIDTH {
            let index = (self.size >> (8 * (level + 1))) - 1;
            filled.push(Tile { level: level as u8, index, hashes: std::mem::take(hashes) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    #[test]
    fn a_tree_rebuilt_from_its_partial_tiles_is_the_same_tree() {
        let mut tree = Tree::default();
        let mut filled = Vec::new();
        for leaf in 0u64..70_000 {
            tree.push(leaf_hash(&leaf.to_be_bytes()), &mut filled);
            if leaf % 997 == 0 || leaf > 65_500 && leaf < 65_600 {
                let back = Tree::from_partial_tiles(tree.partial.clone()).unwrap();
                assert_eq!(back.size(), tree.size());
                assert_eq!(back.root(), tree.root());
            }
        }
        assert_eq!(filled.iter().filter(|tile| tile.level == 0).count(), 70_000 / 256);
        assert_eq!(filled.iter().filter(|tile| tile.level == 1).count(), 1);
        assert_eq!(filled.iter().rfind(|tile| tile.level == 0).unwrap().index, 70_000 / 256 - 1);
    }
}
