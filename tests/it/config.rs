//! Everything that the fuzz target for configurations asserts is asserted of its seeds too.

use std::fs;
use std::path::Path;

use agendad_invariants::configuration::check;

#[test]
fn the_seeds_hold_what_the_fuzzer_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/configuration");
    let texts = fs::read_dir(seeds).unwrap();
    let texts = texts.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let count = texts.map(|text| check(&text)).count();
    assert!(count > 4);
}
