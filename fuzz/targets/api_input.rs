//! Bytes → what the HTTP interface makes of them as a request.

#![no_main]

use agendad_invariants::api_input::Routes;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static ROUTES: Routes = Routes::default();
}

fuzz_target!(|request: &[u8]| ROUTES.with(|routes| routes.check(request)));
