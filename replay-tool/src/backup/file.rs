//! Files of a backup: encrypted with age, and never under their name before they are whole and on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::stream::StreamWriter;
use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use anyhow::{Context, anyhow, bail};
use daybook_domain::{AgeRecipient, Sha256Hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::progress::{Progress, Through};

/// A longer file holds no identity.
const IDENTITY_BYTES: u64 = 64 * 1024;

/// A file of a backup, as it lies there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Of every byte, as encrypted.
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub recipient: AgeRecipient,
}

/// A file that is being written.
pub struct Sealed {
    name: PathBuf,
    recipient: AgeRecipient,
    sink: StreamWriter<Hashed<BufWriter<Through<File>>>>,
}

/// Hashes what is written.
struct Hashed<W> {
    hasher: Sha256,
    sink: W,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

impl Sealed {
    /// Begins one beside its name, for a recipient. What is there under the name is not written over. `progress` counts its bytes.
    pub fn create(name: &Path, recipient: &str, progress: &Progress) -> anyhow::Result<Self> {
        let (shaped, recipient) = self::recipient(recipient)?;
        if name.exists() {
            bail!("{} is there already and is not written over", name.display());
        }
        let file = create(&part(name)).with_context(|| format!("{} cannot be written", part(name).display()))?;
        let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))?;
        let sink = Hashed { hasher: Sha256::new(), sink: BufWriter::new(progress.through(file)) };
        Ok(Self { name: name.to_owned(), recipient: shaped, sink: encryptor.wrap_output(sink)? })
    }

    /// What is written here is encrypted.
    pub fn sink(&mut self) -> &mut impl Write {
        &mut self.sink
    }

    /// Gives the file its name, once all of it is on the disk.
    pub fn finish(self) -> anyhow::Result<Facts> {
        let Hashed { hasher, sink } = self.sink.finish()?;
        let file = sink.into_inner()?.into_inner();
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        rename(&self.name)?;
        Ok(Facts { sha256: hexadecimal(hasher)?, bytes, recipient: self.recipient })
    }
}

/// A small file in the clear, whole or not at all.
pub fn write(name: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut file = create(&part(name))?;
    file.write_all(content)?;
    file.sync_all()?;
    rename(name)?;
    Ok(())
}

/// How long a file is.
pub fn length(name: &Path) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(name).with_context(|| format!("{} cannot be read", name.display()))?.len())
}

/// The hash of a file as it lies there.
pub fn sha256(name: &Path, progress: &Progress) -> anyhow::Result<Sha256Hex> {
    let mut hasher = Sha256::new();
    let read = File::open(name).and_then(|file| io::copy(&mut progress.through(file), &mut hasher));
    read.with_context(|| format!("{} cannot be read", name.display()))?;
    hexadecimal(hasher)
}

fn hexadecimal(hasher: Sha256) -> anyhow::Result<Sha256Hex> {
    Ok(daybook_ledger::format::hexadecimal(&hasher.finalize()).try_into()?)
}

/// What lies beside a backup.
pub fn beside(name: &Path) -> PathBuf {
    with(name, ".json")
}

fn part(name: &Path) -> PathBuf {
    with(name, ".part")
}

fn with(name: &Path, end: &str) -> PathBuf {
    let mut whole = name.as_os_str().to_owned();
    whole.push(end);
    whole.into()
}

/// What a backup that was killed left there is written over: nobody takes it for one.
fn create(part: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part)
}

fn rename(name: &Path) -> io::Result<()> {
    std::fs::rename(part(name), name)?;
    let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Who can open, from a command line: as an event has it, and as what encrypts.
pub fn recipient(text: &str) -> anyhow::Result<(AgeRecipient, Recipient)> {
    let none = "a recipient is what age-keygen calls a public key: age1…; this is none";
    let shaped = AgeRecipient::try_from(text).map_err(|_| anyhow!(none))?;
    Ok((shaped, text.parse().map_err(|_| anyhow!(none))?))
}

/// The identity in a file.
pub fn identity(identity: &Path) -> anyhow::Result<Identity> {
    let mut text = zeroize::Zeroizing::new(String::new());
    let read = File::open(identity).and_then(|file| file.take(IDENTITY_BYTES).read_to_string(&mut text));
    read.with_context(|| format!("{} cannot be read", identity.display()))?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    line.parse().map_err(|_| anyhow!("{} holds no identity as age-keygen writes it", identity.display()))
}

/// Opens an encrypted file with the identity in another file. How much of it was read is shown until it is closed, with what
/// it is read for.
pub fn open(name: &Path, identity: &Path, doing: &str) -> anyhow::Result<impl Read + use<>> {
    let key = self::identity(identity)?;
    let progress = Progress::bytes(length(name)?).doing(doing);
    let file = File::open(name).with_context(|| format!("{} cannot be read", name.display()))?;
    let file = progress.through(file);
    let not_ours = || format!("{} cannot be decrypted: it is for another identity, or damaged", name.display());
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).with_context(not_ours)?;
    decryptor.decrypt(std::iter::once(&key as &dyn age::Identity)).with_context(not_ours)
}
