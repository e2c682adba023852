//! Another system on loopback: it keeps what comes, and answers what it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The server; ends with its value.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    kept: Arc<Kept>,
    _task: JoinSet<()>,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

struct Kept {
    taken: Mutex<Vec<Message>>,
    tries: Mutex<Vec<Message>>,
    says: Mutex<String>,
    answer: Mutex<(u16, Option<(&'static str, String)>)>,
    /// Refuses the changes of this examiner.
    refused: Mutex<Option<i64>>,
    /// As Telegram does, refuses messages to this chat, and says which number it has now.
    moved: Mutex<Option<(String, i64)>>,
    /// Answers wait for a permit while it is slow.
    gate: Semaphore,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The examiner and the number of the change.
    pub(crate) fn change(&self) -> (i64, i64) {
        let json = self.json();
        let user = json["data"]["slot"]["usuarioId"].as_i64().unwrap();
        (user, json["data"]["id"].as_i64().unwrap())
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        Self::with_permits(Semaphore::MAX_PERMITS).await
    }

    /// One that lets everybody wait.
    pub(crate) async fn slow() -> Self {
        Self::with_permits(0).await
    }

    async fn with_permits(permits: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept {
            taken: Mutex::default(),
            tries: Mutex::default(),
            says: Mutex::new("canary answer".to_owned()),
            answer: Mutex::new((200, None)),
            refused: Mutex::default(),
            moved: Mutex::default(),
            gate: Semaphore::new(permits),
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

    pub(crate) fn url(&self) -> String {
        format!("http://{}/agendad?chave=canary-secret", self.address)
    }

    /// What was answered well, in order.
    pub(crate) fn taken(&self) -> Vec<Message> {
        self.kept.taken.lock().unwrap().clone()
    }

    /// The changes among it: examiner and number.
    pub(crate) fn changes(&self) -> Vec<(i64, i64)> {
        self.taken().iter().map(Message::change).collect()
    }

    /// Whatever came.
    pub(crate) fn tries(&self) -> Vec<Message> {
        self.kept.tries.lock().unwrap().clone()
    }

    /// From now on it answers this.
    pub(crate) fn answer(&self, status: u16, header: Option<(&'static str, String)>) {
        *self.kept.answer.lock().unwrap() = (status, header);
    }

    /// The text of its answers.
    pub(crate) fn say(&self, text: &str) {
        text.clone_into(&mut self.kept.says.lock().unwrap());
    }

    /// From now on it refuses the changes of this examiner.
    pub(crate) fn refuse(&self, user: Option<i64>) {
        *self.kept.refused.lock().unwrap() = user;
    }

    /// A chat has another number from now on.
    pub(crate) fn move_chat(&self, from: &str, to: i64) {
        *self.kept.moved.lock().unwrap() = Some((from.to_owned(), to));
    }

    /// It is no longer slow.
    pub(crate) fn hurry(&self) {
        self.kept.gate.add_permits(1 << 20);
    }
}

async fn take(
    State(kept): State<Arc<Kept>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let message = Message {
        path,
        headers,
        body,
    };
    kept.tries.lock().unwrap().push(message.clone());
    let permit = tokio::time::timeout(Duration::from_secs(120), kept.gate.acquire()).await;
    permit.unwrap().unwrap().forget();
    let (status, header) = kept.answer.lock().unwrap().clone();
    let refused = *kept.refused.lock().unwrap();
    if refused.is_some_and(|user| message.change().0 == user) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "canary says no").into_response();
    }
    let moved = kept.moved.lock().unwrap().clone();
    if let Some((_, to)) = moved.filter(|(from, _)| message.json()["chat_id"] == *from) {
        let body = json!({
            "ok": false,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": { "migrate_to_chat_id": to },
        });
        return (StatusCode::BAD_REQUEST, body.to_string()).into_response();
    }
    if (200..300).contains(&status) {
        kept.taken.lock().unwrap().push(message.clone());
    }
    let body = kept.says.lock().unwrap().clone();
    let body = body.replace("{path}", &message.path);
    let topic = message.json()["topic"].to_string();
    let body = body.replace("{topic}", topic.trim_matches('"'));
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    if let Some((name, value)) = header {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
