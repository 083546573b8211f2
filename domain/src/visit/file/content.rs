//! What the bytes of a file are, told from the bytes: the sender's word alone is not taken for it. Bytes are looked at as
//! they come, so that a file is never held whole. This is no search for malware: a PDF is let in for being a PDF.

use super::MediaType;
use crate::visit::Error;

/// How many of the first bytes tell of which kind a file is, where there are as many.
pub const LOOK: usize = 132;

/// The kinds a visit takes, in words.
const ALLOWED: &str = "PDF, PNG, JPEG, HEIC, WebP, DICOM and plain text";

/// A file on its way in, as far as it was seen.
#[derive(Clone, Debug)]
pub struct FileContent {
    declared: MediaType,
    start: Vec<u8>,
    recognized: bool,
    text: TextSoFar,
    bytes: u64,
}

impl FileContent {
    /// Of a file that is said to be of this media type; parameters such as a character set are not looked at. Refuses what
    /// is not on the list.
    pub fn declared(media_type: &str) -> Result<Self, Error> {
        let name = media_type.split(';').next().unwrap_or_default().trim();
        let declared = MediaType::named(name)
            .ok_or(Error::FileTypeNotAllowed { found: "declared as something else", allowed: ALLOWED })?;
        let text = TextSoFar::default();
        Ok(Self { declared, start: Vec::with_capacity(LOOK), recognized: false, text, bytes: 0 })
    }

    /// Looks at the next bytes; refuses as soon as they cannot be of the declared kind.
    pub fn see(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        if self.start.len() < LOOK {
            let missing = (LOOK - self.start.len()).min(bytes.len());
            self.start.extend_from_slice(&bytes[..missing]);
        }
        if !self.recognized && self.start.len() >= LOOK {
            self.recognize()?;
        }
        if self.declared == MediaType::Text { self.text.see(bytes) } else { Ok(()) }
    }

    /// After the last of them: of which kind it is, and how many bytes there were.
    pub fn end(mut self) -> Result<(MediaType, u64), Error> {
        if self.bytes == 0 {
            return Err(Error::FileEmpty);
        }
        if !self.recognized {
            self.recognize()?;
        }
        if self.declared == MediaType::Text {
            self.text.end()?;
        }
        Ok((self.declared, self.bytes))
    }

