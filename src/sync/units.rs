//! Which units of an examiner a run reads. Those that the search form offers are read in one session; the others by
//! choosing each in turn, which costs a login each, so the quiet ones are visited rarely.

use std::collections::HashSet;
use std::time::Duration;

use super::conversation::{Conversation, Parties};
use super::log::RunLog;
use super::{RunFailure, SyncRules};
use crate::domain::Unit;
use crate::domain::text::fold;
use crate::portal::PortalError;
use crate::portal::probe::Notes;
use crate::session::KeptSession;
use crate::store::units::{UnitOffered, UnitReading, UnitRecord};

/// What a run knows of the units when it begins.
pub(super) struct Units {
    known: Vec<UnitRecord>,
    /// The codes of those with slots today or tomorrow.
    busy: HashSet<String>,
    /// The account's own selection, folded; `None`: all.
    selected: Option<Vec<String>>,
    by_hand: bool,
    interval: Duration,
    quiet_interval: Duration,
}

impl Units {
    /// Of the units that are `known`.
    pub(super) async fn new(
        parties: Parties<'_>,
        known: Vec<UnitRecord>,
    ) -> Result<Self, RunFailure> {
        let Parties {
            syncer,
            account,
            by_hand,
            ..
        } = parties;
        let today = syncer.clock.today();
        // Examiners of one unit, which are most, need no further question.
        let busy = if known.iter().any(|unit| unit.choice.is_some()) {
            let tomorrow = today + chrono::Days::new(1);
            let store = &syncer.store;
            let busy = store
                .units_with_slots(account.usuario_id, today, tomorrow)
                .await;
            busy.map_err(RunFailure::Store)?.into_iter().collect()
        } else {
            HashSet::new()
        };
        let rules: &SyncRules = &syncer.live.get().rules;
        let selected = account.units.as_ref();
        Ok(Self {
            known,
            busy,
            selected: selected.map(|units| units.iter().map(|unit| fold(unit)).collect()),
            by_hand,
            interval: rules.unit_interval,
            quiet_interval: rules.quiet_unit_interval,
        })
    }

    /// Opens the session, the kept one or by a login if it must, and looks at what it offers. Every page is shown to
    /// `notes`.
    pub(super) async fn open(
        &self,
        parties: Parties<'_>,
        kept: Option<KeptSession>,
        notes: Option<&Notes>,
        log: &mut RunLog,
    ) -> Result<(), RunFailure> {
        let taken_up = Conversation::take_up(parties, kept).await?;
        let conversation = log.conversation.insert(taken_up);
        if let Some(notes) = notes {
            conversation.observe(notes);
        }
        let choose = |choices: &[Unit]| self.choose(choices);
        conversation.open(parties, &choose).await?;
        self.check_selection(conversation)?;
        conversation.set_several_units(self.are_several(conversation));
        self.write_down(parties, conversation).await
    }

    /// Goes on to another unit; gives the units of its search form that are wanted.
    pub(super) async fn switch(
        &self,
        parties: Parties<'_>,
        choice: &Unit,
        log: &mut RunLog,
    ) -> Result<Vec<Unit>, RunFailure> {
        let Some(conversation) = &mut log.conversation else {
            return Ok(Vec::new());
        };
        conversation.switch(parties, &choice.code).await?;
        conversation.set_several_units(true);
        self.write_down(parties, conversation).await?;
        let mut form = conversation.session().units();
        form.retain(|unit| self.is_selected(unit));
        Ok(form)
    }

    /// The units to read in the present session, and the choices that are due after it.
    pub(super) fn plan(&self, log: &RunLog) -> (Vec<Unit>, Vec<Unit>) {
        let Some(conversation) = &log.conversation else {
            return (Vec::new(), Vec::new());
        };
        let mut form = conversation.session().units();
        form.retain(|unit| self.is_selected(unit));
        (form, self.due(conversation))
    }

    /// The codes of all units that the portal offers; `None` if it was not asked in this run.
    pub(super) fn offered(&self, log: &RunLog) -> Option<Vec<String>> {
        self.offered_codes(log.conversation.as_ref()?)
    }

