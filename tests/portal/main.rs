//! The portal client over real HTTP: the recorded portal by its double and the shipped defaults, and the first
//! edition's portal, a small one of these tests' own, by profile alone. What it reads, what it asks for, and what
//! becomes of every way to misbehave.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod classification;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz_findings;
#[cfg(test)]
mod known_wire;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod politeness;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod renamed;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod wire;
