//! The rules, and what their messages say: what happened, and what to do. `docs/alerts.md` explains each.

/// A kind of trouble. Its key is a section of `[alerts]` and stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The daemon cannot use its database.
    Database,
    /// The database's role lacks rights, or does not see all rows.
    Access,
    /// The portal cannot be reached.
    PortalDown,
    /// The portal's firewall turns daemons away.
    Firewall,
    /// The portal did not accept an examiner's password.
    Credentials,
    /// Two scheduled accounts have one CPF.
    DuplicateCpf,
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
    /// The application's table refuses appointments.
    Appointments,
    /// A clock is wrong, or was.
    Clock,
}

impl Rule {
    /// All rules, the most urgent first.
    pub const ALL: [Self; 15] = [
        Self::Database,
        Self::Access,
        Self::PortalDown,
        Self::Firewall,
        Self::Credentials,
        Self::DuplicateCpf,
        Self::Captcha,
        Self::Layout,
        Self::UnreadRows,
        Self::Stale,
        Self::FailureRate,
        Self::HeldRemovals,
        Self::ManyRemoved,
        Self::Appointments,
        Self::Clock,
    ];

    /// The stable text form.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Access => "access",
            Self::PortalDown => "portal_down",
            Self::Firewall => "firewall",
            Self::Credentials => "credentials",
            Self::DuplicateCpf => "duplicate_cpf",
            Self::Captcha => "captcha",
            Self::Layout => "layout",
            Self::UnreadRows => "unread_rows",
            Self::Stale => "stale",
            Self::FailureRate => "failure_rate",
            Self::HeldRemovals => "held_removals",
            Self::ManyRemoved => "many_removed",
            Self::Appointments => "appointments",
            Self::Clock => "clock",
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
            Self::Access => "Faltam permissões no banco de dados",
            Self::PortalDown => "Portal fora do ar",
            Self::Firewall => "O firewall do portal recusa esta máquina",
            Self::Credentials => "Acesso recusado pelo portal",
            Self::DuplicateCpf => "Duas contas com o mesmo CPF",
            Self::Captcha => "O portal pediu CAPTCHA",
            Self::Layout => "Página do portal não reconhecida",
            Self::UnreadRows => "Linha da agenda ilegível",
            Self::Stale => "Agenda sem atualização",
            Self::FailureRate => "Muitas sincronizações falham",
            Self::HeldRemovals => "Remoções retidas",
            Self::ManyRemoved => "Muitos horários removidos",
            Self::Appointments => "Agendamentos recusados pelo sistema da clínica",
            Self::Clock => "Relógio errado",
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
            Self::Access => {
                "o usuário do agendad no banco de dados não pode ler ou gravar tudo de que precisa, ou não vê todas as \
                 linhas. Peritos podem ficar de fora sem nenhum outro aviso."
            }
            Self::PortalDown => {
                "o portal e-CNHsp não responde. As sincronizações esperam, e uma tentativa de cada vez verifica se ele \
                 voltou. As agendas guardadas continuam como estavam."
            }
            Self::Firewall => {
                "o firewall do portal não deixa passar os pedidos desta máquina ou desta linha de internet. Não são as \
                 senhas nem as contas, e o portal pode estar no ar. O agendad deixa o portal em paz por um tempo \
                 (portal.firewall_pause), que dobra até 4 horas se a recusa continua, e depois tenta uma vez. As agendas \
                 guardadas continuam como estavam."
            }
            Self::Credentials => {
                "o portal recusou o CPF e a senha, informou que a conta está bloqueada, exige uma senha nova, ou respondeu \
                 ao acesso de um modo desconhecido. A conta foi pausada, e a mesma senha não é enviada de novo, para que \
                 novas tentativas não a bloqueiem."
            }
            Self::DuplicateCpf => {
                "duas contas que deveriam ser sincronizadas têm o mesmo CPF. O portal permite uma sessão por pessoa: só a \
                 conta mais antiga é sincronizada, a outra espera."
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
            Self::Appointments => {
                "a tabela agendamentos, do sistema da clínica, recusou agendamentos. Os horários foram guardados; só o \
                 agendamento falta, e cada leitura tenta de novo."
            }
            Self::Clock => {
                "o relógio de uma máquina está, ou esteve, errado. Horas gravadas que estavam no futuro foram trazidas \
                 para agora, para que nada fique parado à espera delas."
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
            Self::Access => {
                "veja o que falta e o comando que resolve: agendad check. Em geral basta rodar de novo \
                 deploy/postgres/roles.sql, como dono das tabelas."
            }
            Self::PortalDown => {
                "abra o portal num navegador. Se ele abre, o problema é a rede desta máquina: agendad check. Se não \
                 abre, basta esperar."
            }
            Self::Firewall => {
                "na mesma linha de internet, abra o portal num navegador. Se ele abre, experimente outro \
                 portal.user_agent. Se não abre, use outra linha: servidores em nuvem costumam ser recusados, a linha da \
                 clínica não, e portal.proxy leva os pedidos por ela. SIGHUP põe a mudança em vigor e encerra a espera; \
                 depois: agendad check."
            }
            Self::Credentials => {
                "peça ao perito que entre no portal, num navegador, com a sua senha. Se é outra, ou se o portal exige uma \
                 nova, grave-a: agendad users set-password --user N (isso encerra a pausa). Se a conta está bloqueada, o \
                 perito a desbloqueia no portal. Só se o portal aceita a mesma senha que está gravada: agendad users \
                 resume --user N --same-password. Resposta desconhecida: a página está guardada, agendad portal evidence \
                 list."
            }
            Self::DuplicateCpf => {
                "corrija o CPF da conta que está errada, ou desligue uma das duas: agendad users disable --user N. Veja \
                 quais são: agendad users list."
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
            Self::Appointments => {
                "veja o motivo nas notas da execução (agendad runs --user N, painel) e o que agendad check diz da tabela. Em \
                 geral é uma coluna obrigatória ou estreita demais."
            }
            Self::Clock => {
                "acerte o relógio do servidor do banco e das máquinas do agendad, e deixe-os acertados (NTP: \
                 timedatectl). Depois: agendad check."
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
