use std::fs;

use super::*;
use crate::ledger::{Allowed, BackupError, CheckedBackup, EventKind, Present};

const REPLACE: Allowed = Allowed { replace: true, lose_events: false };
const LOSE: Allowed = Allowed { replace: true, lose_events: true };

fn check(file: &Path, target: &Path) -> Result<CheckedBackup, BackupError> {
    CheckedBackup::check(file, target, &mut |_, _| {})
}

/// Restores over a ledger, and says what was there.
fn restore(file: &Path, target: &Path, allowed: Allowed) -> Result<Present, BackupError> {
    let kept = target.with_extension("kept");
    let restored = check(file, target)?.restore(allowed, &kept)?;
    assert_eq!(restored.kept.is_some(), restored.before != Present::Missing);
    Ok(restored.before)
}

fn head(path: &Path) -> Head {
    verify(path).unwrap().head
}

/// Whether some bytes stand in a file.
fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes())
}

/// No part is left, and no log without its file.
fn tidy(folder: &TempDir) {
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains(".part"), "{name}");
    }
}

#[test]
fn a_backup_is_the_ledger_without_what_was_deleted_from_it() {
    let (folder, path) = place();
    let mut ledger = small(&path);
    let raw = adversary(&path);
    raw.pragma_update(None, "secure_delete", false).unwrap();
    raw.execute("DELETE FROM opening WHERE seq = 2", []).unwrap();
    raw.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())).unwrap();
    assert!(holds(&path, "record of s-2"), "it still stands in the file, in bytes that belong to nothing");
    let to = folder.path().join("backup.db");
    let made = ledger.backup(&to).unwrap();
    assert!(!holds(&to, "record of s-2") && holds(&to, "record of s-3"));
    assert_eq!((made.head, made.bytes), (ledger.head().unwrap(), fs::metadata(&to).unwrap().len()));
    assert_eq!(made.digest, Digest::of(&fs::read(&to).unwrap()));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&to).unwrap().permissions()) & 0o777, 0o600);
    tidy(&folder);

    ledger.append(&group(20, 21)).unwrap();
    let before = fs::read(&to).unwrap();
    assert!(matches!(ledger.backup(&to), Err(BackupError::Exists { .. })));
    assert_eq!(fs::read(&to).unwrap(), before);
    let nowhere = folder.path().join("nowhere/backup.db");
    assert!(matches!(ledger.backup(&nowhere), Err(BackupError::File { .. })));
}

#[test]
fn a_backup_holds_what_is_only_in_the_log_and_from_a_read_only_handle() {
    let (folder, path) = place();
    let ledger = small(&path);
    let to = folder.path().join("backup.db");
    Ledger::open_read_only(&path).unwrap().backup(&to).unwrap();
    assert_eq!(head(&to), ledger.head().unwrap());
    assert_eq!(verify(&to), verify(&path));
    let target = folder.path().join("other.db");
    assert_eq!(restore(&to, &target, Allowed { replace: false, lose_events: false }).unwrap(), Present::Missing);
    let mut restored = Ledger::open(&target).unwrap();
    restored.append(&group(20, 30)).unwrap();
    assert_eq!(head(&target).size, 19);
    tidy(&folder);
}

