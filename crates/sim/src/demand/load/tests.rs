//! Sources written as a scenario writes them, over files of a few lines.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use leasehold_types::{Instant, Period, Seconds, Seed};
use serde::Deserialize;

use super::*;
use crate::demand::Window;

const START: &str = "2026-03-02T00:00:00Z";

#[derive(Deserialize)]
struct Scenario {
    #[serde(default)]
    jobs: Vec<JobSource>,
    #[serde(default)]
    requests: Vec<RequestSource>,
}

/// A directory of files and a span of whole days from a Monday.
struct Case {
    dir: tempfile::TempDir,
    days: i64,
}

fn case(days: i64, files: &[(&str, &[u8])]) -> Case {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    Case { dir, days }
}

impl Case {
    fn span(&self) -> Period {
        let start: Instant = START.parse().unwrap();
        Period::new(start, start.saturating_add(Seconds::from_days(self.days)))
    }

    fn jobs(&self, toml: &str) -> Result<LoadedJobs, String> {
        let scenario: Scenario = toml::from_str(toml).map_err(|error| error.to_string())?;
        load_jobs(&scenario.jobs, self.dir.path(), self.span(), Seed(7), &mut |_| {})
            .map_err(|error| self.plain(&error))
    }

    fn jobs_error(&self, toml: &str) -> String {
        self.jobs(toml).map(|_| ()).unwrap_err()
    }

    fn requests_error(&self, toml: &str) -> String {
        self.requests(toml).map(|_| ()).unwrap_err()
    }

    fn requests(&self, toml: &str) -> Result<LoadedRequests, String> {
        let scenario: Scenario = toml::from_str(toml).map_err(|error| error.to_string())?;
        let window = Seconds(600);
        load_requests(
            &scenario.requests,
            self.dir.path(),
            self.span(),
            window,
            Seed(7),
            &mut |_| {},
        )
        .map_err(|error| self.plain(&error))
    }

