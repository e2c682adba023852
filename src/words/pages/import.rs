//! Words about a list of examiners from a file: on the page and at the command line.

use crate::domain::import::{BadFile, Counts, Field, Verdict, Why};
use crate::words::{Sentence, both, joined};

pub(crate) const TITLE: Sentence = both("Importar peritos", "Import examiners");
pub(crate) const INTRODUCTION: Sentence = both(
    "De um arquivo CSV, como o Excel o salva (“CSV separado por vírgulas” ou “CSV UTF-8”). Primeiro aparece o que mudaria, linha por linha; nada é \
     gravado antes de você confirmar. Uma célula vazia deixa como está. Formate a coluna das senhas como Texto antes de digitá-las: \
     o Excel tira os zeros do começo, e isso não se vê depois.",
    "From a CSV file, as Excel saves it. First you see what would change, line by line; nothing is written before you confirm. An empty cell leaves \
     things as they are. Format the column of passwords as Text before you type them: Excel drops zeros in front, and nobody sees that later.",
);
pub(crate) const TEMPLATE: Sentence = both("Baixar um modelo", "Get a template");
pub(crate) const FILE: Sentence = both("Arquivo CSV", "CSV file");
pub(crate) const LOOK: Sentence = both("Ver o que mudaria", "See what would change");
pub(crate) const DO_IT: Sentence = both("Importar", "Import");
pub(crate) const PREVIEW: Sentence = both("O que mudaria", "What would change");
pub(crate) const NOTHING_YET: Sentence = both("Nada foi gravado ainda.", "Nothing is written yet.");
pub(crate) const LINE: Sentence = both("Linha", "Line");
pub(crate) const NAME: Sentence = both("Nome", "Name");
pub(crate) const WHAT: Sentence = both("O que acontece", "What happens");
pub(crate) const OTHER_FILE: Sentence = both("Escolher outro arquivo", "Choose another file");
pub(crate) const CORRECT_IT: Sentence = both(
    "Corrija no arquivo as linhas recusadas e envie de novo: ou entra tudo, ou nada.",
    "Correct the refused lines in the file and send it again: all of it goes in, or nothing.",
);
pub(crate) const ALL_THE_SAME: Sentence = both(
    "Tudo já está assim: não há nada a importar.",
    "Everything is so already: there is nothing to import.",
);
pub(crate) const DELETE_FILE: Sentence = both(
    "Se o arquivo tem senhas, apague-o agora, também da lixeira.",
    "If the file holds passwords, delete it now, from the bin too.",
);
pub(crate) const DONE: Sentence = both("Importado", "Imported");
pub(crate) const CHANGED_MEANWHILE: Sentence = both(
    "Algo mudou desde que você olhou. Nada foi gravado; isto é o que mudaria agora:",
    "Something has changed since you looked. Nothing was written; this is what would change now:",
);
pub(crate) const CHANGED_SINCE: Sentence = both(
    "Algo mudou enquanto o arquivo era olhado. Nada foi gravado; tente de novo.",
    "Something has changed while the file was looked at. Nothing was written; try again.",
);
pub(crate) const TOO_LATE: Sentence = both(
    "Passou o tempo (15 minutos) ou a página é de outra pessoa. Nada foi gravado; escolha o arquivo de novo.",
    "The time (15 minutes) is over, or the page is somebody else's. Nothing was written; choose the file again.",
);
pub(crate) const TOO_LARGE: Sentence = both(
    "O arquivo passa de 40 mil caracteres. Divida-o, ou use no terminal: ",
    "The file has more than 40,000 characters. Split it, or use at a terminal: ",
);
pub(crate) const CONFIRM: Sentence = both("Gravar isto? [s/N] ", "Write this? [y/N] ");
pub(crate) const YES_NEEDED: Sentence = both(
    "sem terminal, com --json ou com a lista na entrada padrão não há quem confirme: --yes grava, --dry-run só mostra",
    "nobody confirms without a terminal, with --json, or with the list on standard input: --yes writes, --dry-run only shows",
);
pub(crate) const NOT_WRITTEN: Sentence = both("Nada foi gravado.", "Nothing was written.");

/// Columns of the file that mean nothing here.
pub(crate) fn ignored(names: &str) -> Sentence<String> {
    sentence!(
        "Colunas deixadas de lado: {names}.",
        "Columns left aside: {names}."
    )
}

