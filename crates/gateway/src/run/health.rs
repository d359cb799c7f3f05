//! Asking every replica how it is, so that one that hangs is noticed before its clients notice.

use std::sync::Arc;
use std::time::Duration;

use super::Say;
use crate::config::Health;
use crate::serve::Gateway;

/// Replicas that are asked at once.
const AT_ONCE: usize = 64;

/// Asks all replicas, again and again, while the gateway is there.
pub(super) fn watch(gateway: &Arc<Gateway>, health: &Health, say: &Say) {
    if health.path.is_empty() {
        return;
    }
    let (gateway, health, say) = (Arc::downgrade(gateway), health.clone(), say.clone());
    tokio::spawn(async move {
        let every = Duration::from_millis(u64::from(health.every_ms));
        let mut looks = crate::serve::Looks::new(&health.path, health.within_ms, health.ill_after);
        loop {
            let Some(gateway) = gateway.upgrade() else { return };
            for news in looks.round(&gateway, AT_ONCE).await {
                say(&news);
            }
            drop(gateway);
            tokio::time::sleep(every).await;
        }
    });
}
