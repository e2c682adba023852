//! What must hold whatever comes from outside, one file for each fuzz target. The fuzz targets assert it of what they
//! invent, the tests of the seeds and of what was found.

pub mod api_input;
pub mod configuration;
pub mod portal_page;
