-- The memory of ticks: which nominal firing each user and window has had. Serves: firing a tick once,
-- however many processes fire it, and one catch-up run after downtime.

SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS sync_schedules (
    usuario_id INTEGER NOT NULL CONSTRAINT sync_schedules_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    window_name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    last_tick TIMESTAMPTZ,
    merged_ticks BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT sync_schedules_pkey PRIMARY KEY (usuario_id, window_name)
) WITH (fillfactor = 70);

COMMENT ON TABLE sync_schedules IS 'One row a user and window: the last tick that was handed to the queue.';
COMMENT ON COLUMN sync_schedules.usuario_id IS 'The examiner.';
COMMENT ON COLUMN sync_schedules.window_name IS 'Name of the window in the configuration.';
COMMENT ON COLUMN sync_schedules.enabled IS 'False: ticks of this window are not handed out for this user.';
COMMENT ON COLUMN sync_schedules.last_tick IS 'Nominal time of the last tick handed out; null = none yet.';
COMMENT ON COLUMN sync_schedules.merged_ticks IS 'Ticks that found the previous one still waiting or running.';