/// What there is, in a line.
pub(crate) fn counts(counts: Counts) -> Sentence<String> {
    let Counts {
        new,
        changed,
        same,
        refused,
    } = counts;
    sentence!(
        "novos: {new} · mudam: {changed} · já iguais: {same} · recusados: {refused}",
        "new: {new} · changed: {changed} · as they are: {same} · refused: {refused}"
    )
}

pub(crate) const fn field(field: Field) -> Sentence {
    match field {
        Field::Name => both("nome", "name"),
        Field::Cpf => both("CPF", "CPF"),
        Field::Password => both("senha", "password"),
        Field::Email => both("e-mail", "e-mail"),
        Field::Days => both("dias", "days"),
        Field::Windows => both("leituras", "windows"),
        Field::Units => both("unidades", "units"),
    }
}

/// What becomes of a line.
pub(crate) fn verdict(verdict: &Verdict) -> Sentence<String> {
    match verdict {
        Verdict::New { off: false } => both("novo", "new").owned(),
        Verdict::New { off: true } => both(
            "novo, desligado até ter senha",
            "new, switched off until there is a password",
        )
        .owned(),
        Verdict::Changed(fields) => {
            let fields = fields.iter().map(|one| field(*one).owned()).collect();
            let Sentence { pt, en } = joined(fields, ", ");
            sentence!("muda: {pt}", "changes: {en}")
        }
        Verdict::Same => both("já está assim", "as it is").owned(),
        Verdict::Refused(why) => {
            let Sentence { pt, en } = joined(why.iter().map(|why| because(*why)).collect(), "; ");
            sentence!("recusada: {pt}", "refused: {en}")
        }
    }
}

fn because(why: Why) -> Sentence<String> {
    let plain = match why {
        Why::TooManyFields => both(
            "há mais células do que no cabeçalho",
            "there are more cells than in the head",
        ),
        Why::NoName => both("falta o nome", "the name is missing"),
        Why::Name => both("o nome não serve", "this cannot be a name"),
        Why::Cpf => both("o CPF não está certo", "the CPF is not right"),
        Why::DoubledCpf(line) => {
            return sentence!(
                "o mesmo CPF está na linha {line}",
                "the same CPF is on line {line}"
            );
        }
        Why::TwoAccounts => both(
            "dois peritos já têm este CPF",
            "two examiners have this CPF already",
        ),
        Why::Password => both(
            "a senha tem de 1 a 200 caracteres",
            "a password has 1 to 200 characters",
        ),
        Why::AlteredPassword => both(
            "o Excel mudou a senha; formate a coluna como Texto e digite-a de novo",
            "Excel has changed the password; format the column as Text and type it again",
        ),
        Why::Email => both("o e-mail não está certo", "the e-mail is not right"),
        Why::Days => both("um dia não é dia da semana", "a day is no weekday"),
        Why::Windows => both(
            "uma leitura não existe em [[windows]]",
            "a window is none of [[windows]]",
        ),
        Why::Units => both(
            "uma unidade não foi mostrada pelo portal a este perito",
            "a unit was not shown by the portal to this examiner",
        ),
    };
    plain.owned()
}

/// Why a file is none that can be read.
pub(crate) fn bad_file(bad: BadFile) -> Sentence<String> {
    let plain = match bad {
        BadFile::Empty => both(
            "O arquivo não tem nenhuma linha abaixo do cabeçalho.",
            "The file has no line below the head.",
        ),
        BadFile::Workbook => both(
            "Isto é uma pasta de trabalho do Excel. Salve-a como CSV e envie esse arquivo.",
            "This is a workbook of Excel. Save it as CSV and send that file.",
        ),
        BadFile::NoCpfColumn => both(
            "Nenhuma coluna se chama CPF. A primeira linha tem de dizer o nome das colunas: nome, cpf, senha, e-mail, dias, leituras, unidades.",
            "No column is called CPF. The first line must name the columns: name, cpf, password, email, days, windows, units.",
        ),
        BadFile::DoubledColumn(doubled) => {
            let Sentence { pt, en } = field(doubled);
            return sentence!("Duas colunas são para {pt}.", "Two columns are for {en}.");
        }
        BadFile::Unclosed(line) => {
            return sentence!(
                "As aspas abertas na linha {line} não se fecham.",
                "The quotation mark opened on line {line} is never closed."
            );
        }
        BadFile::TooLong => both(
            "O arquivo passa de 1000 linhas.",
            "The file has more than 1000 lines.",
        ),
    };
    plain.owned()
}
