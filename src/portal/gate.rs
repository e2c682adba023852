//! One login at a time per CPF in this process, however many sessions want one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::domain::Cpf;

/// Whose login is on its way.
#[derive(Default)]
pub(crate) struct LoginGate {
    turns: Mutex<HashMap<Cpf, Weak<tokio::sync::Mutex<()>>>>,
}

impl LoginGate {
    /// The lock to hold during a login of `cpf`.
    pub(crate) fn turn(&self, cpf: &Cpf) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(cpf).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(cpf.clone(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn logins_of_one_cpf_wait_for_each_other_and_leave_nothing_behind() {
        let gate = LoginGate::default();
        let [one, other] = ["52998224725", "11144477735"].map(|cpf| Cpf::parse(cpf).unwrap());
        let turn = gate.turn(&one);
        let held = turn.lock().await;
        assert!(gate.turn(&one).try_lock().is_err());
        assert!(gate.turn(&other).try_lock().is_ok());
        drop(held);
        assert!(gate.turn(&one).try_lock().is_ok());
        drop(turn);
        let _last = gate.turn(&other);
        assert_eq!(gate.turns.lock().unwrap().len(), 1);
    }
}
