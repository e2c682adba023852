//! Bytes → what the portal client makes of them: the kind of page, the dates offered, the day stated.

#![no_main]

use std::sync::LazyLock;

use agendad::config::portal::Profile;
use agendad::config::{Config, layers};
use libfuzzer_sys::fuzz_target;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    let built_in = layers::built_in().expect("the defaults are well-formed");
    let config = Config::from_layers(vec![built_in]).expect("the defaults are possible");
    *config.portal.profile
});

fuzz_target!(|page: &[u8]| agendad_invariants::portal_page::check(page, &PROFILE));