    /// The error without the name of the temporary directory.
    fn plain(&self, error: &DemandError) -> String {
        error.to_string().replace(&format!("{}/", self.dir.path().display()), "")
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Jobs as `seconds from the span's start, duration, units`.
fn brief(loaded: &LoadedJobs) -> Vec<(i64, i64, u64)> {
    let start: Instant = START.parse().unwrap();
    let job = |job: &Job| (job.submitted.since(start).0, job.duration.0, job.units.0);
    loaded.jobs.iter().map(job).collect()
}

fn totals(windows: &[Window]) -> (u64, u64, u64) {
    windows.iter().fold((0, 0, 0), |(requests, input, output), window| {
        (requests + window.requests, input + window.input_tokens.0, output + window.output_tokens.0)
    })
}

mod job_lists {
    use super::*;

    const ITP: &[u8] = b"job_id,submission_time,duration,num_gpu\n\
        a,86400,3600,4\nb,90000,7200,8\nc,90000,60,1\nd,172800,10,2\n";
    const SOURCE: &str = "[[jobs]]\nkind = 'elasticflow'\npool = 'lab/h100'\npath = 'jobs.csv'\n";

    #[test]
    fn rows_become_jobs_in_order() {
        let loaded = case(60, &[("jobs.csv", ITP)]).jobs(SOURCE).unwrap();
        // Day 1 of the trace, its first with a job, is the span's first day.
        assert_eq!(brief(&loaded), [(0, 3600, 4), (3600, 7200, 8), (3600, 60, 1), (86400, 10, 2)]);
        assert_eq!(loaded.pools, [PoolId::new("lab/h100").unwrap()]);
        assert!(loaded.jobs.iter().enumerate().all(|(i, job)| job.id == JobId(i as u64)));
        let report = &loaded.reports[0];
        assert_eq!((report.rows, report.kept), (4, 4));
        insta::assert_json_snapshot!(report, @r#"
        {
          "label": "jobs[0] elasticflow jobs.csv",
          "rows": 4,
          "kept": 4,
          "skipped": {},
          "examples": [],
          "holes": [],
          "hole_count": 0,
          "steps": [
            {
              "what": "jobs placed in the span, repeats counted",
              "count": 4
            }
          ],
          "files": [
            {
              "path": "jobs.csv",
              "sha256": "f5740ef919dd331dede574362c3673d9c608f24b764b6457184d0979b7264ec5"
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_gzip_a_byte_order_mark_windows_line_ends_quotes_and_more_columns_change_nothing() {
        let plain = case(60, &[("jobs.csv", ITP)]).jobs(SOURCE).unwrap();
        let text = "\u{feff}num_gpu,\"duration\",x,submission_time\r\n4,3600,\"a, \"\"b\"\"\",86400\r\n\
                    \"8\",7200,,90000\r\n\r\n1 , 60,,90000.9\r\n2,9.2,,172800\r\n";
        let odd = case(60, &[("jobs.csv", &gzip(text.as_bytes()))]).jobs(SOURCE).unwrap();
        assert_eq!(brief(&odd), brief(&plain));
    }

    #[test]
    fn bad_rows_are_errors_that_point_at_the_cell() {
        let errors: Vec<String> = [
            "a,1,0,4",
            "a,-1,60,4",
            "a,1,NaN,4",
            "a,1,60,0",
            "a,1,60,2.5",
            "a,1,1e9,4",
            "a,1,60",
            "a,1,99999999999999999999,4",
            "a,1,\"60,4",
            "a,1,60,99999999999",
        ]
        .iter()
        .map(|row| {
            let text = format!("job_id,submission_time,duration,num_gpu\nx,0,60,1\n{row}\n");
            case(60, &[("jobs.csv", text.as_bytes())]).jobs_error(SOURCE)
        })
        .collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        `jobs.csv` line 3, column 3: `duration` is `0`, but it must be more than 0 and at most 315,576,000 seconds (ten years); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 2: `submission_time` is `-1`, but it must be seconds from 0 to 10,000,000,000 (317 years); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 3: `duration` is `NaN`, but it must be more than 0 and at most 315,576,000 seconds (ten years); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 4: `num_gpu` is `0`, but it must be a whole number of accelerators from 1 to 10,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 4: `num_gpu` is `2.5`, but it must be a whole number of accelerators from 1 to 10,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 3: `duration` is `1e9`, but it must be more than 0 and at most 315,576,000 seconds (ten years); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 1: the row is `a,1,60`, but a row must have as many cells as the header; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 3: `duration` is `99999999999999999999`, but it must be more than 0 and at most 315,576,000 seconds (ten years); mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 1: the row is `a,1,"60,4`, but a quoted cell must end on its line, before a comma; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `jobs.csv` line 3, column 4: `num_gpu` is `99999999999`, but it must be a whole number of accelerators from 1 to 10,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        "#);
    }

    #[test]
    fn bad_rows_are_counted_by_reason_where_the_scenario_says_so() {
        let mut text = b"job_id,submission_time,duration,num_gpu\nx,0,60,1\n".to_vec();
        for i in 0..7 {
            text.extend(format!("a,{i},0,1\n").as_bytes());
        }
        text.extend(b"b,\xff,1,1\nc,1,1\n");
        let source = format!("{SOURCE}skip_bad_rows = true\n");
        let loaded = case(60, &[("jobs.csv", &text)]).jobs(&source).unwrap();
        let report = &loaded.reports[0];
        assert_eq!(loaded.jobs.len(), 1);
        assert_eq!(report.rows, report.kept + report.skipped.values().sum::<u64>());
        insta::assert_json_snapshot!((&report.skipped, &report.examples), @r#"
        [
          {
            "`duration`: it must be more than 0 and at most 315,576,000 seconds (ten years)": 7,
            "the row: a row must be UTF-8 text": 1,
            "the row: a row must have as many cells as the header": 1
          },
          [
            {
              "line": 3,
              "column": 3,
              "value": "0",
              "rule": "it must be more than 0 and at most 315,576,000 seconds (ten years)"
            },
            {
              "line": 4,
              "column": 3,
              "value": "0",
              "rule": "it must be more than 0 and at most 315,576,000 seconds (ten years)"
            },
            {
              "line": 5,
              "column": 3,
              "value": "0",
              "rule": "it must be more than 0 and at most 315,576,000 seconds (ten years)"
            },
            {
              "line": 6,
              "column": 3,
              "value": "0",
              "rule": "it must be more than 0 and at most 315,576,000 seconds (ten years)"
            },
            {
              "line": 7,
              "column": 3,
              "value": "0",
              "rule": "it must be more than 0 and at most 315,576,000 seconds (ten years)"
            }
          ]
        ]
        "#);
    }

    #[test]
    fn files_that_are_no_traces_say_so() {
        let of = |bytes: &[u8]| case(60, &[("jobs.csv", bytes)]).jobs_error(SOURCE);
        let packed = gzip(ITP);
        let found = [
            of(b""),
            of(b"\n\n"),
            of(b"job_id,submission_time,duration,num_gpu\n"),
            of(b"time,running_gpu_num\n1,2\n"),
            of(b"1,2,3,4\n"),
            of(&packed[..packed.len() - 9]),
            case(60, &[]).jobs_error(SOURCE),
        ];
        insta::assert_snapshot!(found.join("\n"), @r"
        `jobs.csv` has no rows: a file of kind `elasticflow` has at least one after its header submission_time,duration,num_gpu
        `jobs.csv` has no rows: a file of kind `elasticflow` has at least one after its header submission_time,duration,num_gpu
        `jobs.csv` has no rows: a file of kind `elasticflow` has at least one after its header submission_time,duration,num_gpu
        `jobs.csv` has no column `submission_time`: a file of kind `elasticflow` has at least the columns submission_time,duration,num_gpu; its first line is `time,running_gpu_num`
        `jobs.csv` has no column `submission_time`: a file of kind `elasticflow` has at least the columns submission_time,duration,num_gpu; its first line is `1,2,3,4`
        `jobs.csv` cannot be read past line 5: the compressed file ends too early; fetch it again and compare its size
        cannot open `jobs.csv`: a path is relative to the scenario file's directory
        ");
    }

    #[test]
    fn silences_are_holes() {
        let text = b"job_id,submission_time,duration,num_gpu\nx,0,60,1\ny,700000,60,1\n";
        let case = case(60, &[("jobs.csv", text)]);
        insta::assert_snapshot!(case.jobs_error(SOURCE), @"jobs[0] elasticflow jobs.csv: nothing from 2021-03-04T00:00:00Z for 8 d 2 h 26 min 40 s (1 such hole(s), each longer than 7 d): choose another `window_days`, a larger `hole_hours`, or set `allow_holes = true` to have them reported");
        let allowed = case.jobs(&format!("{SOURCE}allow_holes = true\n")).unwrap();
        assert_eq!((allowed.jobs.len(), allowed.reports[0].hole_count), (2, 1));
        assert!(case.jobs(&format!("{SOURCE}hole_hours = 200\n")).is_ok());
        // The edges of a stated window count.
        let edges = format!("{SOURCE}hole_hours = 200\nwindow_days = [0, 20]\n");
        assert!(case.jobs_error(&edges).contains("such hole"));
    }

    #[test]
    fn kalos_and_openb() {
        let kalos = b"job_id,arrival_time,gpu_num_derived,duration_s_derived\n0,0.0,64,104.0\n1,313.5,1024,78.5\n";
        let openb = b"name,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\n\
            a,1,460,0,100,20\nb,0,0,0,50,0\nc,2,1000,5,9,\nd,8,1000,30,90,30\ne,1,500,40,40,40\n";
        let case = case(60, &[("k.csv", kalos), ("o.csv", openb)]);
        let source =
            |kind, path| format!("[[jobs]]\nkind = '{kind}'\npool = 'lab/h100'\npath = '{path}'\n");
        let loaded = case.jobs(&source("kalos", "k.csv")).unwrap();
        assert_eq!(brief(&loaded), [(0, 104, 64), (313, 79, 1024)]);
        let loaded = case.jobs(&source("openb", "o.csv")).unwrap();
        assert_eq!(brief(&loaded), [(0, 80, 1), (30, 60, 8)]);
        insta::assert_json_snapshot!(loaded.reports[0].skipped, @r#"
        {
          "asks for no accelerator": 1,
          "ran for less than a second": 1,
          "was never scheduled": 1
        }
        "#);
    }

    #[test]
    fn our_own_list_keeps_its_dates_and_one_form() {
        let source = "[[jobs]]\nkind = 'csv'\npool = 'lab/h100'\npath = 'j.csv'\n";
        let dated = b"submitted,duration,units\n2026-03-01T23:00:00Z,7200,4\n2026-03-04T01:00:00+01:00,60,1\n2026-08-01T00:00:00Z,1,1\n";
        let dated =
            case(60, &[("j.csv", dated)]).jobs(&format!("{source}allow_holes = true")).unwrap();
        assert_eq!(brief(&dated), [(0, 3600, 4), (172_800, 60, 1)]);
        let seconds = b"submitted,duration,units\n5,7200,4\n0,60,1\n";
        let seconds = case(60, &[("j.csv", seconds)]).jobs(source).unwrap();
        assert_eq!(brief(&seconds), [(0, 60, 1), (5, 7200, 4)]);
        let mixed = b"submitted,duration,units\n5,7200,4\n2026-03-04T01:00:00Z,60,1\n";
        let mixed = case(60, &[("j.csv", mixed)]).jobs_error(source);
        assert!(mixed.contains("line 3, column 1"), "{mixed}");
    }

    #[test]
    fn units_rate_and_the_largest_size() {
        let source = format!("{SOURCE}scale_units = '0.3'\nlargest = 2\nscale_rate = '3'\n");
        let loaded = case(60, &[("jobs.csv", ITP)]).jobs(&source).unwrap();
        let mut units: Vec<u64> = loaded.jobs.iter().map(|job| job.units.0).collect();
        units.sort_unstable();
        assert_eq!(units, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
        let bad = format!("{SOURCE}scale_units = '0'\n");
        insta::assert_snapshot!(case(60, &[("jobs.csv", ITP)]).jobs_error(&bad), @"jobs[0] elasticflow jobs.csv: `scale_units` = 0: it must be above 0, at most 1000000, with at most nine decimals");
    }

    #[test]
    fn tiles_fill_the_span_and_carry_in_what_runs() {
        // Two weeks; the second job runs over the seam.
        let text = b"submitted,duration,units\n0,100,1\n1206000,10000,2\n";
        let source = "[[jobs]]\nkind = 'csv'\npool = 'lab/h100'\npath = 'j.csv'\ntile = true\nallow_holes = true\n\
                      epoch = '1970-01-05T00:00:00Z'\nwindow_days = [0, 14]\n";
        let case = case(28, &[("j.csv", text)]);
        let before_seam = 1_209_600 - 1_206_000;
        let expected = [
            (0, 100, 1),
            (0, 10_000 - before_seam, 2),
            (1_206_000, 10_000, 2),
            (1_209_600, 100, 1),
            (2_415_600, 10_000, 2),
        ];
        assert_eq!(brief(&case.jobs(source).unwrap()), expected);
        let without = case.jobs(&format!("{source}carry_in = false\n")).unwrap();
        assert!(brief(&without).iter().all(|(_, duration, _)| [100, 10_000].contains(duration)));
    }
}

mod helios {
    use super::*;

    const SOURCE: &str = "[[jobs]]\nkind = 'helios'\npool = 'lab/h100'\npath = 'vc.csv'\n";

    fn minutes(demand: &[(u64, u64)]) -> String {
        let mut text = "time,running_gpu_num,pending_gpu_num\n".to_owned();
        for (i, (running, pending)) in demand.iter().enumerate() {
            text += &format!("2020-05-01 {:02}:{:02}:00,{running},{pending}\n", i / 60, i % 60);
        }
        text
    }

    /// Demand by the minute that the jobs make.
    fn demand_of(loaded: &LoadedJobs, minutes: usize) -> Vec<u64> {
        let at = |minute: i64| {
            let holds = |(from, length, _): &&(i64, i64, u64)| {
                (*from..from + length).contains(&(minute * 60))
            };
            brief(loaded).iter().filter(holds).map(|job| job.2).sum()
        };
        (0..minutes as i64).map(at).collect()
    }

    #[test]
    fn the_sum_of_the_jobs_is_the_demand_minute_by_minute() {
        let demand = [(3, 0), (5, 2), (5, 2), (4, 0), (0, 0), (1, 1), (0, 9), (0, 9)];
        let case = case(7, &[("vc.csv", minutes(&demand).as_bytes())]);
        let expected: Vec<u64> = demand.iter().map(|(r, p)| r + p).collect();
        for order in ["lifo", "fifo"] {
            let loaded = case.jobs(&format!("{SOURCE}block_order = '{order}'\n")).unwrap();
            assert_eq!(demand_of(&loaded, demand.len()), expected, "{order}");
        }
        let lifo = brief(&case.jobs(SOURCE).unwrap());
        assert_eq!(lifo[..3], [(0, 240, 3), (60, 120, 3), (60, 180, 1)]);
    }

    #[test]
    fn missing_minutes_are_holes_and_outages_are_masked_on_demand() {
        let text = "time,running_gpu_num,pending_gpu_num\n2020-05-01 00:00:00,4,0\n\
                    2020-05-01 00:01:00,6,0\n2020-05-01 00:05:00,0,0\n2020-05-01 00:06:00,5,0\n";
        let case = case(7, &[("vc.csv", text.as_bytes())]);
        insta::assert_snapshot!(case.jobs_error(SOURCE), @"jobs[0] helios vc.csv: nothing from 2020-05-01T00:02:00Z for 3 min (1 such hole(s), each longer than 1 min): choose another `window_days`, a larger `hole_hours`, or set `allow_holes = true` to have them reported");
        let held = case.jobs(&format!("{SOURCE}allow_holes = true\n")).unwrap();
        assert_eq!(demand_of(&held, 8), [4, 6, 6, 6, 6, 0, 5, 0]);
        let outage = "outages = [{ start = '2020-05-01T00:05:00Z', end = '2020-05-01T00:06:00Z' }]";
        let masked = case.jobs(&format!("{SOURCE}allow_holes = true\n{outage}\n")).unwrap();
        assert_eq!(demand_of(&masked, 8), [4, 6, 6, 6, 6, 6, 5, 0]);
        assert_eq!(masked.reports[0].skipped["lies in a stated outage"], 1);
        let elsewhere = SOURCE.replace("helios", "csv");
        insta::assert_snapshot!(case.jobs_error(&format!("{elsewhere}{outage}\n")), @"jobs[0] csv vc.csv: `outages` = …: only kind helios knows this key: remove it");
    }

    #[test]
    fn minutes_come_once_and_in_order() {
        let text = "time,running_gpu_num,pending_gpu_num\n2020-05-01 00:01:00,4,0\n2020-05-01 00:01:00,6,0\n";
        let error = case(7, &[("vc.csv", text.as_bytes())]).jobs_error(SOURCE);
        assert!(error.contains("line 3, column 1"), "{error}");
    }
}

mod request_traces {
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
}

mod servegen {
    use super::*;

    const RATES: &[u8] = b"client,window_start_s,rate_rps,cv,arrival_dist,param1,param2\n\
        0,0,1.3316666666666668,8.5,Weibull,0.3,0.3\n0,600,0,0,,0,0\n\
        1,0,0.005,1,Gamma,1,1\n1,600,0.0016666666666666668,1,Gamma,1,1\n2,0,1,1,,0,0\n2,600,1,1,,0,0\n";
    const TOKENS: &[u8] = b"model,client,window_start_s,field,distinct_values,mean\n\
        m,0,0,input_tokens,1,100.5\nm,0,0,output_tokens,1,10.25\nm,0,0,reason_ratio,1,0.5\n\
        m,1,21600,input_tokens,1,7.0\nm,1,21600,output_tokens,1,3.0\n";
    const SOURCE: &str =
        "[[requests]]\nkind = 'servegen'\ntenant = 'google'\nclients = 'c.csv'\ntokens = 't.csv'\n";

    #[test]
    fn counts_are_exact_and_missing_means_stand_in_as_stated() {
        let loaded = case(1, &[("c.csv", RATES), ("t.csv", TOKENS)]).requests(SOURCE).unwrap();
        let windows = &loaded.tenants[0].windows;
        assert_eq!((windows[0].requests, windows[1].requests), (799 + 3 + 600, 1 + 600));
        // 799 at 100.5; 3 and 1 at the client's other windows' 7; 600 and 600 as client 0 has.
        let input = 799 * 100_500 + 4 * 7_000 + 1_200 * 100_500u64;
        let output = 799 * 10_250 + 4 * 3_000 + 1_200 * 10_250u64;
        assert_eq!(totals(windows), (2_003, (input + 500) / 1_000, (output + 500) / 1_000));
        insta::assert_json_snapshot!(loaded.reports[0].steps, @r#"
        [
          {
            "what": "token means left out: neither input_tokens nor output_tokens",
            "count": 1
          },
          {
            "what": "requests with token means of the client's other windows",
            "count": 4
          },
          {
            "what": "requests with token means of other clients in the same six hours",
            "count": 1200
          },
          {
            "what": "requests of the trace",
            "count": 2003
          },
          {
            "what": "input tokens of the trace",
            "count": 200928
          },
          {
            "what": "output tokens of the trace",
            "count": 20502
          },
          {
            "what": "requests placed in the span, repeats counted",
            "count": 2003
          },
          {
            "what": "requests after scale and growth",
            "count": 2003
          }
        ]
        "#);
    }

    #[test]
    fn clients_can_be_chosen_and_must_exist() {
        let case = case(1, &[("c.csv", RATES), ("t.csv", TOKENS)]);
        let loaded = case.requests(&format!("{SOURCE}only_clients = [1]\n")).unwrap();
        assert_eq!(totals(&loaded.tenants[0].windows), (4, 28, 12));
        insta::assert_snapshot!(case.requests_error(&format!("{SOURCE}only_clients = [9]\n")), @"requests[0] servegen c.csv: `only_clients` = 9: the file has no such client; look at its column `client`");
        let none = case.requests_error(&format!("{SOURCE}only_clients = [2]\n"));
        assert!(none.contains("no token means left"), "{none}");
    }

    #[test]
    fn rates_that_are_no_whole_requests_are_refused() {
        let errors: Vec<String> =
            ["0,0,1.331666667", "0,0,-1", "0,0,NaN", "0,0,inf", "0,0,1e300", "0,1,1"]
                .iter()
                .map(|row| {
                    let text = format!("client,window_start_s,rate_rps\n{row}\n");
                    case(1, &[("c.csv", text.as_bytes()), ("t.csv", TOKENS)]).requests_error(SOURCE)
                })
                .collect();
        insta::assert_snapshot!(errors.join("\n"), @r"
        `c.csv` line 2, column 3: `rate_rps` is `1.331666667`, but it must be requests a second whose 600-fold is a whole number up to 1,000,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `c.csv` line 2, column 3: `rate_rps` is `-1`, but it must be requests a second whose 600-fold is a whole number up to 1,000,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `c.csv` line 2, column 3: `rate_rps` is `NaN`, but it must be requests a second whose 600-fold is a whole number up to 1,000,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `c.csv` line 2, column 3: `rate_rps` is `inf`, but it must be requests a second whose 600-fold is a whole number up to 1,000,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `c.csv` line 2, column 3: `rate_rps` is `1e300`, but it must be requests a second whose 600-fold is a whole number up to 1,000,000,000; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        `c.csv` line 2, column 2: `window_start_s` is `1`, but a client's windows must be multiples of 600, in order, each once; mend the row, or set `skip_bad_rows = true` to leave such rows out and have them counted
        ");
    }

    #[test]
    fn a_client_without_a_window_in_between_is_a_hole() {
        let text = b"client,window_start_s,rate_rps\n0,0,1\n0,1800,1\n";
        let case = case(1, &[("c.csv", text), ("t.csv", TOKENS)]);
        insta::assert_snapshot!(case.requests_error(SOURCE), @"requests[0] servegen c.csv: nothing from 1970-01-05T00:10:00Z for 20 min (1 such hole(s), each longer than 10 min): choose another `window_days`, a larger `hole_hours`, or set `allow_holes = true` to have them reported");
        assert!(case.requests(&format!("{SOURCE}allow_holes = true\n")).is_ok());
    }
}

mod scenario_keys {
    use super::*;

    #[test]
    fn unknown_keys_are_errors_even_beside_shared_ones() {
        let unknown = [
            "[[jobs]]\nkind = 'csv'\npool = 'a/b'\npath = 'x'\nscale = '2'\n",
            "[[requests]]\nkind = 'azure'\ntenant = 'a'\npath = 'x'\nscale_units = '2'\n",
            "[[requests]]\nkind = 'servegen'\ntenant = 'a'\nclients = 'x'\ntoken = 'x'\n",
            "[[jobs]]\nkind = 'philly'\npool = 'a/b'\npath = 'x'\n",
        ];
        let errors: Vec<String> = unknown.map(|toml| case(1, &[]).jobs_error(toml)).into();
        insta::assert_snapshot!(errors.join("\n"), @r"
        TOML parse error at line 1, column 1
          |
        1 | [[jobs]]
          | ^^^^^^^^
        unknown field `scale`, expected one of `pool`, `path`, `window_days`, `tile`, `align`, `epoch`, `scale_units`, `scale_rate`, `largest`, `carry_in`, `skip_bad_rows`, `hole_hours`, `allow_holes`, `outages`, `block_order`

        TOML parse error at line 1, column 1
          |
        1 | [[requests]]
          | ^^^^^^^^^^^^
        unknown field `scale_units`, expected one of `tenant`, `clients`, `path`, `tokens`, `only_clients`, `row_seconds`, `window_days`, `tile`, `align`, `profile`, `epoch`, `shift_seconds`, `scale`, `growth_per_month`, `skip_bad_rows`, `hole_hours`, `allow_holes`

        TOML parse error at line 1, column 1
          |
        1 | [[requests]]
          | ^^^^^^^^^^^^
        unknown field `token`, expected one of `tenant`, `clients`, `path`, `tokens`, `only_clients`, `row_seconds`, `window_days`, `tile`, `align`, `profile`, `epoch`, `shift_seconds`, `scale`, `growth_per_month`, `skip_bad_rows`, `hole_hours`, `allow_holes`

        TOML parse error at line 2, column 8
          |
        2 | kind = 'philly'
          |        ^^^^^^^^
        unknown variant `philly`, expected one of `elasticflow`, `kalos`, `openb`, `helios`, `csv`, `generated`
        ");
    }

    #[test]
    fn paths_are_relative_to_the_scenario() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        std::fs::write(dir.path().join("sub/j.csv"), "submitted,duration,units\n0,1,1\n").unwrap();
        let toml = "[[jobs]]\nkind = 'csv'\npool = 'a/b'\npath = '../sub/j.csv'\n";
        let scenario: Scenario = toml::from_str(toml).unwrap();
        let start = Instant::EPOCH;
        let span = Period::new(start, start.saturating_add(Seconds(60)));
        let base: &Path = &dir.path().join("sub");
        assert!(load_jobs(&scenario.jobs, base, span, Seed(1), &mut |_| {}).is_ok());
    }
}
