//! Demand by the minute.

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
        let holds =
            |(from, length, _): &&(i64, i64, u64)| (*from..from + length).contains(&(minute * 60));
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
    let text =
        "time,running_gpu_num,pending_gpu_num\n2020-05-01 00:01:00,4,0\n2020-05-01 00:01:00,6,0\n";
    let error = case(7, &[("vc.csv", text.as_bytes())]).jobs_error(SOURCE);
    assert!(error.contains("line 3, column 1"), "{error}");
}
