//! Taking connections, within limits, until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::Gateway;

/// Connections that wait to be taken.
pub const BACKLOG: u32 = 8_192;
/// Most connections at once.
pub const CONNECTIONS_MAX: usize = 65_536;
/// Longest head of a request, in bytes.
pub const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most headers of a request.
pub const HEADERS_MAX: usize = 100;
/// Streams at once on one connection of HTTP/2.
pub const STREAMS_MAX: u32 = 256;
/// For how long a client may take to send the head of a request.
pub const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// A gateway that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    open: Arc<Semaphore>,
    gateway: Arc<Gateway>,
}

/// Listens at `address` and serves whoever comes.
///
/// # Errors
/// What the system says.
pub async fn listen(gateway: Arc<Gateway>, address: SocketAddr) -> std::io::Result<Listening> {
    let socket = if address.is_ipv4() {
        tokio::net::TcpSocket::new_v4()?
    } else {
        tokio::net::TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let open = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(accept(listener, gateway.clone(), open.clone(), stopped));
    Ok(Listening { address, stop, open, gateway })
}

async fn accept(
    listener: TcpListener,
    gateway: Arc<Gateway>,
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
        let (gateway, stopped) = (gateway.clone(), stopped.clone());
        tokio::spawn(async move {
            converse(stream, gateway, stopped).await;
            drop(permit);
        });
    }
}

async fn converse(stream: TcpStream, gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>) {
    // A chunk is a token: it must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let gateway = gateway.clone();
        async move { Ok::<_, Infallible>(gateway.handle(request).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .pipeline_flush(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(64 << 10)
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
        self.gateway.stopping.store(true, Relaxed);
        let _ = self.stop.send(true);
        let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        let finished = tokio::time::timeout(within, self.open.acquire_many(all)).await;
        if finished.is_ok() { 0 } else { CONNECTIONS_MAX - self.open.available_permits() }
    }
}
