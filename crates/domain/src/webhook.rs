//! What is wrong with a webhook that somebody wishes for: its address, or the secret that signs.

/// An address to which nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an address of the web.
    #[error("is no address such as https://example.com/agenda")]
    Form,
    /// Without TLS.
    #[error("must begin with https:// (http:// only where the local network is allowed)")]
    Plain,
    /// With a password in it.
    #[error("must hold no user name and no password: the signature says who sends")]
    Login,
    /// Of the local network.
    #[error("leads into a private network, which is not allowed")]
    Private,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It cannot be read.
    #[error("no signing secret: whsec_ and the base64 of 24 to 64 bytes")]
    Form,
    /// None can be made.
    #[error("the system gives no random bytes")]
    NoRandomness,
}
