//! While no operator has a name, a start says where the first one can be made.

use super::parts::App;
use crate::domain::causes::in_a_line;
use crate::staff;

impl App {
    /// Says an address that is good once and for a few hours. Nothing where there is no dashboard, or an operator.
    pub(super) async fn invite_first_operator(&self) {
        let Some(address) = self.listening.get() else {
            return;
        };
        let store = &self.database.store;
        match store.staffed().await {
            Ok(staffed) if staffed.operator => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = in_a_line(&error), "nobody was invited");
                return;
            }
        }
        let http = &self.config().http;
        // The port may have been 0.
        let base = if http.public_url.is_empty() {
            format!("http://{address}{}", http.base_path())
        } else {
            http.public_address()
        };
        match staff::invite(store, &base).await {
            Ok(address) => tracing::info!(
                address,
                "no operator has a name yet; the first one can be made at this address, once, within 4 hours"
            ),
            Err(error) => tracing::warn!(error = in_a_line(&error), "nobody was invited"),
        }
    }
}
