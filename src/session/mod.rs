//! *With which cookies?* The cache of portal sessions between runs. A cached session is a hope, not a
//! fact: the portal decides at the first page whether it still honours it.

pub mod memory;

pub use memory::SessionCache;
