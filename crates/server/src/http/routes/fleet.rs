//! Sites, pools and nodes.

use leasehold_contract::lease::Side;
use leasehold_desk::CommandKind;
use leasehold_planner::{Pool, Tenure};
use leasehold_types::{NodeId, PoolId, SiteId};
use schemars::JsonSchema;
use serde::Serialize;

use super::missing;
use crate::http::endpoint::{Asking, Endpoint, Look, Needs, PAGE, Param, Shown, work};
use crate::http::page::{Page, page};
use crate::http::problem::Problem;
use crate::live::{ActKind, Live, Right, Thing};
use crate::writer::Work;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = Needs::Right(Right::FleetRead);
    let write = Needs::Right(Right::FleetWrite);
    let pool_param =
        Param { name: "pool", about: "Only nodes of this pool", required: false, number: false };
    vec![
        Endpoint::get("/v1/sites", "site_list", read)
            .about("Sites with their halls and what these draw")
            .query(PAGE)
            .gives::<Page<SiteView>>(200)
            .read(sites),
        Endpoint::get("/v1/pools", "pool_list", read)
            .about("Pools, and at whose disposal their accelerators are")
            .query(PAGE)
            .gives::<Page<PoolView>>(200)
            .read(pools),
        Endpoint::get("/v1/pools/{site}/{accelerator}", "pool_show", read)
            .about("A pool")
            .gives::<PoolView>(200)
            .read(pool),
        Endpoint::get("/v1/nodes", "node_list", read)
            .about("Nodes, and at whose disposal each is")
            .query(PAGE)
            .query(&[pool_param])
            .gives::<Page<NodeView>>(200)
            .read(nodes),
        Endpoint::get("/v1/nodes/{node}", "node_show", read)
            .about("A node")
            .gives::<NodeView>(200)
            .read(node),
        Endpoint::post("/v1/nodes/{node}/failure", "node_fail", write)
            .about("Say that a node went out of service")
            .gives::<NodeView>(200)
            .write(|asking| change(asking, |node| CommandKind::Fail { node })),
        Endpoint::post("/v1/nodes/{node}/repair", "node_repair", write)
            .about("Say that a node came back into service")
            .gives::<NodeView>(200)
            .write(|asking| change(asking, |node| CommandKind::Repair { node })),
    ]
}

/// A site.
#[derive(Serialize, JsonSchema)]
struct SiteView {
    /// Its id.
    #[schemars(with = "String")]
    id: SiteId,
    /// Its halls.
    halls: Vec<HallView>,
}

/// A hall: what shares one power cap.
#[derive(Serialize, JsonSchema)]
struct HallView {
    /// Its id, `site/hall`.
    id: String,
    /// What its nodes may draw together, in watts.
    cap_watts: u64,
    /// What they draw, in watts.
    drawn_watts: u64,
    /// What is spoken for, in watts.
    committed_watts: u64,
}

/// A pool.
#[derive(Serialize, JsonSchema)]
struct PoolView {
    /// Its id, `site/accelerator`.
    #[schemars(with = "String")]
    id: PoolId,
    /// The type of its accelerators.
    accelerator: String,
    /// Accelerators in each of its nodes.
    accelerators_per_node: u8,
    /// Its nodes: the first and how many.
    nodes: (u32, u32),
    /// All its accelerators.
    units: u64,
    /// Accelerators at the disposal of leases.
    leased: u64,
    /// Accelerators of leases that the owner has recalled.
    recalled: u64,
    /// The owner's accelerators.
    own: u64,
}

/// A node.
#[derive(Serialize, JsonSchema)]
struct NodeView {
    /// Its number.
    #[schemars(with = "u32")]
    id: NodeId,
    /// Its pool.
    #[schemars(with = "Option<String>")]
    pool: Option<PoolId>,
    /// `own`, `leased` or `recalled`.
    tenure: String,
    /// The lease that has it, where one does.
    lease: Option<String>,
    /// Whether it is out of service.
    down: bool,
    /// Accelerators that the owner's jobs hold on it.
    used: u8,
}

fn sites(look: &Look<'_>) -> Result<Shown, Problem> {
    let (desk, occupancy) = (look.live.desk(), look.live.desk().occupancy());
    let fleet = desk.fleet();
    let hall = |i: usize| {
        let hall = fleet.halls().get(i)?;
        let power = occupancy.hall_power(i)?;
        Some(HallView {
            id: hall.id.to_string(),
            cap_watts: hall.cap_watts,
            drawn_watts: power.drawn_watts,
            committed_watts: power.committed_watts,
        })
    };
    let site = |site: &leasehold_planner::Site| {
        let halls = site.halls.clone().filter_map(hall).collect();
        (site.id.to_string(), SiteView { id: site.id.clone(), halls })
    };
    page(look.query, fleet.sites().iter().map(site))
}

