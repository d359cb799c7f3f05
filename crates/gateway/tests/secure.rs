//! TLS to clients and to engines, HTTP/2, and tenants on one connection.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Version};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use leasehold_gateway::admission::{KeyDigest, KeyTerms};
use leasehold_gateway::serve::{EngineTls, Limits, acceptor, listen};
use leasehold_types::{LeaseId, TenantId};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::support::{ANSWER, Bench, Engine, KEY, Memory, Script, gateway, terms};

/// An authority and what it signed, made by openssl.
struct Papers(tempfile::TempDir);

impl Papers {
    fn new() -> Papers {
        let dir = tempfile::tempdir().unwrap();
        let openssl = |line: &str| {
            let run =
                Command::new("openssl").args(line.split(' ')).current_dir(dir.path()).output();
            let run = run.expect("these tests make their certificates with openssl: install it");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {key} -days 3650 -subj /CN=ca -keyout ca.key -out ca.pem"));
        std::fs::write(dir.path().join("ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
            .unwrap();
        for name in ["server", "gateway"] {
            openssl(&format!("req {key} -subj /CN={name} -keyout {name}.key -out {name}.csr"));
            openssl(&format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
                 -extfile ext -out {name}.pem"
            ));
        }
        Papers(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.path("ca.pem")).unwrap()).unwrap();
        roots
    }
}

fn provider() -> Arc<tokio_rustls::rustls::crypto::CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Asks over TLS; gives the version of HTTP that was agreed on, and the status.
async fn ask(papers: &Papers, http2: bool, address: std::net::SocketAddr) -> (Version, u16) {
    let config = ClientConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(papers.roots()).with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_only();
    let connector =
        if http2 { builder.enable_http2().build() } else { builder.enable_http1().build() };
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let request = Request::post(format!("https://{address}/v1/chat/completions"))
        .header("x-api-key", KEY)
        .body(Full::new(Bytes::from_static(b"{\"model\":\"tiny\"}")))
        .unwrap();
    let response = client.request(request).await.unwrap();
    let found = (response.version(), response.status().as_u16());
    response.into_body().collect().await.unwrap();
    found
}

#[tokio::test]
async fn clients_agree_on_either_http_over_tls() {
    let papers = Papers::new();
    let engine = Engine::start(Script::Say(200, ANSWER)).await;
    let bench = Bench::new(&[&engine], 8, Limits::default()).await;
    let tls = acceptor(&papers.path("server.pem"), &papers.path("server.key")).unwrap();
    let secure = listen(bench.gateway.clone(), "127.0.0.1:0".parse().unwrap(), Some(tls)).await;
    let secure = secure.unwrap();
    let address = secure.address;
    assert_eq!(ask(&papers, false, address).await, (Version::HTTP_11, 200));
    assert_eq!(ask(&papers, true, address).await, (Version::HTTP_2, 200));
}

#[test]
fn files_from_which_no_tls_can_be_made_are_named() {
    let papers = Papers::new();
    let said = |chain: &Path, key: &Path| acceptor(chain, key).err().unwrap().to_string();
    let (chain, key) = (papers.path("server.pem"), papers.path("server.key"));
    assert!(said(&key, &key).contains("server.key` is no usable certificate"));
    assert!(said(&chain, &chain).contains("server.pem` is no usable private key"));
    assert!(said(&chain, &papers.path("ca.key")).contains("cannot be used for TLS"));
    assert!(said(Path::new("/nowhere.pem"), &key).contains("/nowhere.pem"));
}

/// An engine that speaks TLS, and to nobody whom the authority does not know.
async fn strict_engine(papers: &Papers) -> std::net::SocketAddr {
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(papers.roots()), provider());
    let config = ServerConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_client_cert_verifier(verifier.build().unwrap());
    let chain = vec![CertificateDer::from_pem_file(papers.path("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(papers.path("server.key")).unwrap();
    let tls = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let tls = tls.clone();
            tokio::spawn(async move {
                let Ok(stream) = tls.accept(stream).await else { return };
                let service = hyper::service::service_fn(async |_| {
                    let json =
                        hyper::Response::builder().header("content-type", "application/json");
                    json.body(Full::new(Bytes::from_static(ANSWER.as_bytes())))
                });
                let builder = hyper::server::conn::http1::Builder::new();
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn engines_are_known_by_their_certificates_and_know_the_gateway_by_its() {
    let papers = Papers::new();
    let address = strict_engine(&papers).await;
    let (ca, own) = (papers.path("ca.pem"), papers.path("gateway.pem"));
    let own_key = papers.path("gateway.key");
    let engine = Engine::start(Script::Silent).await;
    for (tls, status) in [
        (EngineTls::new(false, &ca, Some((&own, &own_key))).unwrap(), 200),
        (EngineTls::new(false, &ca, None).unwrap(), 502),
        (EngineTls::plain(false).unwrap(), 502),
    ] {
        let mut terms = terms(&[&engine], 8);
        terms.models[0].replicas[0].url = format!("https://{address}");
        let gateway = gateway(Limits::default(), Box::new(Memory::default()), tls, terms);
        let listening = listen(gateway, "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let client = crate::support::Caller::new(listening.address);
        assert_eq!(client.chat(false).await.status(), status);
    }
}

#[tokio::test]
async fn tenants_on_one_connection_are_never_mixed() {
    let engine = Engine::start(Script::Echo).await;
    let bench = Bench::new(&[&engine], 64, Limits::default()).await;
    let mut two = terms(&[&engine], 64);
    two.version = 2;
    let mut other = two.leases[0].clone();
    (other.lease, other.tenant) = (LeaseId::new("other").unwrap(), TenantId::new("bravo").unwrap());
    let sha256 = KeyDigest::of("sk-other").to_hex();
    two.keys.push(KeyTerms { sha256, prefix: "sk-other".to_owned(), lease: other.lease.clone() });
    two.leases.push(other);
    bench.gateway.push(two).unwrap();
    let client: Client<_, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    let one = |n: usize| {
        let (client, address) = (client.clone(), bench.listening.address);
        async move {
            let key = if n.is_multiple_of(2) { KEY } else { "sk-other" };
            let body = format!("{{\"model\":\"tiny\",\"n\":{n},\"key\":\"{key}\"}}");
            let request = Request::post(format!("http://{address}/v1/chat/completions"))
                .header("x-api-key", key)
                .body(Full::new(Bytes::from(body.clone())))
                .unwrap();
            let response = client.request(request).await.unwrap();
            let text = response.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8(text.to_vec()).unwrap();
            assert!(text.contains(&format!("\"echo\":{body}")), "{n}: {text}");
        }
    };
    let all: Vec<_> = (0..120).map(|n| tokio::spawn(one(n))).collect();
    for one in all {
        one.await.unwrap();
    }
    let entries = bench.entries(120).await;
    let of = |tenant: &str| entries.iter().filter(|e| e.holder.tenant.as_str() == tenant).count();
    assert_eq!((of("acme"), of("bravo")), (60, 60));
}
