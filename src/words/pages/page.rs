//! Words about what all pages have in common.

use crate::words::{Sentence, both};

pub(crate) const NO_CONTACT: Sentence = both(
    "Sem contato desde {}; dados antigos",
    "No contact since {}; old data",
);
pub(crate) const NOT_OF_TODAY: Sentence =
    both("Esta página não é de hoje.", "This page is not today's.");
pub(crate) const ENDED: Sentence = both(
    "A sessão terminou, e o que está escrito aqui não foi gravado. Os dados são antigos. Copie o que for preciso antes de entrar de novo.",
    "Your session has ended, and what is written here was not saved. The data are old. Copy what you need before you log in again.",
);
pub(crate) const AGO: Sentence = both("há {}", "{} ago");
pub(crate) const SOON: Sentence = both("em {}", "in {}");
pub(crate) const NOW: Sentence = both("agora", "now");
pub(crate) const SKIP_TO_CONTENT: Sentence = both("Ir ao conteúdo", "Skip to content");
pub(crate) const BACK: Sentence = both("Voltar", "Back");
pub(crate) const LOG_OUT: Sentence = both("Sair", "Log out");
pub(crate) const PAGE_OF: Sentence = both("página de ", "page of ");
pub(crate) const OVERVIEW: Sentence = both("Visão geral", "Overview");
pub(crate) const AGENDA: Sentence = both("Agenda do dia", "Agenda");
pub(crate) const OWN_PAGE: Sentence = both("Minha agenda", "My agenda");
pub(crate) const HISTORY: Sentence = both("Histórico", "History");
pub(crate) const PAGES: Sentence = both("Páginas", "Pages");
pub(crate) const LANGUAGE_NAME: Sentence = both("Português", "English");
