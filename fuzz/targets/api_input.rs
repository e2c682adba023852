//! Bytes → what the HTTP interface makes of them as a request.

#![no_main]

use agendad_fuzz::api_input::Door;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static DOOR: Door = Door::default();
}

fuzz_target!(|request: &[u8]| DOOR.with(|door| door.check(request)));
