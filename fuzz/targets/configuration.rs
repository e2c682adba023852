//! Text → what the loader makes of it as a configuration file and an environment.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| agendad_invariants::configuration::check(text));