fn pool_view(live: &Live, pool: &Pool) -> PoolView {
    let size = u64::from(pool.accelerators_per_node);
    let (mut leased, mut recalled) = (0, 0);
    for node in pool.nodes.clone() {
        match live.desk().occupancy().holding(NodeId(node)).map(|held| held.tenure) {
            Some(Tenure::Leased(_)) => leased += size,
            Some(Tenure::Recalled(_)) => recalled += size,
            _ => {}
        }
    }
    PoolView {
        id: pool.id.clone(),
        accelerator: pool.accelerator.clone(),
        accelerators_per_node: pool.accelerators_per_node,
        nodes: (pool.nodes.start, pool.nodes.end - pool.nodes.start),
        units: pool.units.0,
        leased,
        recalled,
        own: pool.units.0.saturating_sub(leased + recalled),
    }
}

fn pools(look: &Look<'_>) -> Result<Shown, Problem> {
    let pools = look.live.desk().fleet().pools().iter();
    page(look.query, pools.map(|pool| (pool.id.to_string(), pool_view(look.live, pool))))
}

fn pool(look: &Look<'_>) -> Result<Shown, Problem> {
    let part = |name| look.path.get(name).unwrap_or_default();
    let id = format!("{}/{}", part("site"), part("accelerator"));
    let pools = look.live.desk().fleet().pools();
    match pools.iter().find(|pool| pool.id.as_str() == id) {
        Some(pool) => Shown::json(&pool_view(look.live, pool)),
        None => {
            Err(Problem::not_found(format!("there is no pool `{id}`; GET /v1/pools lists them")))
        }
    }
}

fn node_view(live: &Live, node: NodeId) -> Option<NodeView> {
    let held = live.desk().occupancy().holding(node)?;
    let fleet = live.desk().fleet();
    let (tenure, lease) = match held.tenure {
        Tenure::Own => ("own", None),
        Tenure::Leased(ix) => ("leased", Some(ix)),
        Tenure::Recalled(ix) => ("recalled", Some(ix)),
    };
    let lease = lease.and_then(|ix| live.desk().leases().get(usize::from(ix.0)));
    let pool = fleet.pool_of(node).and_then(|pool| fleet.pools().get(pool));
    Some(NodeView {
        id: node,
        pool: pool.map(|pool| pool.id.clone()),
        tenure: tenure.to_owned(),
        lease: lease.map(|record| record.id.to_string()),
        down: held.down,
        used: held.used,
    })
}

fn nodes(look: &Look<'_>) -> Result<Shown, Problem> {
    let fleet = look.live.desk().fleet();
    let nodes = match look.query.get("pool") {
        None => 0..fleet.node_count(),
        Some(wanted) => match fleet.pools().iter().find(|pool| pool.id.as_str() == wanted) {
            Some(pool) => pool.nodes.clone(),
            None => {
                let wanted: String = wanted.chars().take(80).collect();
                let detail = format!(
                    "`pool` is `{wanted}`, and there is none such; GET /v1/pools lists them"
                );
                return Err(Problem::invalid(detail));
            }
        },
    };
    let seen = nodes
        .filter_map(|node| node_view(look.live, NodeId(node)).map(|view| (node.to_string(), view)));
    page(look.query, seen)
}

fn node_id(text: Option<&str>) -> Result<NodeId, Problem> {
    let text = text.unwrap_or_default();
    text.parse().map(NodeId).map_err(|_| missing(Thing::Node, text))
}

fn node(look: &Look<'_>) -> Result<Shown, Problem> {
    debug_assert_eq!(look.caller.side, Side::Owner, "a tenant has no role with this right");
    let id = node_id(look.path.get("node"))?;
    match node_view(look.live, id) {
        Some(view) => Shown::json(&view),
        None => Err(missing(Thing::Node, id)),
    }
}

fn change(asking: &Asking<'_>, command: fn(NodeId) -> CommandKind) -> Result<Work, Problem> {
    let node = node_id(asking.path.get("node"))?;
    Ok(work(ActKind::Do(command(node)), 200, move |live, _| node_view(live, node)))
}
