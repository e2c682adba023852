//! Words about the pages of a list.

use crate::words::{Sentence, both};

pub(crate) const PAGES_OF_LIST: Sentence = both("Páginas da lista", "Pages of the list");
pub(crate) const PREVIOUS: Sentence = both("anterior", "previous");
pub(crate) const NEXT: Sentence = both("seguinte", "next");
