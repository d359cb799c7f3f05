//! Numbers the nodes of a draft, and checks what only shows when its parts are put together.

use std::ops::Range;

use leasehold_types::{BadName, HallId, PoolId, SiteId, Units};

use super::fault::Faults;
use super::read::{Draft, DraftBlock, DraftHall, DraftSite};
use super::{Block, Fleet, FleetFaults, Hall, Pool, Site};

/// Most nodes in a fleet.
pub const NODES_MAX: u64 = 2_000_000;
/// Most accelerators in a fleet.
pub const UNITS_MAX: u64 = 20_000_000;
/// Most halls in a fleet.
pub const HALLS_MAX: usize = 4_096;
/// Most pools in a fleet.
pub const POOLS_MAX: usize = 1_024;
/// Most blocks in a fleet.
pub const BLOCKS_MAX: usize = 16_384;

pub(super) fn build(draft: &Draft<'_>, mut faults: Faults<'_>) -> Result<Fleet, FleetFaults> {
    check_limits(draft, &mut faults);
    let mut fleet = Fleet {
        name: draft.name.to_owned(),
        sites: Vec::new(),
        halls: Vec::new(),
        pools: Vec::new(),
        blocks: Vec::new(),
        assumptions: Vec::new(),
    };
    let mut assumptions = draft.assumptions.clone();
    assumptions.sort_by_key(|(span, _)| span.start);
    fleet.assumptions = assumptions.into_iter().map(|(_, text)| text).collect();
    for site in &draft.sites {
        add_site(site, &mut fleet, &mut faults);
    }
    if faults.is_empty() { Ok(fleet) } else { Err(faults.into_faults()) }
}

fn add_site(site: &DraftSite<'_>, fleet: &mut Fleet, faults: &mut Faults<'_>) {
    let (name, span) = &site.id;
    if fleet.sites.iter().any(|known| known.id.as_str() == *name) {
        twice("site", name, span, faults);
        return;
    }
    let Some(id) = named(SiteId::new(name), span, faults) else { return };
    let first_hall = fleet.halls.len();
    let mut blocks = Vec::new();
    for hall in &site.halls {
        add_hall(hall, &id, first_hall, fleet, faults);
        let index = fleet.halls.len().saturating_sub(1);
        blocks.extend(hall.blocks.iter().map(|block| (index, block)));
    }
    fleet.sites.push(Site { id: id.clone(), halls: first_hall..fleet.halls.len() });
    add_pools(&blocks, &id, fleet, faults);
}

fn add_hall(
    hall: &DraftHall<'_>,
    site: &SiteId,
    first_hall: usize,
    fleet: &mut Fleet,
    faults: &mut Faults<'_>,
) {
    let (name, span) = &hall.id;
    let path = format!("{site}/{name}");
    if fleet.halls[first_hall..].iter().any(|known| known.id.as_str() == path) {
        twice("hall", &path, span, faults);
        return;
    }
    let Some(id) = named(HallId::new(&path), span, faults) else { return };
    let cap_watts = hall.cap_kw.0 * 1_000;
    let idle_watts: u64 = hall.blocks.iter().map(|block| block.nodes() * block.idle_watts).sum();
    if idle_watts > cap_watts {
        let rule = format!(
            "hall {id} draws {} kW with all its nodes idle, above its cap of {} kW",
            idle_watts.div_ceil(1_000),
            hall.cap_kw.0
        );
        faults.push(hall.cap_kw.1.clone(), rule, "raise cap_kw or have fewer racks in the hall");
    }
    fleet.halls.push(Hall { id, site: fleet.sites.len(), cap_watts });
}

