//! The lock of one user, as its holder has it. The connection that holds it is the actor's.

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::StoreError;
use crate::connect::Server;
use agendad_domain::Cpf;

/// What is asked of the connection that holds the locks.
#[derive(Debug)]
pub(super) enum Request {
    TryLock {
        usuario_id: i32,
        /// For the lock that is granted.
        requests: mpsc::UnboundedSender<Request>,
        /// Carries the lock itself: if nobody takes it from the channel, it is dropped and so given back.
        reply: oneshot::Sender<Result<Option<UserLock>, StoreError>>,
    },
    TryLockPerson {
        usuario_id: i32,
        cpf: Cpf,
        epoch: CancellationToken,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    Unlock {
        usuario_id: i32,
        epoch: CancellationToken,
        reply: Option<oneshot::Sender<()>>,
    },
    /// A sign of life.
    Sign {
        reply: oneshot::Sender<Result<Server, StoreError>>,
    },
    /// The end of another process's connection.
    EndPeer {
        instance: String,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    /// Another connection, whatever this one is worth.
    Move,
}

/// One user's lock, and that of the person once it is taken. Held until released or dropped; [`UserLock::lost`] fires if the connection dies.
#[derive(Debug)]
pub struct UserLock {
    pub(super) usuario_id: i32,
    pub(super) lost: CancellationToken,
    pub(super) requests: mpsc::UnboundedSender<Request>,
    pub(super) released: bool,
}

impl UserLock {
    /// Fires when the connection that holds the lock has died: stop before the next write.
    #[must_use]
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Before something is begun that only its holder may begin: whether it is held still.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the connection has died: somebody else may have the lock by now.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.lost.is_cancelled() {
            Err(StoreError::Database(sqlx::Error::WorkerCrashed))
        } else {
            Ok(())
        }
    }

    /// Takes the lock of the person with this CPF too, until the user's is given back; false if somebody has it, in
    /// this process or elsewhere. One user's lock goes with one person.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the connection has died: the user's lock is lost as well.
    pub async fn try_person(&self, cpf: &Cpf) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Database(sqlx::Error::WorkerCrashed);
        let request = Request::TryLockPerson {
            usuario_id: self.usuario_id,
            cpf: cpf.clone(),
            epoch: self.lost.clone(),
            reply,
        };
        self.requests.send(request).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Gives the lock back and waits until it is free.
    pub async fn release(mut self) {
        let (reply, done) = oneshot::channel();
        self.released = true;
        let sent = self.requests.send(Request::Unlock {
            usuario_id: self.usuario_id,
            epoch: self.lost.clone(),
            reply: Some(reply),
        });
        // An actor that is gone has closed the connection, and the lock went with it.
        if sent.is_ok() && done.await.is_err() {
            tracing::debug!(
                usuario_id = self.usuario_id,
                "lock went with its connection"
            );
        }
    }
}

impl Drop for UserLock {
    fn drop(&mut self) {
        if !self.released {
            let request = Request::Unlock {
                usuario_id: self.usuario_id,
                epoch: self.lost.clone(),
                reply: None,
            };
            if self.requests.send(request).is_err() {
                tracing::debug!(
                    usuario_id = self.usuario_id,
                    "lock went with its connection"
                );
            }
        }
    }
}
