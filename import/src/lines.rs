//! The lines of an NDJSON file, plain or gzip, one at a time: memory stays the same however large a line, a file or what a
//! file unpacks to. What a file really held is hashed while it is read.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use daybook_domain::Sha256Hex;
use daybook_domain::history::MAX_RESOURCE;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// A packed file may unpack to this much in any case…
const UNPACKED_FREELY: u64 = 64 * 1024 * 1024;
/// …and beyond it to this many times its size. FHIR packs 10 to 30 to one; a file made to fill a disk, 1,000 to one.
const UNPACKED_TIMES: u64 = 200;
const BUFFER: usize = 64 * 1024;

/// Why a file could not be read to its end. What came before the fault was read.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error("the file cannot be read: {0}")]
    Unreadable(ErrorKind),
    #[error("the file is not whole, or not packed as its name says")]
    Damaged,
    #[error("the file unpacks to more than 200 times its size")]
    Bomb,
    #[error("the file changed while it was read")]
    Changed,
}

impl FileFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FileFault::Unreadable(_) => "file-unreadable",
            FileFault::Damaged => "file-damaged",
            FileFault::Bomb => "file-unpacks-without-end",
            FileFault::Changed => "file-changed",
        }
    }
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// Without its end; `None` where it has more bytes than a resource may have.
    pub bytes: Option<Vec<u8>>,
}

/// A file's lines, blank ones left out.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    read: Arc<Mutex<Hashed>>,
    number: u64,
    unpacked: u64,
    allowed: u64,
    is_packed: bool,
    has_ended: bool,
}

/// What was read of the file as it lies there.
#[derive(Default)]
struct Hashed {
    bytes: u64,
    hasher: Sha256,
}

/// Hashes what passes through.
struct Hashing {
    file: File,
    read: Arc<Mutex<Hashed>>,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.bytes += count as u64;
        read.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

/// SHA-256 and size of a file as it lies there.
pub fn hash(path: &Path) -> Result<(Sha256Hex, u64), FileFault> {
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut read, mut buffer) = (Hashed::default(), vec![0; BUFFER]);
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => return Ok((read.finish(), read.bytes)),
            count => {
                read.bytes += count as u64;
                read.hasher.update(&buffer[..count]);
            }
        }
    }
}

impl Hashed {
    fn finish(&self) -> Sha256Hex {
        let digest = self.hasher.clone().finalize();
        crate::identity::hexadecimal(&digest)
    }
}

fn unreadable(error: std::io::Error) -> FileFault {
    FileFault::Unreadable(error.kind())
}

impl Lines {
    /// Opens a file; packed if its name ends in `.gz`.
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        let file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let read = Arc::new(Mutex::new(Hashed::default()));
        let hashing = BufReader::with_capacity(BUFFER, Hashing { file, read: read.clone() });
        let is_packed = path.extension().is_some_and(|extension| extension == "gz");
        let reader: Box<dyn BufRead + Send> = if is_packed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(hashing)))
        } else {
            Box::new(hashing)
        };
        let allowed = if is_packed { UNPACKED_FREELY.max(size.saturating_mul(UNPACKED_TIMES)) } else { u64::MAX };
        Ok(Self { reader, read, number: 0, unpacked: 0, allowed, is_packed, has_ended: false })
    }

    /// Bytes read of the file as it lies there.
    pub fn bytes_read(&self) -> u64 {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// SHA-256 of what was read of the file; of all of it once there are no more lines.
    pub fn sha256(&self) -> Sha256Hex {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).finish()
    }

    /// Lines begun so far.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line up to its end or the file's; `None` where nothing is left.
    fn take_line(&mut self) -> Result<Option<Line>, FileFault> {
        let (mut bytes, mut is_too_long, mut is_empty) = (Vec::new(), false, true);
        loop {
            let is_packed = self.is_packed;
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) if is_packed => return Err(FileFault::Damaged),
                Err(error) => return Err(unreadable(error)),
            };
            if buffer.is_empty() {
                break;
            }
            is_empty = false;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            is_too_long |= bytes.len() + part.len() > MAX_RESOURCE;
            if is_too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(part);
            }
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(used);
            self.unpacked += used as u64;
            if self.unpacked > self.allowed {
                return Err(FileFault::Bomb);
            }
            if end.is_some() {
                break;
            }
        }
        if is_empty {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        Ok(Some(Line { number: self.number, bytes: (!is_too_long).then_some(bytes) }))
    }
}

