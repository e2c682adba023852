//! The portal client against a small portal of its own, over real HTTP: what it reads, what it asks
//! for, and what becomes of every way to misbehave.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod classification;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz_findings;
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
mod server;
#[cfg(test)]
mod sessions;
