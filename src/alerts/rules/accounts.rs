//! Accounts that are paused, or that one person has twice.

use crate::alerts::finding::{Finding, Seen};
use crate::alerts::text::moment;
use crate::domain::{PauseReason, Zone};
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{finding as words, pause};

pub(super) async fn credentials(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let mut paused = evaluation.paused_accounts().await?;
    let now = evaluation.now();
    paused.retain(|account| {
        account.reason.condemns_password() && account.until.is_none_or(|until| until > now)
    });
    let found = paused.into_iter().map(|account| {
        let note = pause::in_alert(account.reason).owned();
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

pub(super) async fn duplicate_cpf(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let mut paused = evaluation.paused_accounts().await?;
    paused.retain(|account| account.reason == PauseReason::DuplicateCpf);
    let found = paused.into_iter().map(|account| {
        let note = words::same_cpf(account.older);
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

/// That the pause ran out says nothing of the CAPTCHA: only a success does.
pub(super) async fn captcha(zone: Zone, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let mut paused = evaluation.paused_accounts().await?;
    paused.retain(|account| account.reason == PauseReason::Captcha && !account.has_succeeded);
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
