//! Inclusion and consistency proofs: made from any source of node hashes, verified as RFC 9162 sections 2.1.3 and 2.1.4
//! say. A verifier reads hostile input: every shape that is not exactly right is an error.

use super::node_hash;
use crate::format::Hash;

/// Why a proof does not prove.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    #[error("the index is not below the tree size")]
    IndexOutOfRange,
    #[error("the sizes do not grow")]
    SizesOutOfRange,
    #[error("the proof has too few hashes")]
    TooShort,
    #[error("the proof has too many hashes")]
    TooLong,
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// Root of the complete or ragged subtree over leaves `[from, to)`, from a source of complete subtrees.
/// `node(height, index)` is the root of leaves `[index << height, (index+1) << height)`.
fn subtree<E>(from: u64, to: u64, node: &mut impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let width = to - from;
    if width.is_power_of_two() && from.is_multiple_of(width) {
        let height = width.trailing_zeros();
        return node(height, from >> height);
    }
    let split = from + split_point(width);
    let left = subtree(from, split, node)?;
    let right = subtree(split, to, node)?;
    Ok(node_hash(&left, &right))
}

/// The largest power of two below `width`, for `width > 1`.
fn split_point(width: u64) -> u64 {
    1 << (u64::BITS - 1 - (width - 1).leading_zeros())
}

/// Hashes proving that leaf `index` is in the tree of `size` leaves, from the leaf's sibling upward.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    mut node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut path = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let split = from + split_point(to - from);
        if index < split {
            path.push(subtree(split, to, &mut node)?);
            to = split;
        } else {
            path.push(subtree(from, split, &mut node)?);
            from = split;
        }
    }
    path.reverse();
    Ok(path)
}

/// Hashes proving that the tree of `old` leaves is a prefix of the tree of `new` leaves; empty where they are equal or
/// `old` is 0.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut from, mut to) = (0, new);
    while to != old {
        let split = from + split_point(to - from);
        if old <= split {
            path.push(subtree(split, to, &mut node)?);
            to = split;
        } else {
            path.push(subtree(from, split, &mut node)?);
            from = split;
        }
    }
    if from > 0 {
        path.push(subtree(from, to, &mut node)?);
    }
    path.reverse();
    Ok(path)
}

/// Accepts iff `path` leads from `leaf` at `index` to `root` of the tree of `size` leaves.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange);
    }
    let (mut first, mut second, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if second == 0 {
            return Err(ProofError::TooLong);
        }
        if first & 1 == 1 || first == second {
            hash = node_hash(sibling, &hash);
            while first & 1 == 0 && first != 0 {
                first >>= 1;
                second >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        first >>= 1;
        second >>= 1;
    }
    match (second, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::WrongRoot),
        _ => Err(ProofError::TooShort),
    }
}

/// Accepts iff `path` shows that the tree (`old`, `old_root`) is a prefix of the tree (`new`, `new_root`), `0 < old < new`.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old == 0 || old >= new {
        return Err(ProofError::SizesOutOfRange);
    }
    let (seed, rest) = if old.is_power_of_two() {
        (*old_root, path)
    } else {
        let (seed, rest) = path.split_first().ok_or(ProofError::TooShort)?;
        (*seed, rest)
    };
    if path.is_empty() {
        return Err(ProofError::TooShort);
    }
    let (mut first, mut second) = (old - 1, new - 1);
    while first & 1 == 1 {
        first >>= 1;
        second >>= 1;
    }
    let (mut a, mut b) = (seed, seed);
    for hash in rest {
        if second == 0 {
            return Err(ProofError::TooLong);
        }
        if first & 1 == 1 || first == second {
            a = node_hash(hash, &a);
            b = node_hash(hash, &b);
            while first & 1 == 0 && first != 0 {
                first >>= 1;
                second >>= 1;
            }
        } else {
            b = node_hash(&b, hash);
        }
        first >>= 1;
        second >>= 1;
    }
    match (second, a == *old_root && b == *new_root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::WrongRoot),
        _ => Err(ProofError::TooShort),
    }
}
