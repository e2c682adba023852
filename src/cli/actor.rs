//! Who sits at the command line, for the audit table.

use nix::unistd::{Uid, User};

/// `cli:<system user>`; behind sudo, who called it.
pub(super) fn actor() -> String {
    let uid = Uid::current();
    let name = User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name);
    match std::env::var("SUDO_USER") {
        Ok(caller) if uid.is_root() && caller != name => format!("cli:{caller} as {name}"),
        Ok(_) | Err(_) => format!("cli:{name}"),
    }
}
