//! Bytes → what the portal client makes of them: the kind of page, the dates offered, the day stated.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &[u8]| agendad_invariants::portal_page::check_shipped(page));
