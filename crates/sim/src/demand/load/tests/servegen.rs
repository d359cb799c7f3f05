//! Client rates joined with token means.

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
