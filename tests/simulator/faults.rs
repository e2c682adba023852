//! The portal when it misbehaves.
