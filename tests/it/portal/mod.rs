//! The portal client over real HTTP: the recorded portal by its double and the shipped defaults, and the first
//! edition's portal, a small one of these tests' own, by profile alone. What it reads, what it asks for, and what
//! becomes of every way to misbehave.

mod bad_input;
mod bench;
mod classification;
mod faults;
mod fuzz_findings;
mod known_wire;
mod login_forms;
mod odd_rows;
mod pagers;
mod pages;
mod politeness;
mod probe;
mod properties;
mod reading;
mod recorded;
mod renamed;
mod server;
mod sessions;
mod statuses;
mod walk;
mod way;
mod wire;
mod wordless;
