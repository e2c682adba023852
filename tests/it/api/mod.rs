//! The API for programs: accounts, runs, slots, syncs, and who may do what for whom.

mod account;
mod permissions;
mod reading;
mod sheet;
mod syncs;
