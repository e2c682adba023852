//! Accounts that are paused, or that one person has twice.

use crate::alerts::finding::{Finding, Seen};
use crate::alerts::text::moment;
use crate::domain::Zone;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{finding as words, pause};

pub(super) async fn credentials(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let paused = evaluation.refused_accounts().await?;
    let found = paused.into_iter().map(|account| {
        let note = pause::in_alert(account.reason).owned();
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

pub(super) async fn duplicate_cpf(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let accounts = evaluation.duplicate_accounts().await?;
    let found = accounts.into_iter().map(|account| {
        let note = words::same_cpf(account.older);
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

pub(super) async fn captcha(zone: Zone, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let paused = evaluation.captcha_accounts().await?;
    let now = evaluation.now();
    let found = paused.into_iter().map(|account| {
        let until = account.until.filter(|until| *until > now);
        let note = match until {
            Some(until) => words::captcha_rest(&moment(until, zone)),
            None => words::CAPTCHA_WITHOUT_SUCCESS.owned(),
        };
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}