/// Adds the pools of one site, each with its blocks, in the order in which the file names them.
fn add_pools(
    blocks: &[(usize, &DraftBlock<'_>)],
    id: &SiteId,
    fleet: &mut Fleet,
    faults: &mut Faults<'_>,
) {
    let mut done: Vec<&str> = Vec::new();
    for (_, first) in blocks {
        let (accelerator, span) = &first.accelerator;
        if done.contains(accelerator) {
            continue;
        }
        done.push(accelerator);
        if fleet.pools.len() == POOLS_MAX {
            let rule = format!("the fleet has more than {POOLS_MAX} pools");
            faults.push(span.clone(), rule, "split the fleet in two");
            return;
        }
        let path = format!("{id}/{accelerator}");
        let Some(pool_id) = named(PoolId::new(&path), span, faults) else { continue };
        let start = (fleet.node_count(), fleet.blocks.len());
        for (hall, block) in blocks {
            if block.accelerator.0 == *accelerator {
                check_same_size(first, block, &pool_id, faults);
                add_block(*hall, block, fleet);
            }
        }
        // At most ACCELERATORS_PER_NODE_MAX.
        let per_node = u8::try_from(first.accelerators_per_node.0).unwrap_or(u8::MAX);
        let nodes = start.0..fleet.node_count();
        fleet.pools.push(Pool {
            id: pool_id,
            site: id.clone(),
            accelerator: (*accelerator).to_owned(),
            accelerators_per_node: per_node,
            units: Units(u64::from(per_node) * nodes.len() as u64),
            nodes,
            blocks: start.1..fleet.blocks.len(),
        });
    }
}

fn add_block(hall: usize, block: &DraftBlock<'_>, fleet: &mut Fleet) {
    let (node, rack) = (fleet.node_count(), fleet.rack_count());
    // All of these are within 32 bits: `check_limits` and the limits of each key see to it.
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    fleet.blocks.push(Block {
        pool: fleet.pools.len(),
        hall,
        nodes: node..node.saturating_add(narrow(block.nodes())),
        racks: rack..rack.saturating_add(narrow(block.racks)),
        nodes_per_rack: narrow(block.nodes_per_rack),
        busy_watts: narrow(block.busy_watts),
        idle_watts: narrow(block.idle_watts),
    });
}

impl DraftBlock<'_> {
    fn nodes(&self) -> u64 {
        self.racks * self.nodes_per_rack
    }
}

fn check_same_size(
    first: &DraftBlock<'_>,
    block: &DraftBlock<'_>,
    pool: &PoolId,
    faults: &mut Faults<'_>,
) {
    let (size, (found, span)) = (first.accelerators_per_node.0, &block.accelerators_per_node);
    if *found != size {
        let rule = format!(
            "nodes of pool {pool} have {found} accelerators here and {size} in its first block"
        );
        faults.push(span.clone(), rule, "give the other build a type of its own, as in `h100-4`");
    }
}

fn check_limits(draft: &Draft<'_>, faults: &mut Faults<'_>) {
    let halls = || draft.sites.iter().flat_map(|site| &site.halls);
    if let Some(hall) = halls().nth(HALLS_MAX) {
        let rule = format!("the fleet has more than {HALLS_MAX} halls");
        faults.push(hall.id.1.clone(), rule, "join halls that share one cap");
    }
    let (mut nodes, mut units) = (0u64, 0u64);
    for (count, block) in halls().flat_map(|hall| &hall.blocks).enumerate() {
        let before = (nodes, units);
        nodes += block.nodes();
        units += block.nodes() * block.accelerators_per_node.0;
        let mut fault = |rule| faults.push(block.span.clone(), rule, "split the fleet in two");
        if before.0 <= NODES_MAX && nodes > NODES_MAX {
            fault(format!("with this block the fleet has more than {NODES_MAX} nodes"));
        }
        if before.1 <= UNITS_MAX && units > UNITS_MAX {
            fault(format!("with this block the fleet has more than {UNITS_MAX} accelerators"));
        }
        if count == BLOCKS_MAX {
            fault(format!("with this block the fleet has more than {BLOCKS_MAX} blocks"));
        }
    }
}

fn twice(what: &str, name: &str, span: &Range<usize>, faults: &mut Faults<'_>) {
    let rule = format!("{what} {name} is already described above");
    faults.push(span.clone(), rule, "give it another id, or join the two");
}

/// The id, or a fault: its parts are names, so the whole can only be too long.
fn named<T>(name: Result<T, BadName>, span: &Range<usize>, faults: &mut Faults<'_>) -> Option<T> {
    name.map_err(|bad| {
        faults.push(span.clone(), bad.to_string(), "shorten the names of which the id is made");
    })
    .ok()
}
