//! What the messages of each rule say: what happened, and what to do.

use super::{Sentence, both};
use crate::domain::Rule;

/// What is the matter, in a few words.
#[must_use]
pub const fn title(rule: Rule) -> Sentence {
    match rule {
        Rule::Database => both("Banco de dados inacessível", "Database not usable"),
        Rule::Access => both(
            "Faltam permissões no banco de dados",
            "Rights missing in the database",
        ),
        Rule::PortalDown => both("Portal fora do ar", "Portal down"),
        Rule::Firewall => both(
            "O firewall do portal recusa esta máquina",
            "The portal's firewall turns this machine away",
        ),
        Rule::Credentials => both(
            "Acesso recusado pelo portal",
            "Access refused by the portal",
        ),
        Rule::DuplicateCpf => both(
            "Duas contas com o mesmo CPF",
            "Two accounts with the same CPF",
        ),
        Rule::Captcha => both("O portal pediu CAPTCHA", "The portal asked for a CAPTCHA"),
        Rule::Layout => both(
            "Página do portal não reconhecida",
            "Page of the portal not understood",
        ),
        Rule::UnreadRows => both(
            "Linha da agenda ilegível",
            "Row of the agenda not understood",
        ),
        Rule::Stale => both("Agenda sem atualização", "Agenda not up to date"),
        Rule::FailureRate => both("Muitas sincronizações falham", "Many syncs fail"),
        Rule::HeldRemovals => both("Remoções retidas", "Removals held back"),
        Rule::ManyRemoved => both("Muitos horários removidos", "Many slots removed"),
        Rule::Appointments => both(
            "Agendamentos recusados pelo sistema da clínica",
            "Appointments refused by the clinic's system",
        ),
        Rule::Clock => both("Relógio errado", "A clock is wrong"),
        Rule::BackupOld => both("Sem backup recente", "No recent backup"),
        Rule::Webhooks => both(
            "Outro sistema não recebe as alterações",
            "Another system does not take changes",
        ),
    }
}

/// What happened, and what that means for the agenda.
#[must_use]
pub const fn what(rule: Rule) -> Sentence {
    match rule {
        Rule::Database => both(
            "o agendad não consegue usar o banco de dados. Nada é sincronizado enquanto isso durar; nada se perde, e o atraso é recuperado depois.",
            "agendad cannot use the database. Nothing is synchronised while that lasts; nothing is lost, and what was missed is caught up with later.",
        ),
        Rule::Access => both(
            "o usuário do agendad no banco de dados não pode ler ou gravar tudo de que precisa, ou não vê todas as linhas. Peritos podem ficar de fora sem nenhum outro aviso.",
            "agendad's user in the database may not read or write all that it needs, or does not see all rows. Examiners may be left out without any other sign.",
        ),
        Rule::PortalDown => both(
            "o portal e-CNHsp não responde. As sincronizações esperam, e uma tentativa de cada vez verifica se ele voltou. As agendas guardadas continuam como estavam.",
            "the portal e-CNHsp does not answer. Syncs wait, and one try at a time finds out whether it is back. Stored agendas stay as they were.",
        ),
        Rule::Firewall => both(
            "o firewall do portal não deixa passar as consultas desta máquina ou desta linha de internet. Não são as senhas nem as contas, e o portal pode estar no ar. O agendad deixa o portal em paz por um tempo (portal.firewall_pause), que dobra até 4 horas se a recusa continua, e depois tenta uma vez. As agendas guardadas continuam como estavam.",
            "the portal's firewall does not let the requests of this machine or this line through. Neither passwords nor accounts are in question, and the portal may be up. agendad leaves the portal alone for a while (portal.firewall_pause), doubled up to 4 hours if the refusal goes on, and then tries once. Stored agendas stay as they were.",
        ),
        Rule::Credentials => both(
            "o portal recusou o CPF e a senha, informou que a conta está bloqueada, exige uma senha nova, ou respondeu ao acesso de um modo desconhecido. A conta foi pausada, e a mesma senha não é enviada de novo, para que novas tentativas não a bloqueiem.",
            "the portal refused CPF and password, said that the account is blocked, wants a new password, or answered the login in an unknown way. The account was paused, and the same password is not sent again, so that further tries do not block it.",
        ),
        Rule::DuplicateCpf => both(
            "duas contas que deveriam ser sincronizadas têm o mesmo CPF. O portal permite uma sessão por pessoa: só a conta mais antiga é sincronizada, a outra espera.",
            "two accounts that ought to be synchronised have the same CPF. The portal allows one session a person: only the older account is synchronised, the other one waits.",
        ),
        Rule::Captcha => both(
            "o portal mostrou um CAPTCHA no acesso. O agendad nunca o resolve: a conta descansa por um tempo (portal.profile.captcha_pause) e depois é tentada de novo.",
            "the portal showed a CAPTCHA at the login. agendad never solves it: the account rests for a while (portal.profile.captcha_pause) and is then tried again.",
        ),
        Rule::Layout => both(
            "o portal mostrou uma página que o agendad não entende; talvez tenha mudado. Nos dias afetados nada foi apagado nem marcado como removido.",
            "the portal showed a page that agendad does not understand; perhaps it has changed. On the days concerned nothing was deleted or marked removed.",
        ),
        Rule::UnreadRows => both(
            "o portal mostra na agenda uma linha em que falta algo ou está escrito de um modo que não se entende. As outras linhas do dia foram lidas; só os horários que poderiam ser essa linha ficam como estavam.",
            "the portal shows a row in the agenda in which something is missing or written in a way that is not understood. The other rows of the day were read; only slots that could be this row stay as they were.",
        ),
        Rule::Stale => both(
            "faz vários intervalos que nenhuma sincronização termina com sucesso. A agenda guardada pode estar desatualizada.",
            "no sync has ended well for several intervals. The stored agenda may be out of date.",
        ),
        Rule::FailureRate => both(
            "uma parte grande das últimas sincronizações falhou.",
            "a large part of the last syncs failed.",
        ),
        Rule::HeldRemovals => both(
            "muitos horários de um mesmo dia sumiram de uma vez da agenda do portal. Eles continuam valendo até que uma nova leitura confirme a remoção.",
            "many slots of one day vanished from the portal's agenda at once. They stay until another reading confirms the removal.",
        ),
        Rule::ManyRemoved => both(
            "muitos horários deixaram de constar na agenda do portal e foram marcados como removidos.",
            "many slots are no longer in the portal's agenda and were marked removed.",
        ),
        Rule::Appointments => both(
            "a tabela agendamentos, do sistema da clínica, recusou agendamentos. Os horários foram guardados; só o agendamento falta, e cada leitura tenta de novo.",
            "the table agendamentos, of the clinic's system, refused appointments. The slots were stored; only the appointment is missing, and each reading tries again.",
        ),
        Rule::Clock => both(
            "o relógio de uma máquina está, ou esteve, errado. Horas gravadas que estavam no futuro foram trazidas para agora, para que nada fique parado à espera delas.",
            "the clock of a machine is, or was, wrong. Stored times that lay in the future were taken back to now, so that nothing waits for them.",
        ),
        Rule::BackupOld => both(
            "não há um backup bom e recente do banco de dados. As sincronizações continuam; mas, se o disco falhar agora, o que veio depois do último backup se perde.",
            "there is no good and recent backup of the database. Syncs go on; but if the disk fails now, what came after the last backup is lost.",
        ),
        Rule::Webhooks => both(
            "um sistema que é avisado das alterações da agenda (webhook) não as aceitou por um dia inteiro, e o agendad desistiu delas; ou o endereço respondeu que não existe mais. A agenda guardada está completa; é o outro sistema que está desatualizado.",
            "a system that is told of changes of the agenda (webhook) has not taken them for a whole day, and agendad gave them up; or its address answered that it is gone. The stored agenda is complete; it is the other system that is out of date.",
        ),
    }
}

