//! Which backups there are and which go, whose the directory is, and that no link leads out of it.

use super::*;

#[test]
fn the_newest_stay_and_what_was_not_finished_or_is_bad_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    let backup_dir = BackupDir::new(dir.path().join("backups"));
    assert!(backup_dir.list().unwrap().is_empty());
    backup_dir.prepare().unwrap();
    let first = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let paths: Vec<PathBuf> = (0..5)
        .map(|day| backup_dir.path(first + TimeDelta::days(day)))
        .collect();
    for path in &paths {
        fs::write(path, "x").unwrap();
    }
    backup_dir.note_verified(&paths[0], first).unwrap();
    backup_dir.put_aside(&paths[4]).unwrap();
    fs::write(beside(&paths[4], PARTIAL), "half").unwrap();
    fs::write(backup_dir.dir().join("letter.txt"), "somebody's").unwrap();
    let newest = &backup_dir.list().unwrap()[0];
    assert_eq!(
        (&newest.path, newest.made_at),
        (&paths[3], first + TimeDelta::days(3))
    );
    assert_eq!(backup_dir.prune(2, first + TimeDelta::days(4)).unwrap(), 2);
    let left: Vec<PathBuf> = backup_dir
        .list()
        .unwrap()
        .into_iter()
        .map(|kept| kept.path)
        .collect();
    assert_eq!(left, [paths[3].clone(), paths[2].clone()]);
    let names: Vec<_> = fs::read_dir(backup_dir.dir())
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(
        names.len(),
        5,
        "{names:?}: two backups, one bad, the letter, the beginning"
    );
}

#[test]
fn a_directory_that_is_missing_can_be_made_but_not_below_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let below = |name: &str| BackupDir::new(dir.path().join(name));
    assert!(below("not/yet").can_be_written());
    assert!(!below("not/yet").dir().exists());
    fs::write(dir.path().join("letter"), "x").unwrap();
    assert!(!below("letter").can_be_written());
    assert!(!below("letter/backups").can_be_written());
}

#[test]
fn only_what_root_has_just_made_is_handed_over_and_it_is_seen_whose_a_directory_is() {
    const DAEMON: u32 = 61_200;
    if !Uid::effective().is_root() {
        return; // who is not root gives nothing away
    }
    let dir = tempfile::tempdir().unwrap();
    let owner = |path: &Path| path.metadata().unwrap().uid();
    let own = |path: &Path| std::os::unix::fs::chown(path, Some(DAEMON), None).unwrap();
    let state = dir.path().join("state");
    fs::create_dir(&state).unwrap();
    own(&state);
    let ours = BackupDir::new(state.join("backups"));
    ours.prepare().unwrap();
    assert_eq!(owner(ours.dir()), DAEMON);

    let given = BackupDir::given(dir.path().join("disk"));
    fs::create_dir(given.dir()).unwrap();
    assert!(given.is_closed_to_owner_of(&state), "it is root's");
    own(given.dir());
    assert!(!given.is_closed_to_owner_of(&state));
    given.prepare().unwrap();
    assert_eq!(owner(given.dir()), DAEMON, "and not of the one above");
    drop(given.lock().unwrap());
    for entry in fs::read_dir(given.dir()).unwrap() {
        assert_eq!(owner(&entry.unwrap().path()), DAEMON);
    }
    assert!(!given.is_closed_to_owner_of(&state));
}

#[test]
fn nothing_is_written_or_handed_over_where_a_link_leads() {
    let dir = tempfile::tempdir().unwrap();
    let precious = dir.path().join("precious");
    fs::write(&precious, "x").unwrap();
    let backup_dir = BackupDir::new(dir.path().join("backups"));
    fs::create_dir(backup_dir.dir()).unwrap();
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, backup_dir.dir().join(name)).unwrap();
    };
    let nothing = dir.path().join("nothing");
    link(&nothing, SINCE);
    link(&precious, LOCK);
    backup_dir.prepare().unwrap();
    assert!(!nothing.exists());
    assert!(backup_dir.lock().is_err());

    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let backup = backup_dir.path(now);
    fs::write(&backup, "x").unwrap();
    std::os::unix::fs::symlink(&precious, beside(&backup, VERIFIED)).unwrap();
    backup_dir.note_verified(&backup, now).unwrap();
    assert_eq!(backup_dir.last_verified(now).unwrap(), Some(now));
    assert_eq!(fs::read_to_string(&precious).unwrap(), "x");
}

#[test]
fn a_directory_of_somebody_else_is_never_made() {
    let dir = tempfile::tempdir().unwrap();
    let backup_dir = BackupDir::given(dir.path().join("disk/backups"));
    assert!(backup_dir.is_missing() && !backup_dir.can_be_written());
    for refused in [backup_dir.prepare().err(), backup_dir.list().err()] {
        let text = refused.unwrap().to_string();
        assert!(
            text.contains("is its disk mounted?") && text.contains("mkdir"),
            "{text}"
        );
    }
    assert!(!dir.path().join("disk").exists());

    fs::create_dir_all(backup_dir.dir()).unwrap();
    assert!(!backup_dir.is_missing() && backup_dir.can_be_written());
    backup_dir.prepare().unwrap();
    assert!(backup_dir.list().unwrap().is_empty() && backup_dir.since().is_some());
}

#[test]
fn a_backup_from_the_future_hides_no_newer_one_and_is_the_first_to_go() {
    let dir = tempfile::tempdir().unwrap();
    let backup_dir = BackupDir::new(dir.path());
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let make = |days| {
        let path = backup_dir.path(now + TimeDelta::days(days));
        fs::write(&path, "x").unwrap();
        path
    };
    let (ahead, today, yesterday) = (make(400), make(0), make(-1));
    backup_dir
        .note_verified(&ahead, now + TimeDelta::days(400))
        .unwrap();
    assert_eq!(backup_dir.newest(now).unwrap().unwrap().path, today);
    assert_eq!(backup_dir.last_verified(now).unwrap(), None);
    assert_eq!(backup_dir.prune(2, now).unwrap(), 1);
    assert!(!ahead.exists() && today.exists() && yesterday.exists());
}
