//! Taking connections, within limits, until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use super::Gateway;
use super::pulse::Pulse;

/// Connections that wait to be taken.
pub const BACKLOG: u32 = 8_192;
/// Most connections at once, at one address.
pub const CONNECTIONS_MAX: usize = 65_536;
/// Longest head of a request, in bytes.
pub const HEAD_BYTES_MAX: usize = 64 << 10;
/// Most headers of a request.
pub const HEADERS_MAX: usize = 100;
/// Streams at once on one connection of HTTP/2.
pub const STREAMS_MAX: u32 = 256;
/// For how long one that is to end may take to do so.
const PARTING: Duration = Duration::from_secs(5);

/// A gateway that listens.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    open: Arc<Semaphore>,
    gateway: Arc<Gateway>,
}

/// Listens at `address` and serves whoever comes; by `tls` alone where there is one.
///
/// # Errors
/// What the system says.
pub async fn listen(
    gateway: Arc<Gateway>,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
) -> std::io::Result<Listening> {
    gateway.keep_watch();
    let listener = bind(address)?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let open = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(accept(listener, tls, gateway.clone(), open.clone(), stopped));
    Ok(Listening { address, stop, open, gateway })
}

/// A socket that listens at `address`.
pub(crate) fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        tokio::net::TcpSocket::new_v4()?
    } else {
        tokio::net::TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
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
        let (tls, gateway, stopped) = (tls.clone(), gateway.clone(), stopped.clone());
        tokio::spawn(async move {
            greet(stream, tls, gateway, stopped).await;
            drop(permit);
        });
    }
}

/// Agrees on TLS, where that is spoken, and converses.
async fn greet(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    gateway: Arc<Gateway>,
    stopped: watch::Receiver<bool>,
) {
    // A chunk is a token: it must not wait for more.
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, gateway, stopped).await,
        Some(tls) => {
            // Who cannot agree hears so from TLS itself.
            let agreed = tokio::time::timeout(gateway.limits.head_within, tls.accept(stream)).await;
            if let Ok(Ok(stream)) = agreed {
                converse(stream, gateway, stopped).await;
            }
        }
    }
}

async fn converse<S>(stream: S, gateway: Arc<Gateway>, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (pulse, limits) = (Pulse::start(gateway.clock), gateway.limits);
    let beat = pulse.clone();
    let service = service_fn(move |request| {
        let (gateway, beat) = (gateway.clone(), beat.begin());
        async move { Ok::<_, Infallible>(gateway.handle(request).await.map(|body| beat.until(body))) }
    });
    let builder = builder(limits.head_within);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = pulse.stands_still(limits.head_within, limits.idle_within) => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(PARTING, connection).await;
            return;
        }
        () = async { drop(stopped.wait_for(|stop| *stop).await) } => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

fn builder(head_within: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(64 << 10)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    builder
}

impl Listening {
    /// Takes no more connections, lets what is under way finish, at most for `within`; then cuts
    /// it, with an error and on record. Gives how many connections were then still open.
    pub async fn stop(self, within: Duration) -> usize {
        self.gateway.stopping.store(true, Relaxed);
        let _ = self.stop.send(true);
        if self.are_closed(within).await {
            return 0;
        }
        let left = CONNECTIONS_MAX - self.open.available_permits();
        self.gateway.cut_all();
        // What is cut still has to be said.
        self.are_closed(PARTING).await;
        left
    }

    async fn are_closed(&self, within: Duration) -> bool {
        let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        tokio::time::timeout(within, self.open.acquire_many(all)).await.is_ok()
    }
}
