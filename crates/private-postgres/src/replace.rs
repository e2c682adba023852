//! Puts one cluster into the place of another; at whatever step the process dies, one of the two starts.
//!
//! The new one gets the name `data.next` when it is whole, the old one makes way, the new one becomes `data`. Where
//! `data` is missing and `data.next` is there, a process died between the last two steps, and the last one is still to be done.
//! Where both are there, it died before; a new one can be made again, but one that was kept and is taken back can not: it goes
//! back to its name, which is part of what it is called meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::error::{PrivatePostgresError, file};
use super::layout::Layout;

/// Puts the whole and stopped cluster in `made` into place. The old one, if there is one, is kept under `label`.
pub(super) fn replace(
    layout: &Layout,
    made: &Path,
    label: &str,
) -> Result<(), PrivatePostgresError> {
    let (data, next) = (layout.data(), layout.next_data(made));
    sync_tree(made)?;
    rename(made, &next)?;
    sync(layout.root())?;
    if data.exists() {
        rename(&data, &layout.kept(label))?;
        sync(layout.root())?;
    }
    rename(&next, &data)?;
    sync(layout.root())
}

/// Finishes a replacement that was interrupted. Call it under the start lock.
pub(super) fn finish(layout: &Layout) -> Result<(), PrivatePostgresError> {
    let data = layout.data();
    for (next, kept) in layout.all_next()? {
        if !data.exists() {
            tracing::warn!(
                "a replacement of the private database was interrupted; the new one takes its place"
            );
            rename(&next, &data)?;
            sync(layout.root())?;
            continue;
        }
        tracing::warn!(
            "a replacement of the private database was interrupted; the present one stays"
        );
        match kept {
            Some(kept) => {
                rename(&next, &kept)?;
                sync(layout.root())?;
            }
            None => fs::remove_dir_all(&next).map_err(file("remove", next))?,
        }
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), PrivatePostgresError> {
    fs::rename(from, to).map_err(file("move into place", to))
}

fn sync(dir: &Path) -> Result<(), PrivatePostgresError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(file("write", dir))
}

/// The server has written its files safely when it stopped, but for those that a program copied.
fn sync_tree(dir: &Path) -> Result<(), PrivatePostgresError> {
    let walk = || -> io::Result<()> {
        let mut open = vec![dir.to_owned()];
        while let Some(dir) = open.pop() {
            for entry in fs::read_dir(&dir)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file() {
                    File::open(entry.path())?.sync_all()?;
                }
            }
            File::open(&dir)?.sync_all()?;
        }
        Ok(())
    };
    walk().map_err(file("write", dir))
}

/// Bytes of a directory's files.
pub(super) fn size(dir: &Path) -> io::Result<u64> {
    let (mut open, mut sum) = (vec![dir.to_owned()], 0);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            let found = entry.metadata()?;
            if found.is_dir() {
                open.push(entry.path());
            } else {
                sum += found.len();
            }
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(dir: &Path, word: &str) {
        fs::create_dir_all(dir).unwrap();
        fs::write(dir.join("PG_VERSION"), word).unwrap();
    }

    fn word(layout: &Layout) -> String {
        fs::read_to_string(layout.data().join("PG_VERSION")).unwrap()
    }

    #[test]
    fn the_old_one_is_kept_and_the_new_one_is_in_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::create(&dir.path().join("pg")).unwrap();
        cluster(&layout.data(), "old");
        let made = layout.root().join("made");
        cluster(&made, "new");
        replace(&layout, &made, "x").unwrap();
        assert_eq!(word(&layout), "new");
        assert_eq!(
            fs::read_to_string(layout.kept("x").join("PG_VERSION")).unwrap(),
            "old"
        );
    }

    #[test]
    fn whoever_dies_between_two_steps_leaves_one_whole_cluster() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::create(&dir.path().join("pg")).unwrap();
        // Before the old one made way.
        let next = layout.next_data(&layout.root().join("next/data"));
        cluster(&layout.data(), "old");
        cluster(&next, "new");
        finish(&layout).unwrap();
        assert_eq!(word(&layout), "old");
        // After it.
        cluster(&next, "new");
        fs::rename(layout.data(), layout.kept("x")).unwrap();
        assert!(Layout::has_cluster(layout.root()).unwrap());
        finish(&layout).unwrap();
        assert_eq!(word(&layout), "new");
        finish(&layout).unwrap();
        assert_eq!(word(&layout), "new");
    }

    #[test]
    fn a_kept_one_that_was_to_be_taken_back_is_never_lost() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::create(&dir.path().join("pg")).unwrap();
        let kept = layout.kept("15-20261130-120000");
        cluster(&layout.data(), "17");
        cluster(&kept, "15");
        // Died before the present one made way.
        fs::rename(&kept, layout.next_data(&kept)).unwrap();
        finish(&layout).unwrap();
        assert_eq!(word(&layout), "17");
        assert_eq!(fs::read_to_string(kept.join("PG_VERSION")).unwrap(), "15");
        // Died after it.
        fs::rename(&kept, layout.next_data(&kept)).unwrap();
        let present = layout.kept("17-20261130-130000");
        fs::rename(layout.data(), &present).unwrap();
        assert!(Layout::has_cluster(layout.root()).unwrap());
        finish(&layout).unwrap();
        assert_eq!(word(&layout), "15");
        // And back.
        replace(&layout, &present, "15-again").unwrap();
        assert_eq!(word(&layout), "17");
        let kept = layout.kept("15-again").join("PG_VERSION");
        assert_eq!(fs::read_to_string(kept).unwrap(), "15");
    }
}
