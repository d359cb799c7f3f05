//! Writing a report so that it is there whole or not at all.
//!
//! All files are written to a temporary directory on the same file system first, where a full disk
//! shows. Then they are moved: the directory itself where its place is free, else file by file,
//! with the files of an older report set aside and put back if a move fails.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{ReportError, files};

/// Writes `files` into `dir` and returns their paths.
pub fn write_all(dir: &Path, files: &[files::File]) -> Result<Vec<PathBuf>, ReportError> {
    if dir.exists() && !dir.is_dir() {
        return Err(ReportError::NotADirectory(dir.to_owned()));
    }
    let staged = stage(dir, files)?;
    if dir.is_dir() {
        move_files(staged, dir, files)?
    } else {
        move_directory(staged, dir)?
    }
    Ok(files.iter().map(|(name, _)| dir.join(name.as_ref())).collect())
}

/// Writes the files to a temporary directory: inside `dir` where that exists, as it may be a mount
/// of its own, else beside its future place. It vanishes when dropped.
fn stage(dir: &Path, files: &[files::File]) -> Result<TempDir, ReportError> {
    let beside = if dir.is_dir() { dir } else { parent_of(dir) };
    fs::create_dir_all(beside).map_err(ReportError::io("create", beside))?;
    let staged = tempfile::Builder::new().prefix(".leasehold-report-").tempdir_in(beside);
    let staged = staged.map_err(ReportError::io("write into", beside))?;
    for (name, bytes) in files {
        let name = name.as_ref();
        make_room(staged.path(), name).map_err(ReportError::io("create", &dir.join(name)))?;
        // The error names the file where it was to be, not where it was being prepared.
        let written = write_file(&staged.path().join(name), bytes);
        written.map_err(ReportError::io("write", &dir.join(name)))?;
    }
    Ok(staged)
}

/// Creates the directory under `root` that the file `name` is in, where it is in one.
fn make_room(root: &Path, name: &str) -> io::Result<()> {
    match Path::new(name).parent() {
        Some(parent) => fs::create_dir_all(root.join(parent)),
        None => Ok(()),
    }
}

fn parent_of(dir: &Path) -> &Path {
    match dir.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => dir,
    }
}

/// Writes and syncs, so that a disk that is full says so now and not after the move.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    match file.sync_all() {
        // Some file systems cannot sync; what was written is then as safe as it gets.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

fn move_directory(staged: TempDir, dir: &Path) -> Result<(), ReportError> {
    open_to_readers(staged.path()).map_err(ReportError::io("create", dir))?;
    fs::rename(staged.path(), dir).map_err(ReportError::io("create", dir))?;
    // It is no longer there to be removed.
    let _ = staged.keep();
    Ok(())
}

/// A temporary directory is its owner's alone; a report is as readable as any other directory.
fn open_to_readers(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let like = tempfile::Builder::new().prefix(".mode-").tempdir_in(path)?;
        let plain = like.path().join("d");
        fs::create_dir(&plain)?;
        let mode = fs::metadata(&plain)?.permissions().mode();
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn move_files(staged: TempDir, dir: &Path, files: &[files::File]) -> Result<(), ReportError> {
    let aside = tempfile::Builder::new().prefix(".leasehold-before-").tempdir_in(dir);
    let aside = aside.map_err(ReportError::io("write into", dir))?;
    let mut done = Vec::new();
    for (name, _) in files {
        let name = name.as_ref();
        let (from, to, old) = (staged.path().join(name), dir.join(name), aside.path().join(name));
        let moved = make_room(dir, name)
            .and_then(|()| make_room(aside.path(), name))
            .and_then(|()| set_aside(&to, &old))
            .and_then(|()| fs::rename(&from, &to));
        if let Err(error) = moved {
            put_back(&done, name, dir, aside.path());
            return Err(ReportError::io("replace", &to)(error));
        }
        done.push(name);
    }
    Ok(())
}

/// Moves what an older report left at `to` out of the way, if anything.
fn set_aside(to: &Path, old: &Path) -> io::Result<()> {
    match fs::rename(to, old) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Takes back the moves in `done` and the half-made one of `name`. What cannot be put back cannot
/// be helped; the error that led here is the one to tell.
fn put_back(done: &[&str], name: &str, dir: &Path, aside: &Path) {
    for moved in done {
        let _ = fs::remove_file(dir.join(moved));
    }
    for known in done.iter().copied().chain([name]) {
        let _ = fs::rename(aside.join(known), dir.join(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn two(text: &str) -> Vec<files::File> {
        vec![("a.csv".into(), text.into()), ("b.csv".into(), text.into())]
    }

    #[test]
    fn a_free_place_and_an_older_report_and_a_stranger_s_file() {
        let temp = TempDir::new().unwrap();
        let dir = temp.path().join("deep/report");
        let paths = write_all(&dir, &two("first")).unwrap();
        assert_eq!(paths, [dir.join("a.csv"), dir.join("b.csv")]);
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        write_all(&dir, &two("second")).unwrap();
        assert_eq!(names(&dir), ["a.csv", "b.csv", "notes.txt"]);
        assert_eq!(fs::read_to_string(dir.join("b.csv")).unwrap(), "second");
        assert_eq!(names(dir.parent().unwrap()), ["report"]);
    }

    #[test]
    fn a_failed_move_puts_the_older_report_back() {
        let temp = TempDir::new().unwrap();
        let dir = temp.path().join("report");
        write_all(&dir, &two("first")).unwrap();
        // A name that cannot be moved to, after two that can.
        let mut files = two("second");
        files.push(("c.csv".into(), Vec::new()));
        let staged = stage(&dir, &two("second")).unwrap();
        let error = move_files(staged, &dir, &files).unwrap_err();
        assert!(error.to_string().starts_with("cannot replace `"), "{error}");
        assert_eq!(names(&dir), ["a.csv", "b.csv"]);
        assert_eq!(fs::read_to_string(dir.join("a.csv")).unwrap(), "first");
    }

    #[test]
    fn a_file_in_the_way() {
        let temp = TempDir::new().unwrap();
        let place = temp.path().join("report");
        fs::write(&place, "mine").unwrap();
        let error = write_all(&place, &two("x")).unwrap_err().to_string();
        insta::assert_snapshot!(
            error.replace(&*temp.path().to_string_lossy(), "/tmp"),
            @"`/tmp/report` is not a directory: a report is a directory of files; name another one with `--out DIR`, or move this file away"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_says_what_to_do() {
        let source = write_file(Path::new("/dev/full"), b"x").unwrap_err();
        let error = ReportError::io("write", Path::new("out/series.csv"))(source);
        insta::assert_snapshot!(
            error,
            @"cannot write `out/series.csv`: a report is written whole or not at all, so nothing of this one was kept; the disk is full: free some space there, or choose another place with `--out DIR`"
        );
    }
}
