//! What becomes of the slots of the earlier system: pure, one user at a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use agendad_domain::Cpf;
use agendad_domain::slot::{Identity, SOURCE, content_hash, sha1_hex};

/// A slot as the earlier system left it.
#[derive(Debug, Clone)]
pub(super) struct LegacySlot {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) external_uid: String,
    pub(super) unit: String,
    pub(super) servico: String,
    pub(super) date: NaiveDate,
    pub(super) time: NaiveTime,
    /// Digits, from the payload or else from its appointment; what is no CPF, with or without its leading zeros, counts as
    /// none.
    pub(super) cpf: Option<String>,
    pub(super) last_seen_at: Option<DateTime<Utc>>,
    pub(super) payload: Option<Value>,
    /// The appointment that it points to, if that exists.
    pub(super) appointment: Option<i32>,
    /// Whether it points to one, which may be gone.
    pub(super) points: bool,
    /// An appointment of the application for the same user, candidate and minute.
    pub(super) match_of: Option<i32>,
}

/// What is to be written for one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rewrite {
    pub(super) id: i64,
    pub(super) external_uid: String,
    pub(super) uid_version: UidVersion,
    /// `None`: as it is.
    pub(super) content_hash: Option<String>,
    /// The identity, where another row has it, of which this is an older one: it stays as removed history.
    pub(super) set_aside: Option<String>,
    pub(super) appointment: Option<i32>,
    /// Whether it has, or has had, an appointment that the daemon did not create.
    pub(super) is_linked: bool,
}

/// `agenda_slots.uid_version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UidVersion {
    /// The daemon's own formula.
    Ours = 1,
    /// Cannot be computed: no user, no CPF, or not of this source.
    Unknown = 2,
}

/// The writing for one user, and what it amounts to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Rows that hold a uid which another row gets: they let go of it first.
    pub(super) let_go: Vec<i64>,
    pub(super) rewrites: Vec<Rewrite>,
    pub(super) counts: Counts,
}

/// What an adoption does, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Slots that got an owner, known by their appointment or because there is one account only.
    pub owners_found: u64,
    /// Slots whose identity was computed anew.
    pub identities_rewritten: u64,
    /// Older rows of one identity, kept as removed history.
    pub duplicates_set_aside: u64,
    /// Slots without user or CPF, kept as they are.
    pub unidentified: u64,
    /// Slots that were linked to an appointment of the application.
    pub appointments_linked: u64,
    /// Runs whose process is gone, closed as failed.
    pub runs_closed: u64,
    /// Users who were being synchronised: their slots are adopted by their next run.
    pub users_busy: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.owners_found += other.owners_found;
        self.identities_rewritten += other.identities_rewritten;
        self.duplicates_set_aside += other.duplicates_set_aside;
        self.unidentified += other.unidentified;
        self.appointments_linked += other.appointments_linked;
        self.runs_closed += other.runs_closed;
        self.users_busy += other.users_busy;
    }
}

impl LegacySlot {
    /// Who it is by the daemon's formula, from the row's own columns: however the earlier system
    /// computed its uid, it does not matter.
    pub(super) fn identity(&self, usuario_id: Option<i32>) -> Option<String> {
        let cpf = Cpf::parse(self.cpf.as_deref()?).ok()?;
        let identity = Identity {
            usuario_id: usuario_id?,
            unit: &self.unit,
            servico: &self.servico,
            date: self.date,
            time: self.time,
            cpf: &cpf,
        };
        (self.source == SOURCE).then(|| identity.external_uid(1))
    }

    /// The hash of what the payload shows, if it is what a page shows: texts by column.
    fn content_hash(&self) -> Option<String> {
        let Value::Object(columns) = self.payload.as_ref()? else {
            return None;
        };
        let texts: Option<BTreeMap<String, String>> = columns
            .iter()
            .map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        texts.map(|texts| content_hash(&texts))
    }
}

/// Plans the rewriting of one user's slots (`None`: nobody's). `holders` are the other rows of the
/// table that hold one of the identities already.
pub(super) fn plan(
    usuario_id: Option<i32>,
    mut slots: Vec<LegacySlot>,
    holders: &HashSet<String>,
) -> Plan {
    // The newest row of an identity keeps it.
    slots.sort_by_key(|slot| Reverse((slot.last_seen_at, slot.id)));
    let unknown = slots
        .iter()
        .filter(|slot| slot.identity(usuario_id).is_none());
    let mut taken: HashSet<String> = unknown.map(|slot| slot.external_uid.clone()).collect();
    taken.extend(holders.iter().cloned());
    let mut plan = Plan::default();
    for slot in &slots {
        let rewrite = rewrite(usuario_id, slot, &mut taken);
        let counts = &mut plan.counts;
        let is_known = rewrite.uid_version == UidVersion::Ours;
        counts.unidentified += u64::from(!is_known);
        counts.duplicates_set_aside += u64::from(rewrite.set_aside.is_some());
        counts.identities_rewritten += u64::from(rewrite.external_uid != slot.external_uid);
        counts.appointments_linked +=
            u64::from(slot.appointment.is_none() && rewrite.appointment.is_some());
        plan.rewrites.push(rewrite);
    }
    plan.let_go = let_go(&slots, &plan.rewrites);
    plan
}

fn rewrite(usuario_id: Option<i32>, slot: &LegacySlot, taken: &mut HashSet<String>) -> Rewrite {
    let identity = slot.identity(usuario_id);
    let set_aside = identity
        .clone()
        .filter(|identity| !taken.insert(identity.clone()));
    let appointment = slot.appointment.or_else(|| {
        let may_link = identity.is_some() && !slot.points;
        slot.match_of.filter(|_| may_link)
    });
    let external_uid = match (&set_aside, &identity) {
        (Some(identity), _) => sha1_hex(&format!("{identity}|adopted|{}", slot.id)),
        (None, Some(identity)) => identity.clone(),
        (None, None) => slot.external_uid.clone(),
    };
    Rewrite {
        id: slot.id,
        external_uid,
        uid_version: if identity.is_some() {
            UidVersion::Ours
        } else {
            UidVersion::Unknown
        },
        content_hash: slot.content_hash(),
        set_aside,
        appointment,
        is_linked: slot.points || appointment.is_some(),
    }
}

/// The rows that hold a uid which another one gets.
fn let_go(slots: &[LegacySlot], rewrites: &[Rewrite]) -> Vec<i64> {
    let holds: HashMap<&str, i64> = slots
        .iter()
        .map(|slot| (slot.external_uid.as_str(), slot.id))
        .collect();
    rewrites
        .iter()
        .filter_map(|rewrite| {
            let holder = *holds.get(rewrite.external_uid.as_str())?;
            (holder != rewrite.id).then_some(holder)
        })
        .collect()
}
