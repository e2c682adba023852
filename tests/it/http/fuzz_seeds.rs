//! Everything that the fuzz target for requests asserts is asserted of its seeds too.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/api_input.rs"]
#[expect(
    unreachable_pub,
    reason = "the fuzz target, which is a crate of its own, shares this file"
)]
mod invariants;

#[test]
fn the_seeds_hold_what_the_fuzzer_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/api_input");
    let routes = invariants::Routes::default();
    let requests = fs::read_dir(seeds).unwrap();
    let requests = requests.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let count = requests.map(|request| routes.check(&request)).count();
    assert!(count > 8);
}
