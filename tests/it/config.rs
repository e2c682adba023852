//! Everything that the fuzz target for configurations asserts is asserted of its seeds too.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/configuration.rs"]
#[expect(
    unreachable_pub,
    reason = "the fuzz target, which is a crate of its own, shares this file"
)]
mod invariants;

#[test]
fn the_seeds_hold_what_the_fuzzer_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/configuration");
    let texts = fs::read_dir(seeds).unwrap();
    let texts = texts.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let count = texts.map(|text| invariants::check(&text)).count();
    assert!(count > 4);
}
