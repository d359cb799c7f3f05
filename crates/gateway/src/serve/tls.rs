//! TLS: what the gateway shows to its clients, and how it speaks to engines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{
    self, ClientConfig, ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier,
};

/// Files from which no TLS can be made.
#[derive(Debug, thiserror::Error)]
pub enum BadTls {
    /// One cannot be read, or holds nothing of its kind.
    #[error("`{}` is no usable {what} in PEM: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// They do not go together.
    #[error("`{}` and its key cannot be used for TLS: {why}", path.display())]
    Pair {
        /// The certificate.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// How engines are spoken to.
#[derive(Clone)]
pub struct EngineTls {
    /// HTTP/2 without TLS, too, rather than HTTP/1.1.
    pub http2: bool,
    client: Arc<ClientConfig>,
}

impl EngineTls {
    /// Over TLS, where engines show certificates that `ca` has signed. They are shown those of
    /// `own`, a file of certificates and one of their key, where they ask for any.
    ///
    /// # Errors
    /// [`BadTls`] names the file.
    pub fn new(http2: bool, ca: &Path, own: Option<(&Path, &Path)>) -> Result<Self, BadTls> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(ca)? {
            roots.add(certificate).map_err(|error| BadTls::File {
                path: ca.to_owned(),
                what: "certificate",
                why: error.to_string(),
            })?;
        }
        let builder = builder(ca)?.with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(certificates(chain)?, private_key(key)?)
                .map_err(pair(chain))?,
        };
        Ok(EngineTls { http2, client: Arc::new(config) })
    }

    /// Without TLS: where no authority is known, none is trusted.
    ///
    /// # Errors
    /// [`BadTls`], where this build has no ciphers at all.
    pub fn plain(http2: bool) -> Result<Self, BadTls> {
        let builder = builder(Path::new("-"))?.with_root_certificates(RootCertStore::empty());
        Ok(EngineTls { http2, client: Arc::new(builder.with_no_client_auth()) })
    }

    /// Connections over `connector`.
    pub(super) fn over(&self, connector: HttpConnector) -> HttpsConnector<HttpConnector> {
        let config = ClientConfig::clone(&self.client);
        let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
        if self.http2 {
            builder.enable_http2().wrap_connector(connector)
        } else {
            builder.enable_http1().enable_http2().wrap_connector(connector)
        }
    }
}

/// What client configurations begin with; errors are told of `path`.
fn builder(path: &Path) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, BadTls> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    builder.with_safe_default_protocol_versions().map_err(pair(path))
}

/// TLS for clients: HTTP/2 and HTTP/1.1, with the certificates in `chain` and their `key`.
///
/// # Errors
/// [`BadTls`] names the file.
pub fn acceptor(chain: &Path, key: &Path) -> Result<TlsAcceptor, BadTls> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(pair(chain))?;
    let builder = builder.with_no_client_auth();
    let config = builder.with_single_cert(certificates(chain)?, private_key(key)?);
    let mut config = config.map_err(pair(chain))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadTls> {
    let bad = |why: String| BadTls::File { path: path.to_owned(), what: "certificate", why };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| bad(error.to_string()))?;
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|error| bad(error.to_string()))?;
    if found.is_empty() { Err(bad("it holds none".to_owned())) } else { Ok(found) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, BadTls> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| BadTls::File {
        path: path.to_owned(),
        what: "private key",
        why: error.to_string(),
    })
}

fn pair(path: &Path) -> impl FnOnce(rustls::Error) -> BadTls {
    let path = path.to_owned();
    move |error| BadTls::Pair { path, why: error.to_string() }
}
