use proptest::prelude::*;

use super::*;

const TWO_SITES: &str = include_str!("../../../../examples/fleets/two-sites.toml");
const HALL_512: &str = include_str!("../../../../examples/fleets/hall-512.toml");

fn faults(text: &str) -> String {
    Fleet::parse(text).unwrap_err().to_string()
}

#[test]
fn the_large_example_is_six_hundred_thousand_accelerators() {
    let fleet = Fleet::parse(TWO_SITES).unwrap();
    let pools: Vec<_> = fleet
        .pools()
        .iter()
        .map(|pool| format!("{} {} {}..{}", pool.id, pool.units, pool.nodes.start, pool.nodes.end))
        .collect();
    insta::assert_snapshot!(pools.join("\n"), @r"
    colossus-1/h100 150080 0..18760
    colossus-1/h200 50176 18760..25032
    colossus-1/gb200 30096 25032..28794
    colossus-2/gb200 259632 28794..61248
    colossus-2/gb300 110016 61248..75000
    ");
    assert_eq!(fleet.node_count(), 75_000);
    assert_eq!(fleet.pools().iter().map(|pool| pool.units.0).sum::<u64>(), 600_000);
    assert!(fleet.halls().iter().zip(0..).all(|(hall, index)| {
        let blocks = fleet.blocks().iter().filter(|block| block.hall == index);
        let busy = blocks.map(|b| b.nodes.len() as u64 * u64::from(b.busy_watts)).sum::<u64>();
        busy <= hall.cap_watts
    }));
}

#[test]
fn the_small_example_is_one_pool_in_two_halls() {
    let fleet = Fleet::parse(HALL_512).unwrap();
    assert_eq!(fleet.pools().len(), 1);
    assert_eq!(fleet.pool_index(&PoolId::new("lab/h100").unwrap()), Some(0));
    assert_eq!(fleet.pools()[0].units, Units(512));
    assert_eq!((fleet.node_count(), fleet.rack_count()), (64, 8));
    assert_eq!(fleet.halls()[1].id.as_str(), "lab/west");
    assert_eq!(fleet.halls()[1].cap_watts, 340_000);
    insta::assert_snapshot!(fleet.assumptions().join("\n"), @r"
    an invented fleet, sized for demonstrations and tests
    lab/east, h100: 10.2 kW is the most that the maker of a node of eight H100 states; 2.5 kW at rest is assumed
    ");
}

#[test]
fn nodes_are_numbered_by_pool_then_hall_then_rack() {
    let fleet = Fleet::parse(
        r#"
        fleet = 1
        [[site]]
        id = "s"
        [[site.hall]]
        id = "x"
        cap_kw = 100
        block = [
          { accelerator = "a", racks = 2, nodes_per_rack = 3, accelerators_per_node = 4, busy_watts = 9, idle_watts = 2 },
          { accelerator = "b", racks = 1, nodes_per_rack = 2, accelerators_per_node = 8, busy_watts = 9, idle_watts = 2 },
        ]
        [[site.hall]]
        id = "y"
        cap_kw = 100
        block = [
          { accelerator = "a", racks = 1, nodes_per_rack = 5, accelerators_per_node = 4, busy_watts = 7, idle_watts = 1 },
        ]
        "#,
    )
    .unwrap();
    let place = |node| {
        let node = NodeId(node);
        (fleet.pool_of(node), fleet.hall_of(node), fleet.rack_of(node))
    };
    assert_eq!(place(0), (Some(0), Some(0), Some(0)));
    assert_eq!(place(5), (Some(0), Some(0), Some(1)));
    assert_eq!(place(6), (Some(0), Some(1), Some(2)));
    assert_eq!(place(11), (Some(1), Some(0), Some(3)));
    assert_eq!(place(13), (None, None, None));
    assert_eq!(fleet.nodes_of_rack(2), 6..11);
    assert_eq!(fleet.nodes_of_rack(4), 0..0);
    assert_eq!(fleet.units_of(&NodeSet::from_range(10..100)), Units(4 + 2 * 8));
}

#[test]
fn all_faults_are_told_at_once() {
    let text = r#"fleet = 2
nmae = "typo"
assumption = 7

[[site]]
id = "North Site"

[[site]]
id = "s"
[[site.hall]]
id = "x"
cap_kw = 10.5
[[site.hall]]
id = "y"
cap_kw = 1
block = [
  { accelerator = "a", racks = 0, nodes_per_rack = 8, accelerators_per_node = 8, busy_watts = 10, idle_watts = 20 },
  { accelerator = "a/b", racks = 1, nodes_per_rack = 300, accelerators_per_node = 256, busy_watts = -1 },
  { accelerator = "c", racks = 1, nodes_per_rack = 8, accelerators_per_node = 8, busy_watts = 1000, idle_watts = 900 },
]
[[site.hall]]
id = "y"
cap_kw = 100
block = [
  { accelerator = "c", racks = 1, nodes_per_rack = 8, accelerators_per_node = 4, busy_watts = 1000, idle_watts = 900 },
]
[[site]]
id = "s"
hall = "none"
"#;
    insta::assert_snapshot!(faults(text), @r#"
    1:9: `fleet` of the fleet file is 2; write 1
    2:1: `nmae` is not a key of the fleet file; use one of fleet, name, assumption, site
    3:14: `assumption` of the fleet file is 7; write a text of at most 1000 bytes
    5:1: a site needs at least one `hall`; write one or more tables `[[...hall]]`
    6:6: `id` of a site is "North Site"; write a text of lower-case letters, digits, `-`, `_` and `.`, beginning with a letter or digit
    10:1: a hall needs at least one `block`; write one or more tables `[[...block]]`
    12:10: `cap_kw` of a hall is 10.5; write a whole number from 1 to 10000000
    15:10: hall s/y draws 8 kW with all its nodes idle, above its cap of 1 kW; raise cap_kw or have fewer racks in the hall
    17:32: `racks` of a block is 0; write a whole number from 1 to 2000000
    17:112: idle_watts of 20 are above busy_watts of 10; a node at rest draws no more than one at work
    18:3: a block needs `idle_watts`; add `idle_watts = ...`
    18:19: `accelerator` of a block is "a/b"; write a text of lower-case letters, digits, `-`, `_` and `.`, beginning with a letter or digit
    18:54: `nodes_per_rack` of a block is 300; write a whole number from 1 to 256
    18:83: `accelerators_per_node` of a block is 256; write a whole number from 1 to 255
    18:101: `busy_watts` of a block is -1; write a whole number from 1 to 1000000
    22:6: hall s/y is already described above; give it another id, or join the two
    25:79: nodes of pool s/c have 4 accelerators here and 8 in its first block; give the other build a type of its own, as in `h100-4`
    28:6: site s is already described above; give it another id, or join the two
    29:8: `hall` of a site is "none"; write one or more tables `[[...hall]]`
    "#);
}

#[test]
fn syntax_and_size_come_first() {
    insta::assert_snapshot!(faults("fleet = \nsite = [\n"), @r"
    1:9: string values must be quoted, expected literal string; write it as TOML
    2:9: unclosed array, expected `]`; write it as TOML
    ");
    insta::assert_snapshot!(faults(&"#".repeat(FILE_MAX_BYTES + 1)), @"1:1: the file has 1048577 bytes, more than 1048576; give counts of racks, not one entry for each node");
    insta::assert_snapshot!(faults(""), @r"
    1:1: the fleet file needs `fleet`; add `fleet = ...`
    1:1: the fleet file needs at least one `site`; write one or more tables `[[...site]]`
    ");
    insta::assert_snapshot!(faults("fleet = 1\nsite = []"), @"2:8: `site` of the fleet file is an empty array; write one or more tables `[[...site]]`");
}

#[test]
fn limits_of_the_whole_are_told_where_they_are_passed() {
    let block = |racks| {
        format!(
            "[[site.hall.block]]\naccelerator = \"a\"\nracks = {racks}\nnodes_per_rack = 10\n\
             accelerators_per_node = 12\nbusy_watts = 1\nidle_watts = 0\n"
        )
    };
    let text = format!(
        "fleet = 1\n[[site]]\nid = \"{0}\"\n[[site.hall]]\nid = \"{0}\"\ncap_kw = 1\n{1}{1}{1}",
        "a".repeat(40),
        block(80_000),
    );
    insta::assert_snapshot!(faults(&text), @r"
    5:6: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaaaaaaaaaaaaaaa` is not a usable name: use 1 to 64 lower-case letters, digits, `-`, `_`, `.` or `/`, beginning with a letter or digit; shorten the names of which the id is made
    21:1: with this block the fleet has more than 2000000 nodes; split the fleet in two
    21:1: with this block the fleet has more than 20000000 accelerators; split the fleet in two
    ");
}

#[test]
fn the_page_about_the_file_is_true() {
    let page = include_str!("../../../../docs/fleet.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let fleet = Fleet::parse(example.unwrap()).unwrap();
    assert_eq!(fleet.pools().iter().map(|pool| pool.units.0).collect::<Vec<_>>(), [640, 360]);
    insta::assert_snapshot!(fleet.assumptions().join("\n"), @r"
    the layout is assumed
    north/b: half of the hall is kept for a later build
    ");
    for limit in [
        format!("| bytes of a file | {FILE_MAX_BYTES} |"),
        format!("| bytes of a name or of an assumption's text | {TEXT_MAX_BYTES} |"),
        format!("| halls | {HALLS_MAX} |"),
        format!("| pools | {POOLS_MAX} |"),
        format!("| blocks | {BLOCKS_MAX} |"),
        format!("| racks in a block | {RACKS_MAX} |"),
        format!("| nodes in a rack | {NODES_PER_RACK_MAX} |"),
        format!("| accelerators in a node | {ACCELERATORS_PER_NODE_MAX} |"),
        format!("| nodes in a fleet | {NODES_MAX} |"),
        format!("| accelerators in a fleet | {UNITS_MAX} |"),
        format!("| watts of a node | {NODE_MAX_WATTS} |"),
        format!("| kilowatts of a hall | {HALL_CAP_MAX_KW} |"),
        format!("| faults told of one file | {FAULTS_MAX} |"),
    ] {
        assert!(page.contains(&limit), "docs/fleet.md lacks the line `{limit}`");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// Whatever stands in a file, it is a fleet or has faults, each with a place in it.
    #[test]
    fn no_file_is_too_odd_to_read(
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..12, "[a-z0-9=\\[\\]{}\",.#é\n -]{0,8}"),
            1..6,
        ),
    ) {
        let mut text: Vec<char> = HALL_512.chars().collect();
        for (at, cut, insert) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(FleetFaults(faults)) = Fleet::parse(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                let line = text.split('\n').nth(fault.line - 1).unwrap();
                prop_assert!(fault.column <= line.chars().count() + 1);
            }
        }
    }
}
