//! Requests one by one, and by window.

use super::*;

const AZURE: &[u8] = b"TIMESTAMP,ContextTokens,GeneratedTokens\n\
    2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:25:45.9,396,109\n\
    2023-11-16 18:25:46.0,10,20\n2023-11-16 19:14:08.4,197,183  \n";
const SOURCE: &str = "[[requests]]\nkind = 'azure'\ntenant = 'anthropic'\npath = 'r.csv'\n";

#[test]
fn requests_are_counted_by_window_and_none_is_lost() {
    let loaded = case(1, &[("r.csv", AZURE)]).requests(SOURCE).unwrap();
    let windows = &loaded.tenants[0].windows;
    assert_eq!(windows.len(), 144);
    assert_eq!(totals(windows), (4, 374 + 396 + 10 + 197, 44 + 109 + 20 + 183));
    // The first request is at the start; the third lies 600 s after it, in the next window.
    let requests: Vec<u64> = windows.iter().map(|w| w.requests).take(6).collect();
    assert_eq!(requests, [2, 1, 0, 0, 0, 1]);
    insta::assert_json_snapshot!(loaded.reports[0].steps, @r#"
    [
      {
        "what": "requests of the trace",
        "count": 4
      },
      {
        "what": "input tokens of the trace",
        "count": 977
      },
      {
        "what": "output tokens of the trace",
        "count": 356
      },
      {
        "what": "requests placed in the span, repeats counted",
        "count": 4
      },
      {
        "what": "requests after scale and growth",
        "count": 4
      }
    ]
    "#);
}

#[test]
fn an_hour_is_no_day_without_a_profile() {
    let case = case(1, &[("r.csv", AZURE)]);
    insta::assert_snapshot!(case.requests_error(&format!("{SOURCE}tile = true\n")), @r#"requests[0] azure r.csv: `tile` = true: a trace of less than a day says nothing about the other hours: set `profile = "flat"` or `profile = "daily"`"#);
    let flat = format!("{SOURCE}tile = true\nprofile = 'flat'\n");
    let flat = case.requests(&flat).unwrap();
    // 3,503 s from the first to the last request, 24.66 times in a day.
    let (requests, ..) = totals(&flat.tenants[0].windows);
    assert!((98..=99).contains(&requests), "{requests}");
    let daily = format!("{SOURCE}tile = true\nprofile = 'daily'\nscale = '1000'\n");
    let daily = case.requests(&daily).unwrap();
    let (requests, ..) = totals(&daily.tenants[0].windows);
    assert!((97_000..=100_000).contains(&requests), "{requests}");
}

#[test]
fn mooncake_lines() {
    let text = b"{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1]}\r\n\
        {\"timestamp\": 600000, \"input_length\": 1, \"output_length\": 2}\n";
    let source = SOURCE.replace("azure", "mooncake");
    let loaded = case(1, &[("r.csv", text)]).requests(&source).unwrap();
    assert_eq!(totals(&loaded.tenants[0].windows), (2, 6759, 502));
    let errors: Vec<String> = [
        "{\"timestamp\": 0, \"input_length\": -1, \"output_length\": 2}",
        "{\"timestamp\": 0, \"input_length\": 1}",
        "{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 2, \"hash_ids\": [\"a\"]}",
        "{\"timestamp\": 1e400, \"input_length\": 1, \"output_length\": 2}",
        "[1, 2",
    ]
    .iter()
    .map(|line| case(1, &[("r.csv", line.as_bytes())]).requests_error(&source))
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    `r.csv` line 1, column 35: the line is `{"timestamp": 0, "input_length": -1, "output_length": 2}`, but it must be a JSON object with whole numbers `timestamp` (milliseconds, up to 317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
    `r.csv` line 1, column 35: the line is `{"timestamp": 0, "input_length": 1}`, but it must be a JSON object with whole numbers `timestamp` (milliseconds, up to 317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
    `r.csv` line 1, column 72: the line is `{"timestamp": 0, "input_length": 1, "output_length": 2, "hash_ids": ["a"]}`, but it must be a JSON object with whole numbers `timestamp` (milliseconds, up to 317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
    `r.csv` line 1, column 19: the line is `{"timestamp": 1e400, "input_length": 1, "output_length": 2}`, but it must be a JSON object with whole numbers `timestamp` (milliseconds, up to 317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
    `r.csv` line 1, column 5: the line is `[1, 2`, but it must be a JSON object with whole numbers `timestamp` (milliseconds, up to 317 years), `input_length` and `output_length` (tokens, up to 1,000,000,000); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
    "#);
}

#[test]
fn our_own_windows_are_split_evenly_and_kept() {
    let text = b"start,requests,input_tokens,output_tokens\n\
        2026-03-02T00:00:00Z,7,70,3\n2026-03-02T00:30:00Z,5,1,1\n";
    let source = SOURCE.replace("azure", "csv") + "row_seconds = 1800\n";
    let loaded = case(1, &[("r.csv", text)]).requests(&source).unwrap();
    let windows = &loaded.tenants[0].windows;
    let requests: Vec<u64> = windows.iter().map(|w| w.requests).take(7).collect();
    assert_eq!(requests, [2, 2, 3, 1, 2, 2, 0]);
    assert_eq!(totals(windows), (12, 71, 4));
}

#[test]
fn sources_of_one_tenant_add_up_and_growth_compounds() {
    let case = case(60, &[("r.csv", AZURE)]);
    let one = format!("{SOURCE}tile = true\nprofile = 'flat'\nscale = '300'\n");
    let grown = format!("{one}growth_per_month = '0.5'\n");
    let sum = |loaded: &LoadedRequests, from: usize, to: usize| {
        totals(&loaded.tenants[0].windows[from..to]).0
    };
    let (plain, grown_only) = (case.requests(&one).unwrap(), case.requests(&grown).unwrap());
    let april = 31 * 144;
    assert_eq!(sum(&plain, 0, april), sum(&grown_only, 0, april));
    let (before, after) = (sum(&plain, april, 8_640), sum(&grown_only, april, 8_640));
    assert!((after * 2).abs_diff(before * 3) <= 4, "{before} {after}");
    let both = case.requests(&format!("{one}{grown}")).unwrap();
    assert_eq!(both.tenants.len(), 1);
    assert_eq!(sum(&both, 0, 8_640), sum(&plain, 0, 8_640) + sum(&grown_only, 0, 8_640));
}
