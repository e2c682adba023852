//! What of the change log is news to somebody who knew the agenda as it was before. Pure.

use chrono::NaiveTime;

use crate::domain::ChangeKind;
use crate::store::change_mails::TodaysChange;

/// Columns that an examiner looks at; who can be called where is the reception's, and an exam that is closed is their own.
const MAILED_FIELDS: [&str; 4] = ["nome", "cpf", "tipo_processo", "categoria"];

/// What has become of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    New,
    Gone,
    Changed,
}

/// News of one slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct News<'a> {
    pub(super) what: What,
    pub(super) slot: &'a TodaysChange,
}

/// By the hours: what came and went meanwhile is none, nor what lies in the past.
pub(super) fn of(changes: &[TodaysChange], now: NaiveTime) -> Vec<News<'_>> {
    let mut news: Vec<News<'_>> = Vec::new();
    let fresh = || changes.iter().filter(|change| change.is_news);
    for (at, first) in fresh().enumerate() {
        let is_first = fresh().take(at).all(|other| other.slot_id != first.slot_id);
        if !is_first || first.hora < now {
            continue;
        }
        let was_there = matches!(first.kind, ChangeKind::Changed | ChangeKind::Removed);
        let mut mine = fresh().filter(|change| change.slot_id == first.slot_id);
        let differs = mine.any(|change| {
            let mut fields = change.fields.iter();
            fields.any(|field| MAILED_FIELDS.contains(&field.as_str()))
        });
        let what = match (was_there, first.is_current) {
            (false, true) => What::New,
            (true, false) => What::Gone,
            (true, true) if differs => What::Changed,
            (true, true) | (false, false) => continue,
        };
        news.push(News { what, slot: first });
    }
    news.sort_by_key(|news| (news.slot.hora, news.slot.slot_id));
    news
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(slot_id: i64, kind: ChangeKind, is_current: bool, fields: &[&str]) -> TodaysChange {
        TodaysChange {
            id: 1,
            kind,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            is_news: true,
            slot_id,
            hora: NaiveTime::from_hms_opt(8, 0, 0).unwrap(),
            is_current,
            nome: None,
            cpf: None,
            processo: None,
        }
    }

    fn told(changes: &[TodaysChange]) -> Vec<What> {
        let early = NaiveTime::from_hms_opt(7, 0, 0).unwrap();
        of(changes, early).iter().map(|news| news.what).collect()
    }

    #[test]
    fn what_counts_is_what_was_before_and_what_is_now() {
        use ChangeKind::{Changed, Inserted, Reappeared, Removed};
        for (kinds, is_current, fields, what) in [
            (vec![Inserted], true, "", Some(What::New)),
            (vec![Inserted, Removed], false, "", None),
            (vec![Inserted, Changed], true, "nome", Some(What::New)),
            (vec![Removed], false, "", Some(What::Gone)),
            (vec![Removed, Reappeared], true, "", None),
            (vec![Removed, Reappeared], true, "nome", Some(What::Changed)),
            (vec![Reappeared], true, "", Some(What::New)),
            (vec![Changed], true, "categoria", Some(What::Changed)),
            (vec![Changed], true, "telefone", None),
            (vec![Changed], true, "status_exame_medico", None),
        ] {
            let changes: Vec<TodaysChange> = kinds
                .iter()
                .map(|kind| change(1, *kind, is_current, &[fields]))
                .collect();
            let expected: Vec<What> = what.into_iter().collect();
            assert_eq!(told(&changes), expected, "{kinds:?} {fields}");
        }
    }

    #[test]
    fn a_first_reading_and_an_hour_that_is_over_are_no_news() {
        let mut found = change(1, ChangeKind::Inserted, true, &[]);
        found.is_news = false;
        assert!(told(&[found.clone()]).is_empty());
        // But what vanishes of it afterwards is.
        let gone = change(1, ChangeKind::Removed, false, &[]);
        assert_eq!(told(&[found, gone.clone()]), [What::Gone]);
        let late = NaiveTime::from_hms_opt(8, 1, 0).unwrap();
        assert!(of(&[gone], late).is_empty());
    }
}
