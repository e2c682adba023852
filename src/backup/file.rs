//! The file's form: a line that names it, the manifest as a line of JSON, and the dump in chunks, each behind its length in four
//! bytes. The highest bit of a length marks the last chunk. Sealed chunks cannot be opened with another manifest; of a file
//! in clear text the last chunk is the SHA-256 of everything before.

use std::io;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::error::BackupError;
use super::manifest::Manifest;
use super::room::Room;
use crate::vault::{Opening, Sealing, Vault};

const MAGIC: &[u8] = b"agendad backup 1\n";
/// Bytes of the dump in a chunk.
const CHUNK: usize = 256 * 1024;
/// A chunk with what sealing adds.
const LONGEST_CHUNK: usize = CHUNK + 64;
/// A manifest of thousands of tables.
const LONGEST_MANIFEST: usize = 4_000_000;
const LAST: u32 = 1 << 31;
/// After so many chunks, 16 MB, it is looked whether there is still room.
const LOOK: u64 = 64;

/// How chunks are written.
enum Way<S> {
    Sealed(S),
    Clear,
}

/// Writes a backup.
#[derive(Debug)]
pub struct Writer<W> {
    to: W,
    way: Way<Sealing>,
    sum: Sha256,
    pending: Vec<u8>,
}

/// Reads a backup.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    manifest: Manifest,
    /// Nothing once the last chunk was read.
    way: Option<Way<Opening>>,
    sum: Sha256,
}

impl<S> std::fmt::Debug for Way<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sealed(_) => "Sealed",
            Self::Clear => "Clear",
        })
    }
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    /// Writes the beginning. `vault` seals if the manifest says so.
    pub async fn begin(
        mut to: W,
        manifest: &Manifest,
        vault: Option<&Vault>,
    ) -> Result<Self, BackupError> {
        let mut line = serde_json::to_vec(manifest).map_err(|e| BackupError::Stream(e.into()))?;
        line.push(b'\n');
        let way = match (&manifest.sealed, vault) {
            (Some(key), Some(vault)) => Way::Sealed(vault.seal_stream(key, &line)?),
            (Some(_), None) => return Err(BackupError::Damaged),
            (None, _) => Way::Clear,
        };
        let mut sum = Sha256::new();
        sum.update(&line);
        to.write_all(MAGIC).await.map_err(BackupError::Stream)?;
        to.write_all(&line).await.map_err(BackupError::Stream)?;
        Ok(Self {
            to,
            way,
            sum,
            pending: Vec::with_capacity(CHUNK),
        })
    }

    /// Writes all that `from` says, as long as there is `room`.
    pub async fn take(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        room: Option<&Room>,
    ) -> Result<(), BackupError> {
        for chunks in 1_u64.. {
            let rest = (CHUNK - self.pending.len()) as u64;
            let mut part = from.take(rest);
            let read = part.read_to_end(&mut self.pending).await;
            read.map_err(BackupError::Stream)?;
            if self.pending.len() < CHUNK {
                return Ok(());
            }
            let chunk = std::mem::take(&mut self.pending);
            self.sum.update(&chunk);
            let written = match &mut self.way {
                Way::Sealed(sealing) => sealing.next(&chunk)?,
                Way::Clear => chunk,
            };
            put(&mut self.to, &written, 0).await?;
            if let Some(room) = room
                && chunks.is_multiple_of(LOOK)
            {
                room.check_again()?;
            }
        }
        Ok(())
    }

    /// Writes the end. What was written to is given back, for whoever must see to its safety.
    pub async fn end(mut self) -> Result<W, BackupError> {
        self.sum.update(&self.pending);
        let last = match self.way {
            Way::Sealed(sealing) => sealing.last(&self.pending)?,
            Way::Clear => {
                if !self.pending.is_empty() {
                    put(&mut self.to, &self.pending, 0).await?;
                }
                self.sum.finalize().to_vec()
            }
        };
        put(&mut self.to, &last, LAST).await?;
        self.to.flush().await.map_err(BackupError::Stream)?;
        Ok(self.to)
    }
}