    fn recognize(&mut self) -> Result<(), Error> {
        self.recognized = true;
        match recognize(&self.start) {
            Found::Allowed(found) if found == self.declared => Ok(()),
            Found::Allowed(found) => {
                Err(Error::FileTypeMisdeclared { declared: self.declared.name(), found: found.name() })
            }
            Found::Other(found) => Err(Error::FileTypeNotAllowed { found, allowed: ALLOWED }),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Allowed(MediaType),
    /// In words.
    Other(&'static str),
}

/// Beginnings by which kinds are known, each with where it stands.
const ALLOWED_STARTS: [(usize, &[u8], MediaType); 5] = [
    (0, b"%PDF-", MediaType::Pdf),
    (0, b"\x89PNG\r\n\x1a\n", MediaType::Png),
    (0, b"\xff\xd8\xff", MediaType::Jpeg),
    (8, b"WEBP", MediaType::Webp),
    (128, b"DICM", MediaType::Dicom),
];

const OTHER_STARTS: [(&[u8], &str); 16] = [
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xfe\xed\xfa\xce", "a program"),
    (b"\xfe\xed\xfa\xcf", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\0asm", "a program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "an office document"),
    (b"GIF8", "a GIF picture"),
];

/// Brands of the container that HEIC pictures come in.
const HEIC_BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];

/// Beginnings of text that browsers would run, in small letters.
const PAGES: [&[u8]; 6] = [b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<?php"];

fn recognize(start: &[u8]) -> Found {
    let stands = |at: usize, what: &[u8]| start.get(at..at + what.len()) == Some(what);
    if stands(8, b"WEBP") && !stands(0, b"RIFF") {
        return Found::Other("of no kind that is known here");
    }
    // Programs first: a DICOM image has 128 bytes in front in which anything may stand.
    if let Some((_, found)) = OTHER_STARTS.iter().find(|(what, _)| stands(0, what)) {
        return Found::Other(found);
    }
    if let Some((.., found)) = ALLOWED_STARTS.iter().find(|(at, what, _)| stands(*at, what)) {
        return Found::Allowed(*found);
    }
    if stands(4, b"ftyp") {
        let heic = HEIC_BRANDS.iter().any(|brand| stands(8, brand));
        return if heic { Found::Allowed(MediaType::Heic) } else { Found::Other("a film or sound") };
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start().to_ascii_lowercase();
    if PAGES.iter().any(|page| text.starts_with(page)) {
        return Found::Other("a web page or a script");
    }
    let cut = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    if cut && !start.contains(&0) {
        Found::Allowed(MediaType::Text)
    } else {
        Found::Other("of no kind that is known here")
    }
}

/// Text in UTF-8, read piece by piece: a character may be cut between two of them.
#[derive(Clone, Debug, Default)]
struct TextSoFar {
    /// The beginning of a character whose end has not come yet: three bytes at most.
    cut: Vec<u8>,
}

impl TextSoFar {
    fn see(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut joined = std::mem::take(&mut self.cut);
        joined.extend_from_slice(bytes);
        if joined.contains(&0) {
            return Err(Error::FileNotText);
        }
        match std::str::from_utf8(&joined) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                self.cut = joined.split_off(error.valid_up_to());
                Ok(())
            }
            Err(_) => Err(Error::FileNotText),
        }
    }

    fn end(&self) -> Result<(), Error> {
        if self.cut.is_empty() { Ok(()) } else { Err(Error::FileNotText) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Refusal;

    fn seen(declared: &str, content: &[u8], piece: usize) -> Result<(MediaType, u64), &'static str> {
        let mut look = FileContent::declared(declared).map_err(|error| error.code())?;
        for bytes in content.chunks(piece) {
            look.see(bytes).map_err(|error| error.code())?;
        }
        look.end().map_err(|error| error.code())
    }

    fn dicom() -> Vec<u8> {
        [&[0; 128][..], b"DICM", &[1; 40]].concat()
    }

    fn allowed() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("application/pdf", b"%PDF-1.7\n1 0 obj".to_vec()),
            ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
            ("image/jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec()),
            ("image/heic", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()),
            ("image/webp", b"RIFF\x1a\0\0\0WEBPVP8L".to_vec()),
            ("application/dicom", dicom()),
            ("text/plain", "Blutdruck 120/80, März".as_bytes().to_vec()),
        ]
    }

    #[test]
    fn every_kind_on_the_list_is_known_by_its_bytes_however_they_are_cut() {
        for (declared, content) in allowed() {
            for piece in [1, 2, 3, 7, 1000] {
                let (found, bytes) = seen(declared, &content, piece).unwrap();
                assert_eq!((found.name(), bytes), (declared, content.len() as u64));
            }
            assert_eq!(seen(&format!("{declared}; charset=utf-8"), &content, 5).unwrap().0.name(), declared);
        }
    }

    #[test]
    fn what_is_declared_as_something_else_than_it_is_is_refused() {
        for (declared, _) in allowed() {
            for (other, content) in allowed().into_iter().filter(|(other, _)| *other != declared) {
                let code = seen(declared, &content, 64).unwrap_err();
                assert!(["file-type-misdeclared", "file-not-text"].contains(&code), "{other} as {declared}: {code}");
            }
        }
    }

    #[test]
    fn a_program_is_refused_whatever_it_is_called() {
        let others: [&[u8]; 9] = [
            b"MZ\x90\0\x03",
            b"\x7fELF\x02\x01",
            b"#!/bin/sh\nrm -rf /",
            b"PK\x03\x04\x14\0",
            b"<!DOCTYPE html><html>",
            b"\xef\xbb\xbf  <SCRIPT>alert(1)</SCRIPT>",
            b"GIF89a",
            b"\0\0\0\x18ftypmp42",
            b"\xde\xad\xbe\xef",
        ];
        for content in others {
            for declared in ["application/pdf", "text/plain", "image/jpeg"] {
                let code = seen(declared, content, 64).unwrap_err();
                assert!(["file-type-not-allowed", "file-not-text"].contains(&code), "{content:?}: {code}");
            }
        }
        let mut program = dicom();
        program[..2].copy_from_slice(b"MZ");
        assert_eq!(seen("application/dicom", &program, 500).unwrap_err(), "file-type-not-allowed");
        for declared in ["application/x-msdownload", "text/html", "", "image/svg+xml"] {
            assert_eq!(seen(declared, b"x", 1).unwrap_err(), "file-type-not-allowed");
        }
    }

    #[test]
    fn text_is_text_to_its_end() {
        let long = "ä".repeat(400);
        assert!(seen("text/plain", long.as_bytes(), 3).is_ok());
        for tail in [&b"\0"[..], b"\xff", b"\xc3"] {
            let content = [long.as_bytes(), tail].concat();
            assert_eq!(seen("text/plain", &content, 3).unwrap_err(), "file-not-text");
        }
        assert_eq!(seen("text/plain", b"", 1).unwrap_err(), "file-empty");
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_changes_nothing(
            content in prop::collection::vec(any::<u8>(), 1..400),
            declared in prop::sample::select(MediaType::ALL.to_vec()),
            piece in 1..300_usize,
        ) {
            let whole = seen(declared.name(), &content, content.len());
            let pieces = seen(declared.name(), &content, piece);
            prop_assert_eq!(whole.is_ok(), pieces.is_ok());
            if let Ok(found) = whole { prop_assert_eq!(Ok(found), pieces); }
        }
    }
}
