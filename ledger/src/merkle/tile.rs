//! Tiles and their paths as HTTP resources (C2SP tlog-tiles, ledger.md section 4).

use crate::format::Hash;

/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;

/// A full tile: hash i of tile n at level l covers leaves `(n*256+i)*256^l ..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub level: u8,
    pub index: u64,
    pub hashes: Vec<Hash>,
}

/// Which tile a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilePath {
    /// Hash tile level, or `None` for an entry bundle.
    pub level: Option<u8>,
    pub index: u64,
    /// Width of a partial tile, 1..=255; `None` asks for the full tile.
    pub width: Option<u8>,
}

/// A text that is not the canonical path of a tile.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "not a tile path: expected <level>/<N> or entries/<N>, N in groups of three digits, all but the last prefixed x, optionally .p/<1..255>"
)]
pub struct TilePathError;

impl std::str::FromStr for TilePath {
    type Err = TilePathError;

    /// Parses what follows `/tile/`; only the canonical form is accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (level, rest) = text.split_once('/').ok_or(TilePathError)?;
        let level = match level {
            "entries" => None,
            digits => Some(digits.parse::<u8>().ok().filter(|level| *level < 64).ok_or(TilePathError)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, Some(width.parse::<u8>().map_err(|_| TilePathError)?)),
            None => (rest, None),
        };
        let digits: String = index.split('/').map(|group| group.trim_start_matches('x')).collect();
        let path = Self { level, index: digits.parse().map_err(|_| TilePathError)?, width };
        if path.to_string() == text && width != Some(0) { Ok(path) } else { Err(TilePathError) }
    }
}

impl std::fmt::Display for TilePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.level {
            Some(level) => write!(f, "{level}/")?,
            None => f.write_str("entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups[1..].iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        match self.width {
            Some(width) => write!(f, ".p/{width}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_tile_1234067_is_the_specifications_example() {
        let path: TilePath = "0/x001/x234/067".parse().unwrap();
        assert_eq!(path, TilePath { level: Some(0), index: 1_234_067, width: None });
        assert_eq!("entries/000.p/255".parse(), Ok(TilePath { level: None, index: 0, width: Some(255) }));
    }

    #[test]
    fn only_the_canonical_path_is_accepted() {
        for text in [
            "0/0",
            "0/x000/067",
            "0/1234",
            "0/067.p/0",
            "0/067.p/256",
            "0/067.p/01",
            "64/000",
            "00/000",
            "0/xx1/000",
            "0/",
            "",
            "0/-01",
            "0/+01",
        ] {
            assert_eq!(text.parse::<TilePath>(), Err(TilePathError), "{text}");
        }
    }
}
