//! The Merkle tree over a clinic's log, RFC 6962 / 9162 hashing.

mod proof;
mod tile;
mod tree;

pub use proof::{ProofError, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use tile::{TILE_WIDTH, Tile, TilePath, TilePathError};
pub use tree::Tree;

use sha2::{Digest, Sha256};

use crate::format::Hash;

/// `SHA256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// `SHA256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// Root of the empty tree: `SHA256("")`.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}
