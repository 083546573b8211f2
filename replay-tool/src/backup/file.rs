//! Files of a backup: encrypted with age, and never under their name before they are whole and on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::stream::StreamWriter;
use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use anyhow::{Context, anyhow, bail};

/// A longer file holds no identity.
const IDENTITY_BYTES: u64 = 64 * 1024;

/// A file that is being written.
pub struct Sealed {
    name: PathBuf,
    sink: StreamWriter<BufWriter<File>>,
}

impl Sealed {
    /// Begins one beside its name, for a recipient. What is there under the name is not written over.
    pub fn create(name: &Path, recipient: &str) -> anyhow::Result<Self> {
        let recipient: Recipient = recipient
            .parse()
            .map_err(|_| anyhow!("a recipient is what age-keygen calls a public key: age1…; this is none"))?;
        if name.exists() {
            bail!("{} is there already and is not written over", name.display());
        }
        let file = create(&part(name)).with_context(|| format!("{} cannot be written", part(name).display()))?;
        let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))?;
        Ok(Self { name: name.to_owned(), sink: encryptor.wrap_output(BufWriter::new(file))? })
    }

    /// What is written here is encrypted.
    pub fn sink(&mut self) -> &mut impl Write {
        &mut self.sink
    }

    /// Gives the file its name, once all of it is on the disk. How long it is.
    pub fn finish(self) -> anyhow::Result<u64> {
        let file = self.sink.finish()?.into_inner()?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        rename(&self.name)?;
        Ok(bytes)
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

/// Opens an encrypted file with the identity in another file.
pub fn open(name: &Path, identity: &Path) -> anyhow::Result<impl Read + use<>> {
    let mut text = zeroize::Zeroizing::new(String::new());
    let read = File::open(identity).and_then(|file| file.take(IDENTITY_BYTES).read_to_string(&mut text));
    read.with_context(|| format!("{} cannot be read", identity.display()))?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let key: Identity =
        line.parse().map_err(|_| anyhow!("{} holds no identity as age-keygen writes it", identity.display()))?;
    let file = File::open(name).with_context(|| format!("{} cannot be read", name.display()))?;
    let not_ours = || format!("{} cannot be decrypted: it is for another identity, or damaged", name.display());
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).with_context(not_ours)?;
    decryptor.decrypt(std::iter::once(&key as &dyn age::Identity)).with_context(not_ours)
}
