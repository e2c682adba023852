//! Which units of an examiner a run reads. Those that the search form offers are read in one session; the others by
//! choosing each in turn, which costs a login each, so the quiet ones are visited rarely.

use std::collections::HashSet;
use std::time::Duration;

use super::context::Context;
use crate::domain::Unit;
use crate::domain::text::fold;
use crate::portal::{PortalError, PortalSession};
use crate::store::units::{UnitOffered, UnitRecord};
use crate::sync::run::failure::RunFailure;

/// What a run knows of the examiner's units.
pub(super) struct Units {
    known: Vec<UnitRecord>,
    /// The codes of those with slots today or tomorrow.
    busy: HashSet<String>,
    /// The account's own selection, folded; `None`: all.
    selected: Option<Vec<String>>,
    by_hand: bool,
    interval: Duration,
    quiet_interval: Duration,
    /// Those that the portal has offered to choose from in this run.
    choices: Option<Vec<Unit>>,
    /// Those of all search forms that were seen in this run.
    seen: Vec<Unit>,
    /// The choices that were made in this run, as the choice page names them.
    begun: HashSet<String>,
    /// What the run has come upon: a choice, and the codes that the search form showed for it.
    come_upon: HashSet<(Option<String>, Vec<String>)>,
    /// Those that were read in this run.
    read: Vec<Unit>,
    /// Those that the run has logged in for, whatever that has led to.
    requested: HashSet<String>,
}

impl Units {
    /// Of those that are `known`.
    pub(super) async fn of(
        context: Context<'_>,
        known: Vec<UnitRecord>,
    ) -> Result<Self, RunFailure> {
        let account = context.account;
        let today = context.syncer.clock.today();
        // Examiners of one unit, which are most, need no further question.
        let busy = if known.iter().any(|unit| unit.choice.is_some()) {
            let (store, tomorrow) = (context.store(), today + chrono::Days::new(1));
            let busy = store.units_with_slots(account.usuario_id, today, tomorrow);
            busy.await?.into_iter().collect()
        } else {
            HashSet::new()
        };
        let rules = &context.settings().rules;
        let selected = account.units.as_ref();
        Ok(Self {
            known,
            busy,
            selected: selected.map(|units| units.iter().map(|unit| fold(unit)).collect()),
            by_hand: context.by_hand,
            interval: rules.unit_interval,
            quiet_interval: rules.quiet_unit_interval,
            choices: None,
            seen: Vec::new(),
            begun: HashSet::new(),
            come_upon: HashSet::new(),
            read: Vec::new(),
            requested: HashSet::new(),
        })
    }

    /// A search form shows these.
    pub(super) fn seen(&mut self, shown: Vec<Unit>) {
        self.seen.extend(shown);
    }

    /// Nothing of what was seen is sure.
    pub(super) fn forget_seen(&mut self) {
        self.seen.clear();
    }

    /// Whether this choice did not show these units before in this run, which it has from now on.
    pub(super) fn begin(&mut self, choice: Option<&str>, shown: &[Unit]) -> bool {
        let choice = choice.map(ToOwned::to_owned);
        self.begun.extend(choice.clone());
        let codes = shown.iter().map(|unit| unit.code.clone()).collect();
        self.come_upon.insert((choice, codes))
    }

    pub(super) fn was_read(&mut self, unit: &Unit) {
        self.read.push(unit.clone());
    }

    /// A login for this choice is about to begin.
    pub(super) fn ask(&mut self, choice: &Unit) {
        self.requested.insert(choice.code.clone());
    }

    /// The portal offers these to choose from.
    pub(super) fn offered_to_choose(&mut self, choices: Vec<Unit>) {
        self.choices = Some(choices);
    }

    /// Those of a form that the account wants and that were not read in this run. `chosen`: the choice that led to it.
    pub(super) fn wanted(&self, mut form: Vec<Unit>, chosen: Option<&str>) -> Vec<Unit> {
        let is_read = |unit: &Unit| self.read.iter().any(|read| read.code == unit.code);
        // Whatever its number and name are: it is what was chosen.
        let chosen = chosen.filter(|_| form.len() == 1);
        let mut choices = self.all_choices();
        choices.retain(|choice| self.is_choice_selected(choice));
        let is_choice = |unit: &Unit| {
            let mut choices = choices.iter();
            choices.any(|choice| Some(&*choice.code) == chosen || self.is_same(choice, unit))
        };
        let is_selected = |unit: &Unit| {
            let known = self.known.iter().find(|known| known.code == unit.code);
            self.is_selected(unit, known) || is_choice(unit)
        };
        form.retain(|unit| is_selected(unit) && !is_read(unit));
        form
    }

