//! The other end of a connection.

use std::net::SocketAddr;

/// Among the extensions of every request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);
