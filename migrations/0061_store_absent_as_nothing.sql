-- "NÃO INFORMADO" is stored as nothing from now on, so that a portal that says so one day and leaves the cell blank
-- the next has changed nothing. What is stored of days that will be read again is put into the same form, or the first
-- reading would log a change of nearly every slot. The hash follows with that reading: it cannot be computed here.
-- Days gone by stay as they were read.
-- Serves: the comparison of stored and read content (src/store/sql/store_day.sql).

SET LOCAL lock_timeout = '15s';

UPDATE agenda_slots a
SET payload = (
    SELECT jsonb_object_agg(key, CASE
        WHEN upper(btrim(value #>> '{}')) IN ('NÃO INFORMADO', 'NÃO INFORMADA', 'NAO INFORMADO', 'NAO INFORMADA') THEN '""'
        ELSE value END)
    FROM jsonb_each(a.payload))
WHERE a.data >= current_date - 1 AND jsonb_typeof(a.payload) = 'object' AND a.payload::text ~* 'n(ã|a)o informad[oa]';