#[test]
fn how_a_backup_stands_to_what_is_there() {
    let (folder, path) = place();
    let to = folder.path().join("backup.db");
    drop(small(&path));
    Ledger::open(&path).unwrap().backup(&to).unwrap();
    let present = |path: &Path| check(&to, path).unwrap().present().unwrap();
    let backed = head(&path);
    assert_eq!(present(&path), Present::Covered { head: backed });
    assert!(matches!(
        restore(&to, &path, Allowed { replace: false, lose_events: false }),
        Err(BackupError::Present { .. })
    ));

    let mut erased = published("{\"cause\":\"request\",\"reason\":\"1\",\"events\":[]}");
    erased.kind = EventKind::Erased;
    Ledger::open(&path).unwrap().append(&[group(20, 21).remove(0), erased.prepare().unwrap()]).unwrap();
    let longer = Present::Longer { head: head(&path), lost: 2, erasures: 1 };
    assert_eq!(present(&path), longer);
    let before = fs::read(&path).unwrap();
    let error = restore(&to, &path, REPLACE).unwrap_err();
    assert!(matches!(error, BackupError::Loses { lost: 2, erasures: 1, .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);

    let forked = folder.path().join("forked.db");
    Ledger::open(&to).unwrap();
    fs::copy(&to, &forked).unwrap();
    Ledger::open(&forked).unwrap().append(&group(50, 51)).unwrap();
    let error = check(&forked, &path).unwrap().restore(REPLACE, &path.with_extension("kept")).map(drop).unwrap_err();
    assert!(matches!(error, BackupError::Forked { .. }) && error.breaks(), "{error}");

    let other = folder.path().join("other.db");
    drop(small(&other));
    assert_eq!(present(&other), Present::Other { head: head(&other) });
    assert!(matches!(restore(&to, &other, REPLACE), Err(BackupError::Other { size: 9, .. })));

    assert_eq!(restore(&to, &path, LOSE).unwrap(), longer);
    assert_eq!((head(&path), head(&path.with_extension("kept")).size), (backed, 11));
    assert_eq!(present(&path), Present::Covered { head: backed });
    tidy(&folder);
}

#[test]
fn a_backup_that_does_not_hold_touches_nothing() {
    let (folder, path) = place();
    let to = folder.path().join("backup.db");
    small(&path).backup(&to).unwrap();
    let before = fs::read(&path).unwrap();
    let tries = |error: BackupError| {
        assert_eq!(fs::read(&path).unwrap(), before, "{error}");
        error
    };
    let text = folder.path().join("text");
    fs::write(
        &text,
        "no ledger at all, but a text that is long enough to be looked at, with more than a hundred bytes in it",
    )
    .unwrap();
    let error = tries(restore(&text, &path, LOSE).unwrap_err());
    assert!(matches!(&error, BackupError::Ledger(LedgerError::NotALedger { path }) if *path == text), "{error}");
    assert!(matches!(tries(restore(&path, &path, LOSE).unwrap_err()), BackupError::Unfinished { itself: true, .. }));
    fs::write(folder.path().join("backup.db-wal"), "log").unwrap();
    assert!(matches!(tries(restore(&to, &path, LOSE).unwrap_err()), BackupError::Unfinished { itself: false, .. }));
    fs::remove_file(folder.path().join("backup.db-wal")).unwrap();
    assert!(matches!(tries(restore(folder.path(), &path, LOSE).unwrap_err()), BackupError::File { .. }));
    for change in ["UPDATE event SET entry = entry || ' ' WHERE seq = 3", "DELETE FROM opening WHERE seq = 3"] {
        let changed = folder.path().join("changed.db");
        fs::copy(&to, &changed).unwrap();
        adversary(&changed).execute(change, []).unwrap();
        let error = tries(restore(&changed, &path, LOSE).unwrap_err());
        assert!(matches!(&error, BackupError::Broken { path, .. } if *path == changed) && error.breaks(), "{error}");
        assert!(error.to_string().contains("event 3"), "{error}");
    }
    assert!(!path.with_extension("kept").exists());
    tidy(&folder);
}

#[test]
fn a_ledger_that_somebody_has_open_is_not_replaced() {
    let (folder, path) = place();
    let to = folder.path().join("backup.db");
    let open = small(&path);
    open.backup(&to).unwrap();
    let error = restore(&to, &path, REPLACE).unwrap_err();
    assert!(matches!(error, BackupError::Ledger(LedgerError::Busy { .. })), "{error}");
    assert!(!path.with_extension("kept").exists());
    drop(open);
    restore(&to, &path, REPLACE).unwrap();
    tidy(&folder);
}

#[test]
fn what_is_damaged_is_replaced_and_kept_with_its_log() {
    let (folder, path) = place();
    let to = folder.path().join("backup.db");
    small(&path).backup(&to).unwrap();
    let whole = fs::read(&path).unwrap();
    let kept = path.with_extension("kept");
    let mut header = whole.clone();
    header[..16].fill(b'x');
    let mut page = whole.clone();
    page[100..16_384].fill(0xff);
    for damaged in [header, page, b"short".to_vec(), Vec::new(), whole[..40_000].to_vec()] {
        fs::remove_file(&kept).ok();
        fs::remove_file(kept.with_extension("kept-wal")).ok();
        fs::write(&path, &damaged).unwrap();
        let before = restore(&to, &path, REPLACE).unwrap();
        assert!(matches!(before, Present::Damaged { .. }), "{before:?}");
        assert_eq!((head(&path).size, kept.exists()), (9, true));
        Ledger::open(&path).unwrap().append(&group(20, 21)).unwrap();
    }
    // A log of commits of what was there must not be played into what comes.
    fs::remove_file(&kept).ok();
    fs::remove_file(kept.with_extension("kept-wal")).ok();
    let wal = format!("{}-wal", path.display());
    fs::write(&path, "nothing that is a database, with a log of commits beside it").unwrap();
    fs::write(&wal, "log").unwrap();
    restore(&to, &path, REPLACE).unwrap();
    assert_eq!(fs::read_to_string(format!("{}-wal", kept.display())).unwrap(), "log");
    assert_eq!(head(&path).size, 9);
    // Nor into what comes where nothing was.
    fs::remove_file(&path).unwrap();
    fs::write(&wal, "another").unwrap();
    let kept = folder.path().join("second");
    check(&to, &path).unwrap().restore(REPLACE, &kept).unwrap();
    assert_eq!(fs::read_to_string(format!("{}-wal", kept.display())).unwrap(), "another");
    assert_eq!(head(&path).size, 9);
    tidy(&folder);
}

#[test]
fn what_an_interrupted_one_left_is_removed() {
    let (folder, path) = place();
    let ledger = small(&path);
    for name in [".ledger-x.part", ".ledger-x.part-journal", ".ledger-gone.part-shm"] {
        fs::write(folder.path().join(name), "values").unwrap();
    }
    ledger.backup(&folder.path().join("backup.db")).unwrap();
    tidy(&folder);
}
