//! `agendad migrate` on the earlier system's database.

mod after;
mod earlier;
mod end_to_end;
mod migrating;
mod places;
mod scene;