async fn put(
    to: &mut (impl AsyncWrite + Unpin),
    chunk: &[u8],
    mark: u32,
) -> Result<(), BackupError> {
    let length = u32::try_from(chunk.len()).map_err(|_| BackupError::NotWhole)?;
    to.write_u32(length | mark)
        .await
        .map_err(BackupError::Stream)?;
    to.write_all(chunk).await.map_err(BackupError::Stream)
}

/// Reads what a backup says of itself; needs no key.
///
/// # Errors
/// [`BackupError::NotABackup`] among others.
async fn head(from: &mut (impl AsyncRead + Unpin)) -> Result<(Manifest, Vec<u8>), BackupError> {
    let mut magic = [0; MAGIC.len()];
    let read = from.read_exact(&mut magic).await;
    read.map_err(or_unread(BackupError::NotABackup))?;
    if magic != MAGIC {
        return Err(BackupError::NotABackup);
    }
    let mut line = Vec::new();
    // The reader is buffered.
    loop {
        let read = from.read_u8().await;
        let byte = read.map_err(or_unread(BackupError::NotWhole))?;
        line.push(byte);
        if byte == b'\n' {
            break;
        }
        if line.len() > LONGEST_MANIFEST {
            return Err(BackupError::NotABackup);
        }
    }
    let manifest = serde_json::from_slice(&line).map_err(|_| BackupError::NotABackup)?;
    Ok((manifest, line))
}

/// What it means that a file ends too early; what could not be read for the moment says nothing of the file.
fn or_unread(ended: BackupError) -> impl FnOnce(io::Error) -> BackupError {
    |error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            ended
        } else {
            BackupError::Stream(error)
        }
    }
}

/// The manifest alone.
///
/// # Errors
/// [`BackupError::NotABackup`] among others.
pub(super) async fn manifest(mut from: impl AsyncRead + Unpin) -> Result<Manifest, BackupError> {
    Ok(head(&mut from).await?.0)
}

impl<R: AsyncRead + Unpin> Reader<R> {
    /// Reads the beginning. `vault` is asked for the key if the backup is sealed.
    pub async fn begin(
        mut from: R,
        vault: impl FnOnce(&str) -> Result<Vault, BackupError>,
    ) -> Result<Self, BackupError> {
        let (manifest, line) = head(&mut from).await?;
        let way = match &manifest.sealed {
            Some(key) => Way::Sealed(vault(&key.key)?.open_stream(key, &line)?),
            None => Way::Clear,
        };
        let mut sum = Sha256::new();
        sum.update(&line);
        Ok(Self {
            from,
            manifest,
            way: Some(way),
            sum,
        })
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next part of the dump; `None` after the last, when it is known to be whole.
    ///
    /// # Errors
    /// [`BackupError::NotWhole`], [`BackupError::Damaged`].
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let Some(way) = self.way.take() else {
            return Ok(None);
        };
        let length = self.from.read_u32().await;
        let length = length.map_err(or_unread(BackupError::NotWhole))?;
        let is_last = length & LAST != 0;
        let length = (length & !LAST) as usize;
        if length > LONGEST_CHUNK {
            return Err(BackupError::Damaged);
        }
        let mut stored = vec![0; length];
        let read = self.from.read_exact(&mut stored).await;
        read.map_err(or_unread(BackupError::NotWhole))?;
        if is_last {
            self.is_at_its_end().await?;
        }
        match (way, is_last) {
            (Way::Sealed(mut opening), false) => {
                let chunk = opening.next(&stored)?;
                self.way = Some(Way::Sealed(opening));
                Ok(Some(chunk))
            }
            (Way::Sealed(opening), true) => Ok(Some(opening.last(&stored)?)),
            (Way::Clear, false) => {
                self.sum.update(&stored);
                self.way = Some(Way::Clear);
                Ok(Some(stored))
            }
            (Way::Clear, true) if self.sum.clone().finalize().as_slice() == stored => Ok(None),
            (Way::Clear, true) => Err(BackupError::Damaged),
        }
    }