impl Iterator for Lines {
    type Item = Result<Line, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_ended {
            match self.take_line() {
                Ok(None) => self.has_ended = true,
                Ok(Some(line)) => {
                    let is_blank = |bytes: &Vec<u8>| bytes.iter().all(u8::is_ascii_whitespace);
                    if !line.bytes.as_ref().is_some_and(is_blank) {
                        return Some(Ok(line));
                    }
                }
                Err(fault) => {
                    self.has_ended = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::scratch::Scratch;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(path: &Path) -> (Vec<(u64, Option<usize>)>, Option<&'static str>) {
        let (mut lines, mut fault) = (Vec::new(), None);
        for line in Lines::open(path).unwrap() {
            match line {
                Ok(line) => lines.push((line.number, line.bytes.map(|bytes| bytes.len()))),
                Err(error) => fault = Some(error.code()),
            }
        }
        (lines, fault)
    }

    #[test]
    fn plain_and_packed_files_read_alike_and_their_hash_is_of_the_file_as_it_lies_there() {
        let scratch = Scratch::new();
        let text = b"\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"b\":22}";
        for path in [scratch.file("a.ndjson", text), scratch.file("a.ndjson.gz", &packed(text))] {
            assert_eq!(read(&path), (vec![(1, Some(8)), (4, Some(8))], None));
            let mut lines = Lines::open(&path).unwrap();
            lines.by_ref().for_each(drop);
            let (sha256, size) = hash(&path).unwrap();
            assert_eq!((lines.sha256(), lines.bytes_read()), (sha256.clone(), size));
            assert_eq!(sha256, Sha256Hex::of(&[&std::fs::read(&path).unwrap()]));
        }
    }

    #[test]
    fn several_packed_parts_in_one_file_are_one_file() {
        let scratch = Scratch::new();
        let path = scratch.file("a.ndjson.gz", &[packed(b"{}\n"), packed(b"[]\n")].concat());
        assert_eq!(read(&path), (vec![(1, Some(2)), (2, Some(2))], None));
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_without_being_kept() {
        let scratch = Scratch::new();
        let long = vec![b'x'; MAX_RESOURCE + 1];
        let path = scratch.file("a.ndjson", &[&long[..], b"\n{}\n", &long[1..], b"\n"].concat());
        assert_eq!(read(&path), (vec![(1, None), (2, Some(2)), (3, Some(MAX_RESOURCE))], None));
    }

    #[test]
    fn a_file_that_unpacks_without_end_is_given_up() {
        let scratch = Scratch::new();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let megabyte = vec![b' '; 1 << 20];
        (0..80).for_each(|_| encoder.write_all(&megabyte).unwrap());
        let bytes = encoder.finish().unwrap();
        assert!(bytes.len() < 200_000);
        let path = scratch.file("a.ndjson.gz", &bytes);
        assert_eq!(read(&path), (vec![], Some("file-unpacks-without-end")));
    }

    #[test]
    fn a_file_cut_short_is_read_as_far_as_it_goes() {
        let scratch = Scratch::new();
        let whole = packed(&b"{\"a\":1}\n".repeat(50_000));
        let (lines, fault) = read(&scratch.file("a.ndjson.gz", &whole[..whole.len() / 2]));
        assert_eq!(fault, Some("file-damaged"));
        assert!(!lines.is_empty() && lines.len() < 50_000, "{}", lines.len());
        assert_eq!(read(&scratch.file("b.ndjson.gz", b"{}\n")).1, Some("file-damaged"));
    }
}