    /// Which unit to choose at a login: the one that waits most urgently.
    pub(super) fn most_urgent(&self, choices: &[Unit]) -> Option<String> {
        let selected = choices.iter().filter(|unit| self.is_choice_selected(unit));
        let mut candidates: Vec<&Unit> = selected.collect();
        candidates.sort_by_key(|unit| {
            let (has_begun, is_due) = (self.begun.contains(&unit.code), self.is_due(unit));
            (has_begun, !is_due, self.urgency(&unit.code))
        });
        candidates.first().map(|unit| unit.code.clone())
    }

    /// Less is more urgent: slots today or tomorrow, never read, then the longest ago.
    fn urgency(&self, choice: &str) -> (u8, std::cmp::Reverse<Duration>) {
        let record = self.by_choice(choice);
        let ago = record.and_then(|unit| unit.complete_ago);
        let rank = match record {
            Some(unit) if self.busy.contains(&unit.code) => 0,
            _ if ago.is_none() => 1,
            _ => 2,
        };
        (rank, std::cmp::Reverse(ago.unwrap_or(Duration::MAX)))
    }

    fn by_choice(&self, choice: &str) -> Option<&UnitRecord> {
        let by_choice = |unit: &&UnitRecord| unit.choice.as_deref() == Some(choice);
        let by_code = |unit: &&UnitRecord| unit.code == choice;
        let mut known = self.known.iter();
        known
            .find(by_choice)
            .or_else(|| self.known.iter().find(by_code))
    }

    /// Whether the account wants a unit of the choice.
    fn is_choice_selected(&self, choice: &Unit) -> bool {
        self.is_selected(choice, self.by_choice(&choice.code))
    }

    /// Whether the account wants this unit: by the number or name that it has here, or by one that is known of it from
    /// the other page, as choice and search form may number it differently.
    fn is_selected(&self, unit: &Unit, known: Option<&UnitRecord>) -> bool {
        let Some(selected) = &self.selected else {
            return true;
        };
        let (code, name) = (fold(&unit.code), fold(&unit.name));
        selected.iter().any(|wanted| {
            *wanted == code || *wanted == name || known.is_some_and(|known| known.is_called(wanted))
        })
    }

    /// Whether the examiner has units beside those of the search form.
    pub(super) fn are_several(&self, session: &PortalSession) -> bool {
        let choices = self.choices.as_ref();
        let chosen = choices.is_some_and(|choices| choices.len() > 1);
        let offered = self.known.iter().filter(|unit| unit.offered).count();
        chosen || session.units().len().max(offered) > 1
    }

    /// The further choices that are due, in order: those that neither the present form covers nor what was read.
    pub(super) fn due(&self, form: &[Unit]) -> Vec<Unit> {
        let covered = |choice: &Unit| {
            let mut units = form.iter().chain(&self.read);
            units.any(|unit| self.is_same(choice, unit))
        };
        let mut due: Vec<Unit> = self
            .all_choices()
            .into_iter()
            .filter(|choice| !self.begun.contains(&choice.code))
            .filter(|choice| !self.requested.contains(&choice.code))
            .filter(|choice| {
                !covered(choice) && self.is_choice_selected(choice) && self.is_due(choice)
            })
            .collect();
        due.sort_by_key(|unit| self.urgency(&unit.code));
        due
    }

    /// Whether a unit that a form shows is the one that was offered. Choice and search form may number a unit
    /// differently: then it is told by its name, unless it was read under a number of its own or others are called alike.
    fn is_same(&self, offered: &Unit, shown: &Unit) -> bool {
        let known = self.by_choice(&offered.code);
        if shown.code == offered.code || known.is_some_and(|known| known.code == shown.code) {
            return true;
        }
        let name = fold(&offered.name);
        let is_called_so = |unit: &Unit| fold(&unit.name) == name;
        let was_read = known.is_some_and(|known| known.last_read_at.is_some());
        let namesakes = || self.all_choices().into_iter().filter(is_called_so).count();
        is_called_so(shown) && !was_read && namesakes() <= 1
    }

    /// As the portal has offered them in this run, else as it did when it was last asked.
    fn all_choices(&self) -> Vec<Unit> {
        if let Some(choices) = &self.choices {
            return choices.clone();
        }
        let offered = self.known.iter().filter(|unit| unit.offered);
        let choices = offered.filter_map(|unit| {
            Some(Unit {
                code: unit.choice.clone()?,
                name: unit.name.clone(),
            })
        });
        choices.collect()
    }

