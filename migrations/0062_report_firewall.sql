-- A daemon that its portal's firewall turns away rests as one whose breaker is open does, but it means something else
-- and is told apart. A daemon of the release before takes such a row for an open breaker, which is half the truth.
-- Serves: the rules portal_down and firewall (src/store/alerts/observe.rs), the dashboard (src/store/alerts/reports.rs).

SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_alert_reports ADD COLUMN IF NOT EXISTS firewall_until TIMESTAMPTZ;
COMMENT ON COLUMN agendad_alert_reports.firewall_until IS 'Set if it rests because the portal''s firewall turned it away: when it tries again. Null: its breaker is open.';
COMMENT ON TABLE agendad_alert_reports IS 'What only a daemon itself knows: that it leaves the portal alone, because its breaker is open or a firewall turned it away. One row a daemon, only while it does; an old row is of a dead one.';
