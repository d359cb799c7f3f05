//! Load on a gateway. Prints a line of JSON.
//!
//!     load whole   --port P [--key K] [--conns 64] [--seconds 5]
//!     load streams --port P [--key K] [--conns 200] [--tokens 64] [--seconds 5] [--cut N]
//!     load rate    --port P [--key K] [--rate 1000] [--tokens 4] [--seconds 5]
//!
//! `whole` asks as fast as answers come, on connections that stay. `streams` keeps streams under
//! way; with `--cut` each is left after that many tokens. `rate` begins streams at a steady rate,
//! whatever has come of those before; times count from when a request was due. Times are
//! microseconds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rig::{Wire, argument, find, now, number_after, runtime};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

/// Samples of one kind that are kept: more than a run of a minute makes.
const SAMPLES_MAX: usize = 20_000_000;
/// A gap between tokens that nothing but a timer of the system explains, in microseconds over the
/// pace: 40 ms is Nagle's algorithm waiting for a delayed acknowledgement.
const STALL: u32 = 35_000;

#[derive(Default)]
struct Found {
    whole: Cell<u64>,
    failed: Cell<u64>,
    cut: Cell<u64>,
    tokens: Cell<u64>,
    /// As the answers themselves count them.
    told: Cell<u64>,
    unended: Cell<u64>,
    first: RefCell<Vec<u32>>,
    delay: RefCell<Vec<u32>>,
    took: RefCell<Vec<u32>>,
    fault: RefCell<Option<String>>,
}

impl Found {
    fn add(cell: &Cell<u64>, more: u64) {
        cell.set(cell.get() + more);
    }

    fn sample(of: &RefCell<Vec<u32>>, micros: u128) {
        let mut of = of.borrow_mut();
        if of.len() < SAMPLES_MAX {
            of.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
    }

    fn fail(&self, why: String) {
        Self::add(&self.failed, 1);
        self.fault.borrow_mut().get_or_insert(why.replace(['"', '\\', '\n', '\r'], " "));
    }

    fn print(&self, seconds: f64) {
        let stalls = self.delay.borrow().iter().filter(|micros| **micros > STALL).count();
        println!(
            "{{\"seconds\":{seconds:.3},\"whole\":{},\"failed\":{},\"cut\":{},\"tokens\":{},\
             \"told\":{},\"unended\":{},\"stalls\":{stalls},\"first\":{},\"delay\":{},\"took\":{},\
             \"fault\":\"{}\"}}",
            self.whole.get(),
            self.failed.get(),
            self.cut.get(),
            self.tokens.get(),
            self.told.get(),
            self.unended.get(),
            quantiles(&self.first),
            quantiles(&self.delay),
            quantiles(&self.took),
            self.fault.borrow().as_deref().unwrap_or_default(),
        );
    }
}

fn quantiles(of: &RefCell<Vec<u32>>) -> String {
    let mut of = of.borrow_mut();
    of.sort_unstable();
    let at = |thousandths: usize| {
        let place = of.len().saturating_sub(1) * thousandths / 1_000;
        of.get(place).copied().unwrap_or_default()
    };
    format!(
        "{{\"n\":{},\"p50\":{},\"p99\":{},\"p999\":{},\"max\":{}}}",
        of.len(),
        at(500),
        at(990),
        at(999),
        at(1_000)
    )
}

/// What is asked, and of whom.
struct Target {
    port: u16,
    request: Vec<u8>,
}

impl Target {
    fn new(streams: bool, tokens: u64) -> Target {
        let (port, key) = (argument("port", 0), argument("key", String::new()));
        let model = argument("model", "m".to_owned());
        let tail = if streams {
            ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
        } else {
            ""
        };
        let body = format!(
            "{{\"model\":\"{model}\",\"messages\":[{{\"role\":\"user\",\"content\":\
             \"Say hello to the bench, please.\"}}],\"max_tokens\":{tokens}{tail}}}"
        );
        let key = if key.is_empty() { key } else { format!("authorization: Bearer {key}\r\n") };
        let length = body.len();
        let request = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\
             content-type: application/json\r\n{key}content-length: {length}\r\n\r\n{body}"
        );
        Target { port, request: request.into_bytes() }
    }

    async fn connect(&self) -> std::io::Result<Wire> {
        TcpStream::connect(("127.0.0.1", self.port)).await.map(Wire::new)
    }
}

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let seconds: u64 = argument("seconds", 5);
    let found = Rc::new(Found::default());
    let until = Duration::from_secs(seconds);
    let took = tokio::task::LocalSet::new().block_on(&runtime(), async {
        let began = Instant::now();
        match mode.as_str() {
            "whole" => closed(&found, Target::new(false, 64), 64, began + until, None).await,
            "streams" => {
                let cut = Some(argument("cut", 0)).filter(|cut| *cut > 0);
                let target = Target::new(true, argument("tokens", 64));
                closed(&found, target, 200, began + until, cut).await;
            }
            "rate" => open(&found, Target::new(true, argument("tokens", 4)), began, seconds).await,
            _ => {
                eprintln!("load whole, load streams or load rate");
                std::process::exit(2);
            }
        }
        began.elapsed()
    });
    found.print(took.as_secs_f64());
}

