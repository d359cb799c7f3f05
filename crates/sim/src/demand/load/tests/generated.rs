//! Demand drawn from the generators.

#![allow(clippy::float_arithmetic, reason = "tests of statistics")]

use super::*;

const JOBS: &str = "[[jobs]]\nkind = 'generated'\npool = 'lab/h100'\nload = '0.7'\nunits = 5000\nscale_units = '8'\n";
const REQUESTS: &str = "[[requests]]\nkind = 'generated'\ntenant = 'anthropic'\n\
                        mean_requests_per_second = '12.5'\n";

/// Mean demand over the span, in units.
fn mean_demand(loaded: &LoadedJobs, span: Period) -> f64 {
    let work = |job: &Job| job.units.over(job.duration.min(span.end().since(job.submitted))).0;
    loaded.jobs.iter().map(work).sum::<u128>() as f64 / span.length().0 as f64
}

#[test]
fn a_seed_gives_the_same_jobs_and_another_seed_others() {
    let case = case(14, &[]);
    let draw = |seed| {
        let scenario: Scenario = toml::from_str(JOBS).unwrap();
        load_jobs(&scenario.jobs, case.dir.path(), case.span(), Seed(seed), &mut |_| {}).unwrap()
    };
    assert_eq!(draw(1).jobs, draw(1).jobs);
    assert_ne!(draw(1).jobs, draw(2).jobs);
    let first: Vec<_> = brief(&draw(1)).into_iter().filter(|job| job.0 > 0).take(5).collect();
    insta::assert_debug_snapshot!(first, @r"
    [
        (
            1711,
            28146,
            256,
        ),
        (
            2976,
            30730,
            32,
        ),
        (
            3003,
            59684,
            32,
        ),
        (
            3776,
            16338,
            256,
        ),
        (
            4967,
            14866,
            64,
        ),
    ]
    ");
}

#[test]
fn the_load_is_the_stated_share_whatever_is_scaled_and_cut() {
    let case = case(1_500, &[]);
    for more in ["", "largest = 64\n", "model = { activity_spread = '1', shortest_seconds = 60 }\n"]
    {
        let loaded = case.jobs(&format!("{JOBS}{more}")).unwrap();
        let mean = mean_demand(&loaded, case.span());
        assert!((mean / 3_500.0 - 1.0).abs() < 0.04, "{more}: {mean}");
        let largest = if more.starts_with("largest") { 64 } else { 512 };
        assert_eq!(loaded.jobs.iter().map(|job| job.units.0).max(), Some(largest));
    }
}

#[test]
fn the_span_begins_as_full_as_it_goes_on() {
    // Many seeds, the first day of each.
    let case = case(1, &[]);
    let scenario: Scenario = toml::from_str(JOBS).unwrap();
    let mean = |seed| {
        let loaded =
            load_jobs(&scenario.jobs, case.dir.path(), case.span(), Seed(seed), &mut |_| {});
        mean_demand(&loaded.unwrap(), case.span())
    };
    let mean = (0..60).map(mean).sum::<f64>() / 60.0;
    assert!((mean / 3_500.0 - 1.0).abs() < 0.1, "{mean}");
}

#[test]
fn absurd_loads_and_models_are_refused_with_a_remedy() {
    let case = case(1_000, &[]);
    let errors: Vec<String> = [
        JOBS.replace("0.7", "0"),
        JOBS.replace("units = 5000", "units = 0"),
        JOBS.replace("units = 5000", "units = 500000").replace("'8'", "'1'"),
        format!("{JOBS}model = {{ weekdays = [0, 0, 0, 0, 0, 0, 0] }}\n"),
        format!("{JOBS}model = {{ classes = [] }}\n"),
    ]
    .iter()
    .map(|toml| case.jobs_error(toml))
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    jobs[0] generated: `load` = 0: it must be above 0, at most 10, with at most nine decimals
    jobs[0] generated: `units` = 0: it must be 1 to 100000000
    jobs[0] generated: `load` = 0.7: this load means 360657547 jobs, at most 10000000 are kept: set `scale_units` to 37 or more (up to 1000000), for fewer and larger jobs
    jobs[0] generated: `model.weekdays` = all 0: at least one weight must be above 0
    jobs[0] generated: `model.classes` = 0: there must be 1 to 64 classes, one of them with bursts
    ");
}

#[test]
fn requests_have_the_stated_mean_and_tokens() {
    let case = case(364, &[]);
    let loaded = case.requests(REQUESTS).unwrap();
    let windows = &loaded.tenants[0].windows;
    let (requests, input, output) = totals(windows);
    let mean = requests as f64 / (364.0 * 86_400.0);
    assert!((mean / 12.5 - 1.0).abs() < 0.03, "{mean}");
    assert!((input as f64 / requests as f64 / 1_155.0 - 1.0).abs() < 0.01);
    assert!((output as f64 / requests as f64 / 211.0 - 1.0).abs() < 0.01);
    // Four in the morning is quiet, nine in the evening is busy.
    let at = |hour: usize| {
        totals(&windows.iter().skip(hour * 6).step_by(144).copied().collect::<Vec<_>>()).0
    };
    assert!(at(4) * 2 < at(21), "{} {}", at(4), at(21));
    let coding =
        case.requests(&format!("{REQUESTS}profile = 'coding'\nshift_seconds = 3600\n")).unwrap();
    let day = |day: usize| totals(&coding.tenants[0].windows[day * 144..(day + 1) * 144]).0;
    let (mondays, sundays): (u64, u64) =
        ((0..50).map(|week| day(week * 7)).sum(), (0..50).map(|week| day(week * 7 + 6)).sum());
    assert!(sundays * 2 < mondays);
}

#[test]
fn growth_of_generated_requests_compounds_by_month() {
    let case = case(400, &[]);
    let steady = "model = { slow_spread = '0', fast_spread = '0' }\n";
    let loaded = case.requests(&format!("{REQUESTS}growth_per_month = '0.1'\n{steady}")).unwrap();
    let windows = &loaded.tenants[0].windows;
    let week = |i: usize| totals(&windows[i * 1_008..(i + 1) * 1_008]).0 as f64;
    // The 53rd week lies after twelve boundaries.
    let grown = week(53) / week(0);
    assert!((grown / 1.1f64.powi(12) - 1.0).abs() < 0.01, "{grown}");
}

#[test]
fn what_is_drawn_reads_back_as_it_was() {
    let drawn = case(10, &[]);
    let (jobs, requests) = (drawn.jobs(JOBS).unwrap(), drawn.requests(REQUESTS).unwrap());
    let (mut job_list, mut window_list) = (Vec::new(), Vec::new());
    crate::demand::jobs::write_csv(&jobs.jobs, &mut job_list).unwrap();
    crate::demand::requests::write_csv(&requests.tenants[0].windows, &mut window_list).unwrap();
    let read = case(10, &[("j.csv", &job_list), ("r.csv", &window_list)]);
    let again = read.jobs("[[jobs]]\nkind = 'csv'\npool = 'lab/h100'\npath = 'j.csv'\n").unwrap();
    assert_eq!(again.jobs, jobs.jobs);
    let source = "[[requests]]\nkind = 'csv'\ntenant = 'anthropic'\npath = 'r.csv'\n";
    let again = read.requests(source).unwrap();
    assert_eq!(again.tenants[0].windows, requests.tenants[0].windows);
}
