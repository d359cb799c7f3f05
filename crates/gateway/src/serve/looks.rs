//! Looks at the health of replicas.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::Gateway;
use crate::route::Replica;

/// What is known from looks at replicas.
pub(crate) struct Looks {
    path: String,
    within: Duration,
    ill_after: u32,
    /// Bad looks in a row, by model and replica; those without any are not here.
    bad: BTreeMap<(Arc<str>, Arc<str>), u32>,
}

impl Looks {
    /// Looks at `path`, each for at most so many milliseconds; so many bad ones in a row make a
    /// replica ill, and a good one makes it well.
    pub(crate) fn new(path: &str, within_ms: u32, ill_after: u32) -> Self {
        let within = Duration::from_millis(u64::from(within_ms));
        Looks { path: path.to_owned(), within, ill_after, bad: BTreeMap::new() }
    }

    /// Looks at every replica once, at so many at once; gives the news, in words.
    pub(crate) async fn round(&mut self, gateway: &Arc<Gateway>, at_once: usize) -> Vec<String> {
        let all = gateway.all_replicas();
        let (mut under_way, mut left) = (JoinSet::new(), all.into_iter());
        let (mut news, mut bad) = (Vec::new(), BTreeMap::new());
        loop {
            while under_way.len() < at_once {
                let Some((model, replica)) = left.next() else { break };
                let (gateway, path, within) = (gateway.clone(), self.path.clone(), self.within);
                under_way.spawn(async move {
                    let well = gateway.engines.is_well(&replica, &path, within).await;
                    (model, replica, well)
                });
            }
            let Some(looked) = under_way.join_next().await else { break };
            let Ok((model, replica, well)) = looked else { continue };
            news.extend(self.told(&mut bad, model, &replica, well));
        }
        self.bad = bad;
        news
    }

    fn told(
        &self,
        bad: &mut BTreeMap<(Arc<str>, Arc<str>), u32>,
        model: Arc<str>,
        replica: &Arc<Replica>,
        well: bool,
    ) -> Option<String> {
        let of = (model, replica.name.clone());
        if well {
            return replica.looked_at(true).then(|| format!("replica `{}` is well again", of.1));
        }
        let times = self.bad.get(&of).copied().unwrap_or(0).saturating_add(1);
        let ill = times >= self.ill_after;
        let news = ill && replica.looked_at(false);
        let name = of.1.clone();
        bad.insert(of, times);
        news.then(|| format!("replica `{name}` does not say that it is well: it gets no requests"))
    }
}
