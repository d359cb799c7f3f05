//! Lists of jobs, one row each.

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
    let dated = case(60, &[("j.csv", dated)]).jobs(&format!("{source}allow_holes = true")).unwrap();
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
