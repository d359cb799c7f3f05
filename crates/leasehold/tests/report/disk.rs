//! A disk that fills while a report is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use leasehold::report;

use super::fixture;

/// Holds the page but not the series.
const DISK: &str = "size=900k";

/// Runs `test` of this binary alone, on a small disk of its own at `dir`. Mounting needs a
/// namespace of one's own, which not every machine gives.
fn on_a_small_disk(test: &str, dir: &Path) -> Option<std::process::Output> {
    let script = format!(
        "mount -t tmpfs -o {DISK} none '{}' || exit 77; exec \"$0\" --exact {test} --ignored --nocapture",
        dir.display()
    );
    let this = std::env::current_exe().unwrap();
    let run = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", &script])
        .arg(this)
        .env("REPORT_TEST_DISK", dir)
        .output();
    run.ok().filter(|run| run.status.code() != Some(77) && !run.stdout.is_empty())
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    match on_a_small_disk("report::disk::inside_a_small_disk", dir.path()) {
        Some(run) => {
            let said = String::from_utf8_lossy(&run.stdout).into_owned();
            assert!(run.status.success() && said.contains("1 passed"), "{said}");
        }
        // `report::write` tests the same against /dev/full, which every Linux has.
        None => println!("no small disk can be mounted here"),
    }
}

#[test]
#[ignore = "run by `a_full_disk_leaves_nothing_behind` on a disk of its own"]
#[allow(clippy::disallowed_methods, reason = "the test that runs this one says where its disk is")]
fn inside_a_small_disk() {
    let Ok(disk) = std::env::var("REPORT_TEST_DISK") else { return };
    let place = Path::new(&disk).join("report");
    let error = report::write(&place, &fixture::figures(), Vec::new()).unwrap_err().to_string();
    assert!(error.contains("the disk is full: free some space there"), "{error}");
    assert!(error.starts_with(&format!("cannot write `{}/", place.display())), "{error}");
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 0, "something is left on the disk");

    // An older report stays as it was.
    report::write(&place, &fixture::empty(), Vec::new()).unwrap();
    let before = fs::read(place.join("index.html")).unwrap();
    report::write(&place, &fixture::figures(), Vec::new()).unwrap_err();
    assert_eq!(fs::read(place.join("index.html")).unwrap(), before);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 13);
}

#[test]
fn a_place_that_may_not_be_written() {
    let dir = tempfile::tempdir().unwrap();
    let locked = dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(locked.join("probe"), "").is_ok() {
        // The superuser may write anywhere but into what the kernel keeps to itself.
        let error =
            report::write(Path::new("/proc/report"), &fixture::empty(), Vec::new()).unwrap_err();
        assert!(error.to_string().starts_with("cannot write into `/proc`: "), "{error}");
        return;
    }
    let error = report::write(&locked.join("report"), &fixture::empty(), Vec::new())
        .unwrap_err()
        .to_string();
    assert!(error.contains("choose a place that you may write to with `--out DIR`"), "{error}");
}

#[test]
fn a_report_is_as_readable_as_other_directories() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("other")).unwrap();
    report::write(&dir.path().join("report"), &fixture::empty(), Vec::new()).unwrap();
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("report"), mode("other"));
}
