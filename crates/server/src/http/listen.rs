//! Taking connections, within limits, until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::app::{App, router};

/// Most connections at once.
pub const CONNECTIONS_MAX: usize = 16_384;
/// For how long a client may take to send the head of a request, and be idle between two.
pub const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Longest head of a request, in bytes.
pub const HEAD_MAX_BYTES: usize = 32 << 10;
/// Most headers of a request.
pub const HEADERS_MAX: usize = 64;
/// Requests at once on one connection of HTTP/2.
pub const STREAMS_MAX: u32 = 64;

/// A server that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    open: Arc<Semaphore>,
}

/// Listens at `address` and serves whoever comes.
///
/// # Errors
/// What the system says.
pub async fn listen(app: Arc<App>, address: SocketAddr) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let open = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(accept(listener, router(app.clone()), open.clone(), stopped));
    Ok(Listening { address, app, stop, open })
}

async fn accept(
    listener: TcpListener,
    router: Router,
    open: Arc<Semaphore>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = open.clone().acquire_owned().await else { return };
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, _)) = taken else {
            // Out of file handles, most likely: nothing is gained by asking again at once.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (router, stopped) = (router.clone(), stopped.clone());
        tokio::spawn(async move {
            converse(stream, router, stopped).await;
            drop(permit);
        });
    }
}

async fn converse(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        async move {
            use tower_service::Service;
            let response = router.call(request.map(Body::new)).await;
            Ok::<_, Infallible>(response.unwrap_or_else(|never| match never {}))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_MAX_BYTES)
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(32 << 10)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

impl Listening {
    /// Takes no more connections, lets what is under way finish, at most for `within`. Gives how
    /// many connections were then still open.
    pub async fn stop(self, within: Duration) -> usize {
        self.app.stopping.store(true, Ordering::Relaxed);
        let _ = self.stop.send(true);
        let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        let finished = tokio::time::timeout(within, self.open.acquire_many(all)).await;
        if finished.is_ok() { 0 } else { CONNECTIONS_MAX - self.open.available_permits() }
    }
}
