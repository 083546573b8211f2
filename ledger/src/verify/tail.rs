//! What was sealed after the last full tile, where no leaf is stored: whichever of the events there change places so that the
//! checkpoints' roots come out.

use crate::format::Hash;
use crate::merkle::Tree;

/// Events from before the tail that are tried in it, at most.
const TRIED: usize = 16;

/// A checkpoint.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub size: u64,
    pub root: Hash,
}

/// The leaves that were sealed after the tree `before`, as far as the checkpoints after it (`heads`, by size) can be met by
/// letting events change places: those standing there among each other and with the `homeless`. From the first checkpoint on that
/// cannot be met, what stands there is taken for what was sealed.
pub(super) fn sealed(before: &Tree, standing: Vec<Hash>, homeless: &[Hash], heads: &[Head]) -> Vec<Hash> {
    let width = standing.len();
    let mut leaves = standing.clone();
    if homeless.len() <= TRIED {
        leaves.extend(homeless);
    }
    let (mut known, mut whole) = (before.clone(), true);
    for head in heads {
        whole = whole && meet(&known, head, before.size(), &mut leaves, width);
        if !whole {
            break;
        }
        grow(&mut known, head.size, before.size(), &leaves);
    }
    // What changed places last need not have found its own yet.
    let proven = (known.size() - before.size()) as usize;
    leaves.truncate(width);
    if !whole {
        leaves.splice(proven.., standing.into_iter().skip(proven));
    }
    leaves
}

/// Lets one leaf after the `known` ones change places so that the head is met. Of a head, most often of one event, more than one
/// that was moved is not looked for.
fn meet(known: &Tree, head: &Head, from: u64, leaves: &mut [Hash], width: usize) -> bool {
    let (begin, end) = ((known.size() - from) as usize, (head.size - from) as usize);
    if end > width {
        return false;
    }
    let is_met = |mut tree: Tree, leaves: &[Hash]| {
        grow(&mut tree, head.size, from, leaves);
        tree.root() == head.root
    };
    if is_met(known.clone(), leaves) {
        return true;
    }
    let mut tree = known.clone();
    for place in begin..end {
        for other in place + 1..leaves.len() {
            leaves.swap(place, other);
            if is_met(tree.clone(), leaves) {
                return true;
            }
            leaves.swap(place, other);
        }
        grow(&mut tree, from + place as u64 + 1, from, leaves);
    }
    false
}

/// Adds the leaves up to a size, of those that come after `from`.
fn grow(tree: &mut Tree, to: u64, from: u64, leaves: &[Hash]) {
    for leaf in &leaves[(tree.size() - from) as usize..(to - from) as usize] {
        tree.push(*leaf, &mut Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    fn leaves(numbers: impl IntoIterator<Item = u8>) -> Vec<Hash> {
        numbers.into_iter().map(|number| leaf_hash(&[number])).collect()
    }

    /// A log of 256 events and then those of these numbers, with checkpoints at these sizes of them.
    fn log(numbers: std::ops::Range<u8>, sizes: &[u64]) -> (Tree, Vec<Hash>, Vec<Head>) {
        let mut before = Tree::default();
        leaves(0..=255).into_iter().for_each(|leaf| before.push(leaf, &mut Vec::new()));
        let (tail, mut tree) = (leaves(numbers), before.clone());
        let heads = sizes.iter().map(|size| {
            grow(&mut tree, 256 + size, 256, &tail);
            Head { size: 256 + size, root: tree.root() }
        });
        let heads = heads.collect();
        (before, tail, heads)
    }

    fn swapped(leaves: &[Hash], pairs: &[(usize, usize)]) -> Vec<Hash> {
        let mut leaves = leaves.to_vec();
        pairs.iter().for_each(|(one, other)| leaves.swap(*one, *other));
        leaves
    }

    #[test]
    fn what_changed_places_after_the_last_tile_is_found_by_the_checkpoints() {
        let (before, tail, heads) = log(0..40, &[1, 2, 12, 13, 14, 20, 40]);
        for pairs in [&[][..], &[(0, 1)], &[(3, 9)], &[(1, 30)], &[(20, 39)], &[(1, 30), (3, 9), (12, 13)]] {
            assert_eq!(sealed(&before, swapped(&tail, pairs), &[], &heads), tail, "{pairs:?}");
        }
    }

    #[test]
    fn an_event_from_before_is_given_back_its_place() {
        let (before, tail, heads) = log(0..9, &[1, 5, 9]);
        let mut standing = tail.clone();
        let moved = std::mem::replace(&mut standing[3], leaf_hash(b"of a tile"));
        assert_eq!(sealed(&before, standing, &[leaf_hash(b"another"), moved], &heads), tail);
    }

    #[test]
    fn what_cannot_be_found_is_taken_for_what_stands_there() {
        let (before, tail, heads) = log(0..9, &[2, 9]);
        for mut standing in [swapped(&tail, &[(2, 3), (4, 5)]), swapped(&tail, &[(0, 1)])] {
            standing[8] = leaf_hash(b"rewritten");
            let found = sealed(&before, standing.clone(), &[], &heads);
            assert_eq!((&found[..2], &found[2..]), (&tail[..2], &standing[2..]));
        }
    }
}
