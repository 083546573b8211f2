//! A bundle in one file: a tar of plain files and nothing else (POSIX.1-1988 ustar, uncompressed). There is one way to write
//! a member, so a reader takes no other: no links, no folders, no long names beside the header, nothing between the members.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::folder::{MOST_FILES, Unreadable};
use super::path::is_safe;

/// A header is as long, and everything fills so many.
pub const BLOCK: usize = 512;
/// Bytes of a header's fields for a path: the name, and what comes before it.
const NAME: usize = 100;
const PREFIX: std::ops::Range<usize> = 345..500;
/// What is said of what is no bundle at all.
pub(super) const NEITHER: &str = "a bundle is a folder or a tar of one, and this is neither";

/// What ends a tar.
pub const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// A file as it stands in a tar: header, bytes, and zeros up to the next block. `None` where the path is none of a bundle.
pub fn member(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut member = header(path, bytes.len() as u64)?.to_vec();
    member.extend_from_slice(bytes);
    member.resize(member.len().next_multiple_of(BLOCK), 0);
    Some(member)
}

/// A header, which says nothing of who made the file and when: the manifest does. `None` where the path is none of a bundle, or
/// the size needs more digits than there are.
pub fn header(path: &str, size: u64) -> Option<[u8; BLOCK]> {
    const MOST: u64 = 0o77_777_777_777;
    let (prefix, name) = split(path).filter(|_| size <= MOST)?;
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    // Eleven octal digits: more than any file of a bundle has.
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\u{0}00");
    put(PREFIX.start, prefix);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(header)
}

/// A path in the two fields there are for it: whole in the name where it fits, otherwise divided at the first slash after
/// which it does.
fn split(path: &str) -> Option<(&str, &str)> {
    if !is_safe(path) {
        return None;
    }
    if path.len() <= NAME {
        return Some(("", path));
    }
    let divided = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| (&path[..at], &path[at + 1..]));
    divided.filter(|(prefix, _)| prefix.len() <= PREFIX.len()).find(|(_, name)| name.len() <= NAME)
}

/// A tar that lies on a disk, its members looked up once.
pub struct Tar {
    file: File,
    members: BTreeMap<String, (u64, u64)>,
    /// What is wrong with the rest of it.
    fault: Option<Unreadable>,
}

impl Tar {
    /// Looks up its members, up to the first that is none.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let shown = path.display().to_string();
        let wrong = |error: std::io::Error| Unreadable::new(&shown, error);
        let file = File::open(path).map_err(wrong)?;
        let length = file.metadata().map_err(wrong)?.len();
        let mut tar = Self { file, members: BTreeMap::new(), fault: None };
        let problem = tar.look(length).err();
        if tar.members.is_empty() {
            let why = problem.map(|problem| format!(": {problem}")).unwrap_or_default();
            return Err(Unreadable::new(&shown, format!("{NEITHER}{why}")));
        }
        tar.fault = problem.map(|problem| Unreadable::new(&shown, problem));
        Ok(tar)
    }

    fn look(&mut self, length: u64) -> Result<(), String> {
        let mut at = 0;
        loop {
            let block = self.block(at, length)?;
            if block == [0; BLOCK] {
                // One of the two blocks of the end.
                let ends = length - at == END.len() as u64 && self.block(at + BLOCK as u64, length)? == block;
                return if ends { Ok(()) } else { Err("something comes after its end, or its end is cut off".into()) };
            }
            let (path, size) =
                read(&block).ok_or_else(|| format!("at byte {at} it has something other than a plain file"))?;
            let from = at + BLOCK as u64;
            // A size has eleven octal digits, so nothing here overflows.
            at = from + size.next_multiple_of(BLOCK as u64);
            if at > length {
                return Err(format!("it ends in the middle of {path}"));
            }
            if self.members.len() == MOST_FILES {
                return Err("there are more files than any bundle has".into());
            }
            if self.members.contains_key(&path) {
                return Err(format!("{path} is there twice"));
            }
            self.members.insert(path, (from, size));
        }
    }

    fn block(&self, at: u64, length: u64) -> Result<[u8; BLOCK], String> {
        let mut block = [0; BLOCK];
        if at + BLOCK as u64 > length {
            return Err("it ends before its end".into());
        }
        self.file.read_exact_at(&mut block, at).map_err(|error| error.to_string())?;
        Ok(block)
    }

    /// A file's bytes, if there are at most `most`.
    pub fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
        let (from, size) = self.members.get(path).ok_or_else(|| Unreadable::new(path, "it is not there"))?;
        if *size > most {
            return Err(Unreadable::new(path, format!("it has more than {most} bytes")));
        }
        let mut bytes = vec![0; *size as usize];
        self.file.read_exact_at(&mut bytes, *from).map_err(|error| Unreadable::new(path, error))?;
        Ok(bytes)
    }

    /// The paths of all files, if nothing else is there.
    pub fn paths(&self) -> Result<impl Iterator<Item = &String>, Unreadable> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(self.members.keys()),
        }
    }
}

/// The path and length that a header says, if it is exactly the one that this file has.
pub fn read(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        std::str::from_utf8(&field[..end]).map(str::to_owned).ok()
    };
    let (prefix, name) = (text(&block[PREFIX])?, text(&block[..NAME])?);
    let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
    let size = u64::from_str_radix(&text(&block[124..136])?, 8).ok()?;
    (header(&path, size)? == *block).then_some((path, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_as_it_was_written_and_in_no_other_way() {
        let long = format!("{}/{}", "a".repeat(90), "b".repeat(100));
        for path in ["checkpoint", "tile/entries/x001/234.p/7", &"a".repeat(100), &long] {
            let header = header(path, 1234).unwrap();
            assert_eq!(read(&header), Some((path.to_owned(), 1234)), "{path}");
            for at in 0..BLOCK {
                let mut changed = header;
                changed[at] ^= 1;
                assert_ne!(read(&changed), Some((path.to_owned(), 1234)), "{path}, byte {at}");
            }
        }
        for none in ["", "/etc/passwd", "../policy", &"a".repeat(101), &"a/".repeat(90)] {
            assert!(header(none, 1).is_none(), "{none}");
        }
        assert!(read(&[b'x'; BLOCK]).is_none());
    }

    #[test]
    fn a_member_fills_its_blocks() {
        assert_eq!(member("checkpoint", &[1; 512]).unwrap().len(), 1024);
        assert_eq!(member("checkpoint", &[1; 513]).unwrap().len(), 1536);
        assert_eq!(member("checkpoint", &[]).unwrap().len(), 512);
    }
}
