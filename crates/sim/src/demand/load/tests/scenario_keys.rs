//! What a scenario may say.

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

#[test]
fn the_pages_examples_are_readable() {
    let page = include_str!("../../../../../../docs/demand.md");
    let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let scenario: Scenario = toml::from_str(block).unwrap();
    assert_eq!((scenario.jobs.len(), scenario.requests.len()), (2, 2));
    // Each inline `model = { ... }` of the page belongs to one of the two generators.
    let models: Vec<&str> =
        page.split("`model = ").skip(1).map(|rest| rest.split('`').next().unwrap()).collect();
    assert_eq!(models.len(), 2);
    for model in models {
        let jobs = format!(
            "[[jobs]]\nkind = 'generated'\npool = 'a/b'\nload = '1'\nunits = 9\nmodel = {model}"
        );
        let requests = format!(
            "[[requests]]\nkind = 'generated'\ntenant = 'a'\nmean_requests_per_second = '1'\nmodel = {model}"
        );
        let reads = |text: &str| toml::from_str::<Scenario>(text).is_ok();
        assert!(reads(&jobs) || reads(&requests), "{model}");
    }
}