    async fn is_at_its_end(&mut self) -> Result<(), BackupError> {
        match self.from.read_u8().await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(BackupError::Stream(error)),
            Ok(_) => Err(BackupError::NotWhole),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use super::*;
    use chrono::DateTime;
    use tokio::io::ReadBuf;

    fn manifest(vault: Option<&Vault>) -> Manifest {
        Manifest {
            program: "0".to_owned(),
            made_at: DateTime::UNIX_EPOCH,
            server: 150_018,
            private: true,
            database_bytes: 1,
            sealed: vault.map(|vault| vault.stream_key().unwrap()),
            settings: None,
            tables: Vec::new(),
        }
    }

    async fn written(dump: &[u8], vault: Option<&Vault>) -> Vec<u8> {
        let mut writer = Writer::begin(Vec::new(), &manifest(vault), vault)
            .await
            .unwrap();
        writer.take(&mut &*dump, None).await.unwrap();
        writer.end().await.unwrap()
    }

    async fn read(
        file: impl AsyncRead + Unpin,
        vault: Option<&Vault>,
    ) -> Result<Vec<u8>, BackupError> {
        let key = |_: &str| Ok(vault.unwrap().clone());
        let mut reader = Reader::begin(file, key).await?;
        let mut dump = Vec::new();
        while let Some(part) = reader.next().await? {
            dump.extend(part);
        }
        Ok(dump)
    }

    /// A disk that answers with errors.
    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::Error::from_raw_os_error(5)))
        }
    }

    #[tokio::test]
    async fn what_could_not_be_read_for_the_moment_is_not_said_to_be_no_backup() {
        for begun in [&MAGIC[..3], MAGIC, b"agendad backup 1\n{"] {
            let said = super::manifest(begun.chain(Broken)).await;
            assert!(matches!(said, Err(BackupError::Stream(_))), "{said:?}");
        }
    }

    #[tokio::test]
    async fn a_disk_that_fails_anywhere_says_nothing_of_the_backup() {
        let file = written(&vec![7; CHUNK + 100], None).await;
        for at in (0..file.len()).step_by(9973).chain([file.len()]) {
            let said = read(file[..at].chain(Broken), None).await;
            assert!(
                matches!(said, Err(BackupError::Stream(_))),
                "{at}: {said:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_longer_than_was_thought_ends_before_the_disk_is_full() {
        let room = Room::of_no_disk(&std::env::temp_dir());
        for (chunks, fits) in [(LOOK - 1, true), (LOOK, false)] {
            let dump = vec![7; usize::try_from(chunks).unwrap() * CHUNK];
            let mut writer = Writer::begin(tokio::io::sink(), &manifest(None), None)
                .await
                .unwrap();
            let taken = writer.take(&mut &*dump, Some(&room)).await;
            assert_eq!(taken.is_ok(), fits, "{chunks}: {taken:?}");
            let said = taken.err().map(|error| error.to_string());
            assert!(said.is_none_or(|said| said.contains("MB are needed")));
        }
    }

    #[tokio::test]
    async fn what_was_written_is_read_whatever_its_length() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
            let dump: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            for vault in [None, Some(&vault)] {
                let file = written(&dump, vault).await;
                assert_eq!(read(&*file, vault).await.unwrap(), dump, "{length}");
            }
        }
    }

    #[tokio::test]
    async fn whatever_is_changed_cut_off_or_added_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let dump = vec![7; CHUNK + 100];
        for vault in [None, Some(&vault)] {
            let file = written(&dump, vault).await;
            let has_secret = file.windows(8).any(|bytes| bytes == [7; 8]);
            assert_eq!(
                has_secret,
                vault.is_none(),
                "only a sealed one hides its content"
            );
            for at in (0..file.len()).step_by(997).chain([file.len() - 1, 40, 60]) {
                let mut changed = file.clone();
                changed[at] ^= 1;
                let noticed = read(&*changed, vault).await.is_err();
                assert!(noticed, "byte {at}");
                assert!(matches!(
                    read(&file[..at], vault).await,
                    Err(BackupError::NotWhole | BackupError::NotABackup)
                ));
            }
            let mut longer = file.clone();
            longer.push(0);
            assert!(matches!(
                read(&*longer, vault).await,
                Err(BackupError::NotWhole)
            ));
        }
    }
}
