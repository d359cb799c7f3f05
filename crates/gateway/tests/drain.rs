//! Many streams and a recall: none is broken that ends in time, and what is cut is on record.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use leasehold_gateway::serve::{Drained, Ended, Limits};

use crate::support::{Bench, Engine, Script, chat_events, terms, text};

/// Streams of these tests.
const STREAMS: usize = 500;

/// A model whose first replica has all streams, and whose second one then comes.
async fn streams(
    leaving: &Engine,
    limits: Limits,
) -> (Arc<Bench>, Vec<tokio::task::JoinHandle<String>>) {
    let bench = Arc::new(Bench::new(&[leaving], 4_096, limits).await);
    let mut roomy = terms(&[leaving], 4_096);
    (roomy.version, roomy.models[0].replicas[0].slots) = (2, 4_096);
    bench.gateway.push(roomy).unwrap();
    let ask = |_| {
        let bench = bench.clone();
        tokio::spawn(async move { text(bench.chat(true).await).await })
    };
    let all = (0..STREAMS).map(ask).collect();
    let under_way = || leaving.asked.lock().unwrap().len();
    for _ in 0..4_000 {
        if under_way() == STREAMS {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ended = bench.memory.entries.lock().unwrap().clone();
    assert_eq!(under_way(), STREAMS, "others ended: {:?}", ended.first());
    (bench, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_under_500_streams_breaks_none() {
    let leaving = Engine::start(Script::Stream(chat_events(60), Duration::from_millis(20))).await;
    let staying = Engine::start(Script::Stream(chat_events(3), Duration::from_millis(1))).await;
    let (bench, streams) = streams(&leaving, Limits::default()).await;
    let mut both = terms(&[&leaving, &staying], 4_096);
    both.version = 3;
    for replica in &mut both.models[0].replicas {
        replica.slots = 4_096;
    }
    bench.gateway.push(both).unwrap();
    let replicas = bench.gateway.replicas(&["r0".to_owned()]);
    let drain = bench.gateway.drain(replicas, Duration::from_secs(60));
    let during = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        for _ in 0..50 {
            assert!(text(bench.chat(true).await).await.ends_with("data: [DONE]\n\n"));
        }
    };
    let (drained, ()) = tokio::join!(drain, during);
    assert_eq!(drained, Drained { cut: 0 });
    for stream in streams {
        let said = stream.await.unwrap();
        assert!(said.contains("t60\"") && said.ends_with("data: [DONE]\n\n"), "one was broken");
    }
    assert_eq!(leaving.asked.lock().unwrap().len(), STREAMS, "nothing new went to it");
    let entries = bench.entries(STREAMS + 50).await;
    assert!(entries.iter().all(|entry| entry.end == Ended::Served));
    let ids: BTreeSet<_> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), STREAMS + 50);
    assert_eq!(bench.gateway.streams(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_deadline_the_rest_is_cut_said_and_on_record() {
    let leaving =
        Engine::start(Script::Stream(chat_events(5_000), Duration::from_millis(20))).await;
    let (bench, streams) = streams(&leaving, Limits::default()).await;
    let replicas = bench.gateway.replicas(&["r0".to_owned()]);
    let drained = bench.gateway.drain(replicas, Duration::from_millis(100)).await;
    assert_eq!(drained, Drained { cut: STREAMS as u32 });
    let mut received = 0;
    for stream in streams {
        let said = stream.await.unwrap();
        assert!(said.contains("\"error\"") && said.contains("taken back"), "{said}");
        assert!(!said.contains("[DONE]"));
        received += said.matches("\"content\":\"t").count() as u64;
    }
    let entries = bench.entries(STREAMS).await;
    assert!(entries.iter().all(|entry| entry.end == Ended::Drained && !entry.whole));
    // What is on record is what was received, to the token: an event is one here.
    let counted: u64 = entries.iter().filter_map(|entry| entry.counts).map(|c| c.output).sum();
    assert_eq!(counted, received);
    let replica = &bench.gateway.replicas(&["r0".to_owned()])[0];
    assert_eq!((replica.under_way(), bench.gateway.streams()), (0, 0));
    let (_, lease) = &bench.gateway.leases()[0];
    assert_eq!((lease.under_way, lease.waiting), (0, 0));
}
