//! Reads a fleet file into what it says, place by place; [`super::build`] then numbers the nodes.

use std::ops::Range;

use toml::de::DeTable;

use super::fault::Faults;
use super::table::{Placed, Table};
use super::{Fleet, FleetFaults, build};

/// The version of the format that is read.
pub const FLEET_VERSION: u64 = 1;
/// Longest fleet file, in bytes. It holds counts, so a large fleet is still a short file.
pub const FILE_MAX_BYTES: usize = 1 << 20;
/// Most racks in one block.
pub const RACKS_MAX: u64 = 2_000_000;
/// Most nodes in one rack.
pub const NODES_PER_RACK_MAX: u64 = 256;
/// Most accelerators in one node.
pub const ACCELERATORS_PER_NODE_MAX: u64 = 255;
/// Most that one node may draw, in watts.
pub const NODE_MAX_WATTS: u64 = 1_000_000;
/// Highest cap of a hall, in kilowatts.
pub const HALL_CAP_MAX_KW: u64 = 10_000_000;

/// What a file says.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) name: &'a str,
    pub(super) sites: Vec<DraftSite<'a>>,
    pub(super) assumptions: Vec<(Range<usize>, String)>,
}

pub(super) struct DraftSite<'a> {
    pub(super) id: Placed<&'a str>,
    pub(super) halls: Vec<DraftHall<'a>>,
}

pub(super) struct DraftHall<'a> {
    pub(super) id: Placed<&'a str>,
    pub(super) cap_kw: Placed<u64>,
    pub(super) blocks: Vec<DraftBlock<'a>>,
}

pub(super) struct DraftBlock<'a> {
    pub(super) span: Range<usize>,
    pub(super) accelerator: Placed<&'a str>,
    pub(super) racks: u64,
    pub(super) nodes_per_rack: u64,
    pub(super) accelerators_per_node: Placed<u64>,
    pub(super) busy_watts: u64,
    pub(super) idle_watts: u64,
}

pub(super) fn read(text: &str) -> Result<Fleet, FleetFaults> {
    let mut faults = Faults::of(text);
    if text.len() > FILE_MAX_BYTES {
        let rule = format!("the file has {} bytes, more than {FILE_MAX_BYTES}", text.len());
        faults.push(0..0, rule, "give counts of racks, not one entry for each node");
        return Err(faults.into_faults());
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        faults.push(span, error.message().to_owned(), "write it as TOML");
    }
    // What follows a fault of syntax was guessed at: more faults there would mislead.
    if !faults.is_empty() {
        return Err(faults.into_faults());
    }
    let draft = read_fleet(root.get_ref(), &mut faults);
    build::build(&draft, faults)
}

fn read_fleet<'a>(root: &'a DeTable<'_>, faults: &mut Faults<'_>) -> Draft<'a> {
    let known = ["fleet", "name", "assumption", "site"];
    let table = Table::open("the fleet file", root, 0..0, &known, faults);
    table.number("fleet", FLEET_VERSION..=FLEET_VERSION, faults);
    let name = table.text("name", faults).map_or("", |name| name.0);
    let mut draft = Draft { name, ..Draft::default() };
    assume(&table, "", &mut draft, faults);
    for (site, span) in table.tables("site", faults) {
        let known = ["id", "assumption", "hall"];
        let table = Table::open("a site", site, span, &known, faults);
        if let Some(site) = read_site(&table, &mut draft, faults) {
            draft.sites.push(site);
        }
    }
    draft
}

fn read_site<'a>(
    table: &Table<'a, '_>,
    draft: &mut Draft<'a>,
    faults: &mut Faults<'_>,
) -> Option<DraftSite<'a>> {
    let id = table.name("id", faults);
    let about = id.as_ref().map_or("", |id| id.0);
    assume(table, about, draft, faults);
    let mut halls = Vec::new();
    for (hall, span) in table.tables("hall", faults) {
        let known = ["id", "cap_kw", "assumption", "block"];
        let table = Table::open("a hall", hall, span, &known, faults);
        halls.extend(read_hall(&table, about, draft, faults));
    }
    Some(DraftSite { id: id?, halls })
}

fn read_hall<'a>(
    table: &Table<'a, '_>,
    site: &str,
    draft: &mut Draft<'a>,
    faults: &mut Faults<'_>,
) -> Option<DraftHall<'a>> {
    let id = table.name("id", faults);
    let cap_kw = table.number("cap_kw", 1..=HALL_CAP_MAX_KW, faults);
    let about = format!("{site}/{}", id.as_ref().map_or("", |id| id.0));
    assume(table, &about, draft, faults);
    let mut blocks = Vec::new();
    for (block, span) in table.tables("block", faults) {
        blocks.extend(read_block(block, span, &about, draft, faults));
    }
    Some(DraftHall { id: id?, cap_kw: cap_kw?, blocks })
}

fn read_block<'a>(
    block: &'a DeTable<'_>,
    span: Range<usize>,
    hall: &str,
    draft: &mut Draft<'a>,
    faults: &mut Faults<'_>,
) -> Option<DraftBlock<'a>> {
    let known = [
        "accelerator",
        "racks",
        "nodes_per_rack",
        "accelerators_per_node",
        "busy_watts",
        "idle_watts",
        "assumption",
    ];
    let table = Table::open("a block", block, span, &known, faults);
    let accelerator = table.name("accelerator", faults);
    let about = format!("{hall}, {}", accelerator.as_ref().map_or("", |name| name.0));
    assume(&table, &about, draft, faults);
    let racks = table.number("racks", 1..=RACKS_MAX, faults);
    let nodes_per_rack = table.number("nodes_per_rack", 1..=NODES_PER_RACK_MAX, faults);
    let per_node = table.number("accelerators_per_node", 1..=ACCELERATORS_PER_NODE_MAX, faults);
    let busy = table.number("busy_watts", 1..=NODE_MAX_WATTS, faults);
    let idle = table.number("idle_watts", 0..=NODE_MAX_WATTS, faults);
    if let (Some((busy, _)), Some((idle, span))) = (&busy, &idle)
        && idle > busy
    {
        let rule = format!("idle_watts of {idle} are above busy_watts of {busy}");
        faults.push(span.clone(), rule, "a node at rest draws no more than one at work");
    }
    Some(DraftBlock {
        accelerator: accelerator?,
        racks: racks?.0,
        nodes_per_rack: nodes_per_rack?.0,
        accelerators_per_node: per_node?,
        busy_watts: busy?.0,
        idle_watts: idle?.0,
        span: table.span,
    })
}

/// Keeps the table's assumptions, each with what it is about.
fn assume(table: &Table<'_, '_>, about: &str, draft: &mut Draft<'_>, faults: &mut Faults<'_>) {
    for (text, span) in table.texts("assumption", faults) {
        let colon = if about.is_empty() { "" } else { ": " };
        draft.assumptions.push((span, format!("{about}{colon}{text}")));
    }
}
