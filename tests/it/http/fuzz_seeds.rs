//! Everything that the fuzz target for requests asserts is asserted of its seeds too.

use std::fs;
use std::path::Path;

use agendad_invariants::api_input::Routes;

#[test]
fn the_seeds_hold_what_the_fuzzer_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/api_input");
    let routes = Routes::default();
    let requests = fs::read_dir(seeds).unwrap();
    let requests = requests.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let count = requests.map(|request| routes.check(&request)).count();
    assert!(count > 8);
}
