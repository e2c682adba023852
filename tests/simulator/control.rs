//! The control address.