    fn is_due(&self, choice: &Unit) -> bool {
        let Some(unit) = self.by_choice(&choice.code) else {
            return true;
        };
        let interval = match unit.had_slots {
            Some(false) => self.quiet_interval,
            Some(true) | None => self.interval,
        };
        self.by_hand
            || self.busy.contains(&unit.code)
            || unit.complete_ago.is_none_or(|ago| ago >= interval)
    }

    /// # Errors
    /// If the account selects a unit that the portal does not offer: it says which are.
    pub(super) fn check_selection(&self, session: &PortalSession) -> Result<(), RunFailure> {
        let Some(selected) = &self.selected else {
            return Ok(());
        };
        let mut offered = session.units();
        offered.extend(self.all_choices());
        offered.extend(self.known.iter().filter(|unit| unit.offered).map(unit_of));
        let is_offered = |wanted: &&String| {
            let matches =
                |unit: &Unit| fold(&unit.code) == **wanted || fold(&unit.name) == **wanted;
            let is_known = |unit: &UnitRecord| unit.offered && unit.is_called(wanted);
            offered.iter().any(matches) || self.known.iter().any(is_known)
        };
        let unknown: Vec<&String> = selected.iter().filter(|unit| !is_offered(unit)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let mut names: Vec<String> = offered
            .iter()
            .map(|unit| format!("{} ({})", unit.code, unit.name))
            .collect();
        names.sort();
        names.dedup();
        let what = format!(
            "configuracoes_detran.unidades names units that the portal does not offer: {unknown:?}; it offers: {}",
            names.join(", ")
        );
        Err(PortalError::layout(what).into())
    }

    /// What the portal offers, as it is to be written down; `None` where it was not asked for all of it.
    pub(super) fn offers(&self, session: &PortalSession) -> Option<Vec<UnitOffered>> {
        let (form, chosen) = (session.units(), session.choice());
        let mut offered: Vec<UnitOffered> = form
            .iter()
            .map(|unit| UnitOffered {
                code: unit.code.clone(),
                name: unit.name.clone(),
                choice: chosen.filter(|_| form.len() == 1).map(ToOwned::to_owned),
            })
            .collect();
        match &self.choices {
            Some(choices) => {
                let is_shown = |c: &&Unit| Some(c.code.as_str()) == chosen && form.len() == 1;
                let others = choices.iter().filter(|choice| !is_shown(choice));
                offered.extend(others.map(|choice| UnitOffered {
                    code: choice.code.clone(),
                    name: choice.name.clone(),
                    choice: Some(choice.code.clone()),
                }));
            }
            None if chosen.is_some() => return None,
            None => {}
        }
        Some(offered)
    }

    /// The codes of all units that the portal offers; `None` if it was not asked in this run. Choice and search form
    /// may number a unit differently, so whatever may be one of those offered counts as offered.
    pub(super) fn offered(&self, session: &PortalSession) -> Option<Vec<String>> {
        let mut offered = self.seen.clone();
        match &self.choices {
            Some(choices) => {
                let known = self.known.iter().filter(|known| {
                    choices.iter().any(|choice| {
                        known.choice.as_ref() == Some(&choice.code)
                            || fold(&known.name) == fold(&choice.name)
                    })
                });
                offered.extend(known.map(unit_of));
                offered.extend(choices.iter().cloned());
            }
            // A kept session of an examiner who has to choose shows one unit of several.
            None if session.choice().is_some() => return None,
            None => {}
        }
        Some(offered.into_iter().map(|unit| unit.code).collect())
    }

    /// The units that the portal offers and that are not among those that were `read`. Choice and search form may number
    /// a unit differently; what may be one that was not read counts as such.
    pub(super) fn unread(&self, read: &[Unit]) -> Vec<Unit> {
        let is_read = |unit: &Unit| read.iter().any(|read| self.is_same(unit, read));
        let offered = self.seen.iter().chain(self.choices.iter().flatten());
        offered.filter(|unit| !is_read(unit)).cloned().collect()
    }
}

fn unit_of(record: &UnitRecord) -> Unit {
    Unit {
        code: record.code.clone(),
        name: record.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(codes: &[&str]) -> Vec<Unit> {
        let unit = |code: &&str| Unit {
            code: (*code).to_owned(),
            name: format!("CIR {code}"),
        };
        codes.iter().map(unit).collect()
    }

    fn run_of(choices: Option<Vec<Unit>>) -> Units {
        Units {
            known: Vec::new(),
            busy: HashSet::new(),
            selected: None,
            by_hand: true,
            interval: Duration::ZERO,
            quiet_interval: Duration::ZERO,
            choices,
            seen: Vec::new(),
            begun: HashSet::new(),
            come_upon: HashSet::new(),
            read: Vec::new(),
            requested: HashSet::new(),
        }
    }

    fn unit(code: &str, name: &str) -> Unit {
        Unit {
            code: code.to_owned(),
            name: name.to_owned(),
        }
    }

    fn record(code: &str, name: &str, read: bool) -> UnitRecord {
        let now = chrono::DateTime::UNIX_EPOCH;
        UnitRecord {
            code: code.to_owned(),
            name: name.to_owned(),
            choice: Some(code.to_owned()),
            first_seen_at: now,
            last_read_at: read.then_some(now),
            last_complete_at: None,
            complete_ago: None,
            had_slots: None,
            offered: true,
            missing_since: None,
        }
    }

    #[test]
    fn units_that_are_called_alike_are_read_each() {
        let (one, other) = (unit("18", "CIR-SÃO PAULO"), unit("19", "CIR-SAO PAULO"));
        // As the form numbers the first one.
        for code in ["18", "118"] {
            let mut run = run_of(Some(vec![one.clone(), other.clone()]));
            let read = unit(code, &one.name);
            run.begin(Some("18"), std::slice::from_ref(&read));
            run.was_read(&read);
            assert_eq!(
                run.due(std::slice::from_ref(&read)),
                std::slice::from_ref(&other),
                "{code}"
            );
            assert!(run.unread(&[read]).contains(&other), "{code}");
        }
        // The choice offers the other one alone, which was read under its own number.
        let mut run = run_of(Some(vec![other.clone()]));
        run.known = vec![record("19", &other.name, true)];
        run.was_read(&one);
        assert_eq!(run.due(&[]), [other]);
    }

    #[test]
    fn a_unit_that_the_form_numbers_otherwise_is_told_by_its_name() {
        let mut run = run_of(Some(units(&["1", "2"])));
        run.known = vec![record("2", "CIR 2", false)];
        let form = [unit("101", "CIR 1"), unit("102", "Cír 2")];
        run.begin(Some("1"), &form);
        form.iter().for_each(|unit| run.was_read(unit));
        assert_eq!(run.due(&form), []);
        assert_eq!(run.unread(&form), []);
    }

    #[test]
    fn a_unit_is_selected_by_the_numbers_and_names_of_both_pages() {
        let choices = [unit("718", "CIR"), unit("719", "POUPATEMPO")];
        let form = unit("18", "CIR SAO PAULO");
        let known = UnitRecord {
            code: "18".to_owned(),
            ..record("718", "CIR SAO PAULO", true)
        };
        for name in ["18", "718", "cir", "cir sao paulo"] {
            let mut run = run_of(Some(choices.to_vec()));
            run.known = vec![known.clone()];
            run.selected = Some(vec![name.to_owned()]);
            assert_eq!(run.most_urgent(&choices).as_deref(), Some("718"), "{name}");
            assert_eq!(run.due(&[]), [choices[0].clone()], "{name}");
            let wanted = run.wanted(vec![form.clone()], Some("718"));
            assert_eq!(wanted, std::slice::from_ref(&form), "{name}");
            let other = unit("19", "POUPATEMPO");
            assert_eq!(run.wanted(vec![other], Some("719")), [], "{name}");
        }
        // What was chosen by the number of the choice is read, though nothing is known of the form's yet.
        let mut run = run_of(Some(choices.to_vec()));
        run.selected = Some(vec!["718".to_owned()]);
        assert_eq!(run.wanted(vec![form.clone()], Some("718")), [form]);
    }

    #[test]
    fn a_unit_that_a_form_has_shown_is_not_chosen_once_it_is_read() {
        let mut run = run_of(Some(units(&["1", "2", "3"])));
        let form = units(&["1", "2"]);
        assert!(run.begin(Some("1"), &form));
        assert_eq!(run.wanted(form.clone(), Some("1")), form);
        form.iter().for_each(|unit| run.was_read(unit));
        assert!(!run.begin(Some("1"), &form));
        assert_eq!(run.due(&form), units(&["3"]));

        let form = units(&["3", "2"]);
        run.ask(&form[0]);
        assert!(run.begin(Some("3"), &form));
        assert_eq!(run.wanted(form, Some("3")), units(&["3"]));
        run.was_read(&units(&["3"])[0]);
        assert_eq!(run.due(&units(&["3"])), []);
    }

    #[test]
    fn a_form_that_shows_other_units_is_read_though_nothing_was_to_be_chosen() {
        let mut run = run_of(None);
        assert!(run.begin(None, &units(&["1"])));
        assert!(run.begin(None, &units(&["2"])));
        assert!(!run.begin(None, &units(&["1"])));
    }
}
