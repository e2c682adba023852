//! The portal behind TLS, as it stands in the world: certificates of an authority of the test's own, HTTP/2 where it
//! is offered. It counts what comes over which connection.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// One connection: the version of each request that came over it.
type Seen = Vec<Version>;

pub(crate) struct TlsFront {
    pub(crate) address: SocketAddr,
    connections: Arc<Mutex<Vec<Seen>>>,
    _accepting: JoinSet<()>,
}

/// Who vouches for the servers of a test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// As a file that programs can be told to trust.
    pub(crate) fn write(&self, file: &Path) {
        std::fs::write(file, &self.certificate).unwrap();
    }

    /// A server's side of TLS under `name`, offering these protocols.
    pub(crate) fn acceptor(&self, name: &str, offers: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = offers.iter().map(|offer| (*offer).into()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

impl TlsFront {
    /// Before the server at `portal`.
    pub(crate) async fn before(portal: &url::Url, tls: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(Vec::new()));
        let (kept, portal) = (Arc::clone(&connections), portal.clone());
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = tls.accept(stream).await else {
                    continue;
                };
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(Seen::new());
                    kept.len() - 1
                };
                let (kept, portal) = (Arc::clone(&kept), portal.clone());
                open.spawn(async move {
                    let http = client();
                    let service = service_fn(move |request: Request<Incoming>| {
                        kept.lock().unwrap()[number].push(request.version());
                        pass_on(http.clone(), portal.clone(), request)
                    });
                    auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                });
                while open.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            connections,
            _accepting: accepting,
        }
    }

    /// The connections so far, with the versions of their requests.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.connections.lock().unwrap().clone()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it carries a test's requests on to the simulator as they came"
)]
fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn pass_on(
    http: reqwest::Client,
    portal: url::Url,
    request: Request<Incoming>,
) -> reqwest::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().unwrap().as_str();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let mut headers = head.headers;
    for own in [hyper::header::HOST, hyper::header::CONTENT_LENGTH] {
        headers.remove(own);
    }
    let answer = http
        .request(head.method, portal.join(path).unwrap())
        .headers(headers)
        .body(body.unwrap_or_default())
        .send()
        .await?;
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        let of_one_connection = [
            hyper::header::CONNECTION,
            hyper::header::TRANSFER_ENCODING,
            hyper::header::CONTENT_LENGTH,
        ];
        if !of_one_connection.contains(name) {
            response = response.header(name, value);
        }
    }
    Ok(response.body(Full::new(answer.bytes().await?)).unwrap())
}