    /// Which unit to choose at a login: the one that waits most urgently.
    fn choose(&self, choices: &[Unit]) -> Option<String> {
        let mut candidates: Vec<&Unit> = choices.iter().filter(|u| self.is_selected(u)).collect();
        candidates.sort_by_key(|unit| self.urgency(&unit.code));
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

    /// Whether the account wants this unit.
    fn is_selected(&self, unit: &Unit) -> bool {
        let (code, name) = (fold(&unit.code), fold(&unit.name));
        let selected = self.selected.as_ref();
        selected.is_none_or(|units| units.contains(&code) || units.contains(&name))
    }

    /// Whether the examiner has units beside those of the search form.
    fn are_several(&self, conversation: &Conversation) -> bool {
        let chosen = conversation
            .choices()
            .is_some_and(|choices| choices.len() > 1);
        let offered = self.known.iter().filter(|unit| unit.offered).count();
        chosen || conversation.session().units().len().max(offered) > 1
    }

    /// The further choices that are due, in order: those that the present form does not cover.
    fn due(&self, conversation: &Conversation) -> Vec<Unit> {
        let form = conversation.session().units();
        let covered = |choice: &Unit| {
            let by_code = |unit: &Unit| {
                let known = self.by_choice(&choice.code);
                unit.code == choice.code || known.is_some_and(|known| known.code == unit.code)
            };
            form.iter()
                .any(|unit| by_code(unit) || fold(&unit.name) == fold(&choice.name))
        };
        let mut due: Vec<Unit> = self
            .all_choices(conversation)
            .into_iter()
            .filter(|choice| Some(choice.code.as_str()) != conversation.session().choice())
            .filter(|choice| !covered(choice) && self.is_selected(choice) && self.is_due(choice))
            .collect();
        due.sort_by_key(|unit| self.urgency(&unit.code));
        due
    }

    /// As the portal has offered them in this run, else as it did when it was last asked.
    fn all_choices(&self, conversation: &Conversation) -> Vec<Unit> {
        if let Some(choices) = conversation.choices() {
            return choices.to_vec();
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
    fn check_selection(&self, conversation: &Conversation) -> Result<(), RunFailure> {
        let Some(selected) = &self.selected else {
            return Ok(());
        };
        let mut offered = conversation.session().units();
        offered.extend(self.all_choices(conversation));
        offered.extend(self.known.iter().filter(|unit| unit.offered).map(unit_of));
        let is_offered = |wanted: &&String| {
            let matches =
                |unit: &Unit| fold(&unit.code) == **wanted || fold(&unit.name) == **wanted;
            offered.iter().any(matches)
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
        Err(RunFailure::Portal(PortalError::layout(what)))
    }

    /// The codes of all units that the portal offers; `None` if it was not asked in this run. Choice and search form
    /// may number a unit differently, so whatever may be one of those offered counts as offered.
    fn offered_codes(&self, conversation: &Conversation) -> Option<Vec<String>> {
        let mut offered = conversation.seen_units().to_vec();
        match conversation.choices() {
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
            None if conversation.session().choice().is_some() => return None,
            None => {}
        }
        Some(offered.into_iter().map(|unit| unit.code).collect())
    }

    /// Writes down what the portal offers, where that is news.
    async fn write_down(
        &self,
        parties: Parties<'_>,
        conversation: &Conversation,
    ) -> Result<(), RunFailure> {
        if conversation.session().stats().logins == 0 {
            return Ok(());
        }
        let store = &parties.syncer.store;
        let user = parties.account.usuario_id;
        let form = conversation.session().units();
        let chosen = conversation.session().choice();
        if let (Some(choice), [only]) = (chosen, form.as_slice()) {
            let learned = store.unit_code_learned(user, choice, &only.code).await;
            learned.map_err(RunFailure::Store)?;
        }
        let mut offered: Vec<UnitOffered> = form
            .iter()
            .map(|unit| UnitOffered {
                code: unit.code.clone(),
                name: unit.name.clone(),
                choice: chosen.filter(|_| form.len() == 1).map(ToOwned::to_owned),
            })
            .collect();
        match conversation.choices() {
            Some(choices) => {
                for choice in choices
                    .iter()
                    .filter(|c| Some(c.code.as_str()) != chosen || form.len() != 1)
                {
                    offered.push(UnitOffered {
                        code: choice.code.clone(),
                        name: choice.name.clone(),
                        choice: Some(choice.code.clone()),
                    });
                }
            }
            // Not asked: what else there is stays as it is known.
            None if chosen.is_some() => return Ok(()),
            None => {}
        }
        store
            .units_offered(user, &offered)
            .await
            .map_err(RunFailure::Store)
    }
}

fn unit_of(record: &UnitRecord) -> Unit {
    Unit {
        code: record.code.clone(),
        name: record.name.clone(),
    }
}

/// Takes down that days of a unit were read. Where the portal has the examiner choose one of several units, it is
/// written at once: should the run die among the further ones, those that were read are not chosen again.
pub(super) async fn read(
    parties: Parties<'_>,
    unit: &Unit,
    had_slots: bool,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let mut errors = log.date_errors.iter();
    let reading = UnitReading {
        code: unit.code.clone(),
        complete: errors.all(|error| error.unidade != unit.code),
        had_slots,
    };
    let conversation = log.conversation.as_ref();
    if conversation.is_none_or(|conversation| conversation.session().choice().is_none()) {
        log.noted.units.push(reading);
        return Ok(());
    }
    let (usuario_id, store) = (parties.account.usuario_id, &parties.syncer.store);
    let written = store.unit_read(usuario_id, &log.noted.window, &reading);
    written.await.map_err(RunFailure::Store)
}