/// What to do.
#[must_use]
pub const fn cure(rule: Rule) -> Sentence {
    match rule {
        Rule::Database => both(
            "verifique se o PostgreSQL está no ar, se há espaço em disco e se a rede até ele funciona. Depois: agendad check.",
            "see whether PostgreSQL is up, whether there is room on the disk and whether the network in between works. Then: agendad check.",
        ),
        Rule::Access => both(
            "veja o que falta e o comando que resolve: agendad check. Em geral basta rodar de novo deploy/postgres/roles.sql, como dono das tabelas.",
            "see what is missing and the command that mends it: agendad check. As a rule it is enough to run deploy/postgres/roles.sql again, as the tables' owner.",
        ),
        Rule::PortalDown => both(
            "abra o portal num navegador. Se ele abre, o problema é a rede desta máquina: agendad check. Se não abre, basta esperar.",
            "open the portal in a browser. If it opens, the trouble is this machine's network: agendad check. If it does not, just wait.",
        ),
        Rule::Firewall => both(
            "na mesma linha de internet, abra o portal num navegador. Se ele abre, experimente outro portal.user_agent. Se não abre, use outra linha: servidores em nuvem costumam ser recusados, a linha da clínica não, e portal.proxy leva as consultas por ela. systemctl reload agendad põe a mudança em vigor e encerra a espera; depois: agendad check.",
            "on the same line, open the portal in a browser. If it opens, try another portal.user_agent. If it does not, use another line: servers in clouds are often turned away, the clinic's own line is not, and portal.proxy leads the requests through it. SIGHUP puts the change in force and ends the rest; then: agendad check.",
        ),
        Rule::Credentials => both(
            "peça ao perito que entre no portal, num navegador, com a sua senha. Se é outra, ou se o portal exige uma nova, grave-a na página do perito no painel, em Conta no portal, ou com: agendad users set-password --user N (isso encerra a pausa). Se a conta está bloqueada, o perito a desbloqueia no portal. Só se o portal aceita a mesma senha que está gravada: agendad users resume --user N --same-password. Resposta desconhecida: a página está guardada, agendad portal evidence list.",
            "ask the examiner to log in to the portal, in a browser, with their password. If it is another one, or if the portal wants a new one, store it on the examiner's page of the dashboard, under Portal account, or with: agendad users set-password --user N (that ends the pause). If the account is blocked, the examiner has it unblocked at the portal. Only if the portal takes the very password that is stored: agendad users resume --user N --same-password. Unknown answer: the page is kept, agendad portal evidence list.",
        ),
        Rule::DuplicateCpf => both(
            "corrija o CPF da conta que está errada, ou desligue uma das duas: agendad users disable --user N. Veja quais são: agendad users list.",
            "correct the CPF of the account that is wrong, or switch one of the two off: agendad users disable --user N. See which they are: agendad users list.",
        ),
        Rule::Captcha => both(
            "entre uma vez no portal, num navegador, com a conta do perito. Depois: agendad users resume --user N. Se acontece com muitos, diminua o ritmo: portal.max_requests_per_second e os períodos ([[windows]]).",
            "log in to the portal once, in a browser, with the examiner's account. Then: agendad users resume --user N. If it happens to many, slow down: portal.max_requests_per_second and the windows.",
        ),
        Rule::Layout => both(
            "veja o que o portal diz hoje: agendad portal probe --user N, e as páginas guardadas: agendad portal evidence list. Se os nomes mudaram, ajuste [portal.profile].",
            "see what the portal says today: agendad portal probe --user N, and the pages that were kept: agendad portal evidence list. If names have changed, adapt [portal.profile].",
        ),
        Rule::UnreadRows => both(
            "abra o dia no portal, num navegador, e peça a quem cuida da agenda que corrija essa linha. Enquanto isso esse exame não aparece na agenda guardada, ou aparece como era antes.",
            "open the day at the portal, in a browser, and ask whoever looks after the agenda to correct that row. Meanwhile that exam is not in the stored agenda, or stands there as it was before.",
        ),
        Rule::Stale => both(
            "veja as últimas leituras e os seus motivos: agendad runs --user N. Se não há nenhuma, a fila está parada: agendad jobs, agendad locks.",
            "see the last runs and their reasons: agendad runs --user N. If there are none, the queue stands still: agendad jobs, agendad locks.",
        ),
        Rule::FailureRate => both(
            "veja os motivos: agendad runs --status failed. Rede e portal fora do ar passam sozinhos; banco de dados e senha que não abre são problemas desta instalação: agendad check.",
            "see the reasons: agendad runs --status failed. Network and portal down pass by themselves; database and vault are troubles of this installation: agendad check.",
        ),
        Rule::HeldRemovals => both(
            "compare com o portal num navegador. Se a agenda de fato encolheu, não é preciso fazer nada: a próxima leitura confirma. Se não encolheu, avise quem cuida do agendad.",
            "compare with the portal in a browser. If the agenda did shrink, nothing need be done: the next reading confirms. If it did not, tell whoever looks after agendad.",
        ),
        Rule::ManyRemoved => both(
            "confirme com o perito se a agenda mudou mesmo: agendad changes --user N --kind removed. Um horário que volta ao portal volta sozinho também aqui.",
            "ask the examiner whether the agenda did change: agendad changes --user N --kind removed. A slot that comes back at the portal comes back here by itself.",
        ),
        Rule::Appointments => both(
            "veja o motivo nas notas da leitura (agendad runs --user N, painel) e o que agendad check diz da tabela. Em geral é uma coluna obrigatória ou estreita demais.",
            "see the reason in the run's notes (agendad runs --user N, dashboard) and what agendad check says of the table. As a rule it is a column that must have a value, or one that is too narrow.",
        ),
        Rule::Clock => both(
            "acerte o relógio do servidor do banco e das máquinas do agendad, e deixe-os acertados (NTP: timedatectl). Depois: agendad check.",
            "put the clock of the database's server and of agendad's machines right, and keep them right (NTP: timedatectl). Then: agendad check.",
        ),
        Rule::BackupOld => both(
            "veja o motivo no registro do agendad (journalctl -u agendad) e o espaço em disco, e faça um agora: agendad backup. Um arquivo com final .bad não pôde ser restaurado: pode ser o disco.",
            "see the reason in the daemon's log (journalctl -u agendad) and the room on the disk, and make one now: agendad backup. A file that ends in .bad could not be put back: the disk may be failing.",
        ),
        Rule::Webhooks => both(
            "veja o motivo: agendad webhooks deliveries. Quando o outro sistema estiver de volta, mande de novo o que ele perdeu: agendad webhooks replay N --since DIA; um endereço desligado volta com agendad webhooks enable N. Se ele não existe mais: agendad webhooks remove N.",
            "see the reason: agendad webhooks deliveries. Once the other system is back, send again what it has missed: agendad webhooks replay N --since DAY; an address that was disabled comes back with agendad webhooks enable N. If it is no more: agendad webhooks remove N.",
        ),
    }
}
