//! What must hold whatever comes from outside, one file for each fuzz target. The tests share these files,
//! for the seeds and for what was found.

pub mod api_input;
pub mod configuration;
pub mod portal_page;
