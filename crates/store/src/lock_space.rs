//! The numbers that tell our advisory locks from those of others.

/// First half of the two-part keys of this daemon's other locks (0: migrations, else: alive marks).
pub const LOCK_SPACE: i32 = 873_250;
