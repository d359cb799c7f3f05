//! The page in a real browser: nothing wider than the screen, no word of a chart cut off.
//!
//! Needs Chromium: `CHROMIUM` names it, else `/usr/bin/chromium` is taken.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::markup::escaped;
use super::{all, page};

/// Widths in pixels: the narrowest phone, a common one, a tablet, a desk.
const WIDTHS: [u32; 4] = [320, 390, 768, 1_280];

/// Reports what sticks out of the page in frames of several widths. The frames hold the page as
/// text, so that they count as of one origin with the script that measures them.
const MEASURE: &str = r#"
const found = [];
addEventListener('load', () => {
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, width = frame.contentWindow.innerWidth;
    if (width !== Number(frame.width)) found.push(`the frame is ${width} and not ${frame.width}`);
    if (!page.querySelector('h1')) found.push(`${width}: no page`);
    if (page.documentElement.scrollWidth > width)
      found.push(`${width}: the page is ${page.documentElement.scrollWidth} wide`);
    for (const details of page.querySelectorAll('details')) details.open = true;
    if (page.documentElement.scrollWidth > width)
      found.push(`${width}: opened, the page is ${page.documentElement.scrollWidth} wide`);
    for (const text of page.querySelectorAll('svg text')) {
      const box = text.getBBox(), view = text.ownerSVGElement.viewBox.baseVal;
      const out = box.x < -1 || box.y < -1 || box.x + box.width > view.width + 1 ||
                  box.y + box.height > view.height + 1;
      if (out) found.push(`${width}: cut off in a chart: ${text.textContent}`);
    }
    for (const chart of page.querySelectorAll('svg[role=img]')) {
      const texts = [...chart.querySelectorAll('text')].map(text => [text.getBBox(), text]);
      for (const [i, [a, one]] of texts.entries())
        for (const [b, other] of texts.slice(i + 1))
          if (a.x < b.x + b.width && b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)
            found.push(`${width}: on each other: ${one.textContent}, ${other.textContent}`);
    }
  }
  document.title = 'measured';
  document.getElementById('found').textContent = found.length ? found.join('\n') : 'all fits';
});
"#;

#[allow(clippy::disallowed_methods, reason = "a test may be told where the browser is")]
fn chromium() -> PathBuf {
    let path =
        std::env::var_os("CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from);
    assert!(path.is_file(), "no Chromium at `{}`: install it, or set CHROMIUM", path.display());
    path
}

/// Opens `page` in frames of all widths and returns what the measuring found.
fn measured(name: &str, report: &str) -> String {
    let frame = |width: &u32| {
        format!("<iframe width=\"{width}\" height=\"900\" srcdoc=\"{}\"></iframe>", escaped(report))
    };
    let frames: String = WIDTHS.iter().map(frame).collect();
    let page = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><script>{MEASURE}</script>{frames}<pre id=\"found\"></pre>"
    );
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(format!("{name}.html"));
    fs::write(&file, page).unwrap();
    let profile = format!("--user-data-dir={}", dir.path().join("profile").display());
    let run = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([&profile, "--timeout=60000", "--dump-dom"])
        .arg(&file)
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&run.stdout);
    let (_, found) = dom.rsplit_once("<pre id=\"found\">").expect("the measuring page");
    found.split_once("</pre>").unwrap().0.to_owned()
}

#[test]
fn the_page_fits_every_screen() {
    for (name, figures) in all() {
        let path = page::write(name, &figures);
        let found = measured(name, &fs::read_to_string(path).unwrap());
        assert_eq!(found, "all fits", "{name}");
    }
}
