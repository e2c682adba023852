//! A text of a script as a person sees it.

use super::html;
use agendad_domain::text::fold_space;

/// A text in which entities stand and tags may, as plain text.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return fold_space(text);
    }
    let Some(tree) = html::parse(text) else {
        return fold_space(text);
    };
    let texts: Vec<&str> = tree.texts().collect();
    fold_space(&texts.join(" "))
}
