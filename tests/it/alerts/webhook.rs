//! A webhook and a heartbeat's address on loopback: they keep what comes, and answer what they are told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The server; ends with its value.
pub(crate) struct Webhook {
    pub(crate) address: SocketAddr,
    kept: Arc<Kept>,
    _task: JoinSet<()>,
}

struct Kept {
    texts: Mutex<Vec<String>>,
    calls: Mutex<u32>,
    answer: Mutex<(u16, &'static str)>,
}

impl Webhook {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept {
            texts: Mutex::default(),
            calls: Mutex::default(),
            answer: Mutex::new((200, "ok")),
        });
        let app = Router::new().fallback(take).with_state(Arc::clone(&kept));
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            kept,
            _task: task,
        }
    }

    /// The secret address of the webhook.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/services/canary-secret", self.address)
    }

    /// The heartbeat's.
    pub(crate) fn heartbeat(&self) -> String {
        format!("http://{}/ping/canary-secret", self.address)
    }

    /// What has come, in order; only messages that were answered well.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.kept.texts.lock().unwrap().clone()
    }

    /// How often the heartbeat's address was called.
    pub(crate) fn calls(&self) -> u32 {
        *self.kept.calls.lock().unwrap()
    }

    /// From now on it answers this.
    pub(crate) fn answer(&self, status: u16, body: &'static str) {
        *self.kept.answer.lock().unwrap() = (status, body);
    }
}

async fn take(State(kept): State<Arc<Kept>>, uri: Uri, body: String) -> (StatusCode, &'static str) {
    let (status, answer) = *kept.answer.lock().unwrap();
    if uri.path().starts_with("/ping") {
        *kept.calls.lock().unwrap() += 1;
    } else if status == 200 {
        let message: serde_json::Value = serde_json::from_str(&body).unwrap();
        let text = message["text"].as_str().unwrap().to_owned();
        kept.texts.lock().unwrap().push(text);
    }
    (StatusCode::from_u16(status).unwrap(), answer)
}
