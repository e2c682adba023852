//! The rules, and what their messages say: what happened, and what to do. `docs/alerts.md` explains each.

/// A kind of trouble. Its key is a section of `[alerts]` and stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The daemon cannot use its database.
    Database,
    /// The portal cannot be reached.
    PortalDown,
    /// The portal refused an examiner's password.
    Credentials,
    /// The portal showed a CAPTCHA.
    Captcha,
    /// Pages are not understood.
    Layout,
    /// Single rows of a day are not understood.
    UnreadRows,
    /// An examiner has had no success for too long.
    Stale,
    /// Many runs fail.
    FailureRate,
    /// The guard holds removals back.
    HeldRemovals,
    /// Many slots were marked removed.
    ManyRemoved,
}

impl Rule {
    /// All rules, the most urgent first.
    pub const ALL: [Self; 10] = [
        Self::Database,
        Self::PortalDown,
        Self::Credentials,
        Self::Captcha,
        Self::Layout,
        Self::UnreadRows,
        Self::Stale,
        Self::FailureRate,
        Self::HeldRemovals,
        Self::ManyRemoved,
    ];

    /// The stable text form.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::PortalDown => "portal_down",
            Self::Credentials => "credentials",
            Self::Captcha => "captcha",
            Self::Layout => "layout",
            Self::UnreadRows => "unread_rows",
            Self::Stale => "stale",
            Self::FailureRate => "failure_rate",
            Self::HeldRemovals => "held_removals",
            Self::ManyRemoved => "many_removed",
        }
    }

    /// The rule of a key; `None` for one that this version does not know.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.key() == key)
    }

    /// What is the matter, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Database => "Banco de dados inacessível",
            Self::PortalDown => "Portal fora do ar",
            Self::Credentials => "Acesso recusado pelo portal",
            Self::Captcha => "O portal pediu CAPTCHA",
            Self::Layout => "Página do portal não reconhecida",
            Self::UnreadRows => "Linha da agenda ilegível",
            Self::Stale => "Agenda sem atualização",
            Self::FailureRate => "Muitas sincronizações falham",
            Self::HeldRemovals => "Remoções retidas",
            Self::ManyRemoved => "Muitos horários removidos",
        }
    }

    /// What happened, and what that means for the agenda.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Database => {
                "o agendad não consegue usar o banco de dados. Nada é sincronizado enquanto isso durar; nada se perde, \
                 e o atraso é recuperado depois."
            }
            Self::PortalDown => {
                "o portal e-CNHsp não responde. As sincronizações esperam, e uma tentativa de cada vez verifica se ele \
                 voltou. As agendas guardadas continuam como estavam."
            }
            Self::Credentials => {
                "o portal recusou o CPF e a senha, ou informou que a conta está bloqueada. A conta foi pausada já na \
                 primeira recusa, para que novas tentativas não a bloqueiem."
            }
            Self::Captcha => {
                "o portal mostrou um CAPTCHA no acesso. O agendad nunca o resolve: a conta descansa por um tempo \
                 (portal.profile.captcha_pause) e depois é tentada de novo."
            }
            Self::Layout => {
                "o portal mostrou uma página que o agendad não entende; talvez tenha mudado. Nos dias afetados nada \
                 foi apagado nem marcado como removido."
            }
            Self::UnreadRows => {
                "o portal mostra na agenda uma linha em que falta algo ou está escrito de um modo que não se entende. As \
                 outras linhas do dia foram lidas; só os horários que poderiam ser essa linha ficam como estavam."
            }
            Self::Stale => {
                "faz vários intervalos que nenhuma sincronização termina com sucesso. A agenda guardada pode estar \
                 desatualizada."
            }
            Self::FailureRate => "uma parte grande das últimas sincronizações falhou.",
            Self::HeldRemovals => {
                "muitos horários de um mesmo dia sumiram de uma vez da agenda do portal. Eles continuam valendo até \
                 que uma nova leitura confirme a remoção."
            }
            Self::ManyRemoved => {
                "muitos horários deixaram de constar na agenda do portal e foram marcados como removidos."
            }
        }
    }

    /// What to do.
    #[must_use]
    pub const fn cure(self) -> &'static str {
        match self {
            Self::Database => {
                "verifique se o PostgreSQL está no ar, se há espaço em disco e se a rede até ele funciona. Depois: \
                 agendad check."
            }
            Self::PortalDown => {
                "abra o portal num navegador. Se ele abre, o problema é a rede desta máquina: agendad check. Se não \
                 abre, basta esperar."
            }
            Self::Credentials => {
                "peça ao perito que entre no portal com sua senha e grave a senha nova: agendad users set-password --user \
                 N (isso encerra a pausa). Se a conta está bloqueada, o perito a desbloqueia no portal; depois: agendad \
                 users resume --user N."
            }
            Self::Captcha => {
                "entre uma vez no portal, num navegador, com a conta do perito. Depois: agendad users resume --user N. Se \
                 acontece com muitos, diminua o ritmo: portal.max_requests_per_second e as janelas."
            }
            Self::Layout => {
                "veja o que o portal diz hoje: agendad portal probe --user N, e as páginas guardadas: agendad portal \
                 evidence list. Se os nomes mudaram, ajuste [portal.profile]."
            }
            Self::UnreadRows => {
                "abra o dia no portal, num navegador, e peça a quem cuida da agenda que corrija essa linha. Enquanto isso \
                 esse exame não aparece na agenda guardada, ou aparece como era antes."
            }
            Self::Stale => {
                "veja as últimas execuções e os seus motivos: agendad runs --user N. Se não há nenhuma, a fila está \
                 parada: agendad jobs, agendad locks."
            }
            Self::FailureRate => {
                "veja os motivos: agendad runs --status failed. Rede e portal fora do ar passam sozinhos; database e \
                 vault são problemas desta instalação: agendad check."
            }
            Self::HeldRemovals => {
                "compare com o portal num navegador. Se a agenda de fato encolheu, não é preciso fazer nada: a próxima \
                 leitura confirma. Se não encolheu, avise quem cuida do agendad."
            }
            Self::ManyRemoved => {
                "confirme com o perito se a agenda mudou mesmo: agendad changes --user N --kind removed. Um horário que \
                 volta ao portal volta sozinho também aqui."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTS: [(&str, &str); 2] = [
        ("docs/alerts.md", include_str!("../../docs/alerts.md")),
        (
            "docs/pt/alertas.md",
            include_str!("../../docs/pt/alertas.md"),
        ),
    ];

    #[test]
    fn every_rule_is_a_section_of_the_configuration_and_is_explained() {
        let shipped = crate::config::layers::BUILT_IN;
        for rule in Rule::ALL {
            assert_eq!(Rule::of(rule.key()), Some(rule));
            assert!(shipped.contains(&format!("[alerts.{}]", rule.key())));
            for (name, text) in DOCUMENTS {
                let row = format!("| `{}` | {} |", rule.key(), rule.title());
                assert!(text.contains(&row), "{name} has no row {row}");
            }
        }
    }

    #[test]
    fn the_documents_name_no_rule_that_is_not() {
        for (name, text) in DOCUMENTS {
            let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
            let keys = rows.filter_map(|row| row.split('`').next());
            let unknown: Vec<&str> = keys.filter(|key| Rule::of(key).is_none()).collect();
            assert_eq!(unknown, [""; 0], "{name}");
        }
    }
}