/// Connections that ask again as soon as they are answered.
async fn closed(found: &Rc<Found>, target: Target, conns: u32, until: Instant, cut: Option<u64>) {
    let conns: u32 = argument("conns", conns);
    let limit: u64 = argument("requests", u64::MAX);
    let (target, left) = (Rc::new(target), Rc::new(Cell::new(limit)));
    let ramp = Duration::from_millis(argument("ramp-ms", 500));
    let mut tasks = Vec::new();
    for number in 0..conns {
        let (found, target, left) = (found.clone(), target.clone(), left.clone());
        tasks.push(tokio::task::spawn_local(async move {
            sleep(ramp * number / conns).await;
            let mut wire = None;
            while Instant::now() < until && left.get() > 0 {
                left.set(left.get() - 1);
                let due = Instant::now();
                wire = ask(&found, &target, wire, due, cut).await;
            }
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
}

/// Requests at a steady rate.
async fn open(found: &Rc<Found>, target: Target, began: Instant, seconds: u64) {
    let rate: u64 = argument("rate", 1_000);
    let target = Rc::new(target);
    let idle: Rc<RefCell<Vec<Wire>>> = Rc::default();
    let mut tasks = Vec::new();
    for number in 0..rate * seconds {
        let mut due = began + Duration::from_nanos(number * 1_000_000_000 / rate);
        if Instant::now() < due {
            sleep_until(due).await;
            // The timer's grain is no fault of the gateway; what is late without it may be one.
            due = Instant::now();
        }
        let (found, target, idle) = (found.clone(), target.clone(), idle.clone());
        tasks.push(tokio::task::spawn_local(async move {
            let wire = idle.borrow_mut().pop();
            let wire = ask(&found, &target, wire, due, None).await;
            idle.borrow_mut().extend(wire);
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
}

/// Asks once. Gives the connection back where it can be used again.
async fn ask(
    found: &Found,
    target: &Target,
    wire: Option<Wire>,
    due: Instant,
    cut: Option<u64>,
) -> Option<Wire> {
    let asked = async {
        let mut wire = match wire {
            Some(wire) => wire,
            None => target.connect().await?,
        };
        wire.send(&target.request).await?;
        let head = wire.head().await?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        if !head.first.starts_with("HTTP/1.1 200") {
            let body = wire.take(head.length.unwrap_or(0).min(200)).await.unwrap_or_default();
            let body = String::from_utf8_lossy(&body).into_owned();
            return Err(std::io::Error::other(format!("{}: {body}", head.first)));
        }
        let kept = if head.chunked {
            stream(found, &mut wire, due, cut).await?
        } else {
            let body = wire.take(head.length.unwrap_or(0)).await?;
            Found::add(&found.told, number_after(&body, b"\"completion_tokens\":").unwrap_or(0));
            Found::add(&found.whole, 1);
            true
        };
        Found::sample(&found.took, due.elapsed().as_micros());
        Ok::<_, std::io::Error>(Some(wire).filter(|_| kept))
    };
    match asked.await {
        Ok(wire) => wire,
        Err(error) => {
            found.fail(error.to_string());
            sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

/// Reads a stream to its end, or until it is to be cut. False where it was.
async fn stream(
    found: &Found,
    wire: &mut Wire,
    due: Instant,
    cut: Option<u64>,
) -> std::io::Result<bool> {
    let (mut text, mut tokens, mut ended) = (Vec::new(), 0, false);
    while let Some(chunk) = wire.chunk().await? {
        text.extend_from_slice(&chunk);
        let at = now();
        while let Some(end) = find(&text, b"\n\n") {
            let event = &text[..end];
            if let Some(made) = number_after(event, b"\"content\":\" t") {
                if tokens == 0 {
                    Found::sample(&found.first, due.elapsed().as_micros());
                }
                Found::sample(&found.delay, u128::from(at.saturating_sub(made) / 1_000));
                Found::add(&found.tokens, 1);
                tokens += 1;
            }
            Found::add(&found.told, number_after(event, b"\"completion_tokens\":").unwrap_or(0));
            ended |= event == b"data: [DONE]";
            text.drain(..end + 2);
        }
        if cut.is_some_and(|cut| tokens >= cut) {
            Found::add(&found.cut, 1);
            return Ok(false);
        }
    }
    Found::add(&found.whole, 1);
    Found::add(&found.unended, u64::from(!ended));
    Ok(true)
}
