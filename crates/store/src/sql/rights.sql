-- What a role may not do or see of what runs need.
--
--  $1 tables   $2 the right that is needed of each   $3 of which column; null: of the whole table
--  $4 tables into which rows are inserted   $5 tables   $6 the right that is needed of each, whatever the column
SELECT current_user::text AS "role!",
    -- The rights that are not there, one row a table and right. (A table of a schema that may not be used is found by
    -- hand: `to_regclass` would fail.)
    (SELECT jsonb_agg(to_jsonb(missing)) FROM (
           SELECT n.name AS "table", n.wanted AS "right",
                  coalesce(array_agg(n.col ORDER BY n.position) FILTER (WHERE n.col IS NOT NULL), '{}') AS "columns"
           FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (name, wanted, col, position)
           JOIN pg_class c ON c.oid = CASE WHEN n.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(n.name, '.', 2))
                        ELSE to_regclass(n.name) END
           LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = n.col AND NOT a.attisdropped
           WHERE CASE WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE') THEN TRUE
                      WHEN n.col IS NULL THEN NOT has_table_privilege(c.oid, n.wanted)
                      -- A column that is missing is a migration's matter.
                      WHEN a.attnum IS NULL THEN FALSE
                      ELSE NOT has_column_privilege(c.oid, a.attnum, n.wanted) END
           GROUP BY n.name, n.wanted ORDER BY min(n.position)) missing) AS "missing: Json<Vec<MissingRight>>",
    -- Sequences behind tables into which we insert.
    (SELECT array_agg(behind.sequence) FROM (
           SELECT s.oid::regclass::text AS "sequence"
           FROM unnest($4::text[]) AS t (name)
           JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = CASE WHEN t.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(t.name, '.', 2))
                        ELSE to_regclass(t.name) END
                AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
           JOIN pg_class s ON s.oid = d.objid
           -- In this order: other relations have no such right to ask for.
           WHERE CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE FALSE END ORDER BY 1) behind) AS sequences,
    -- Tables on which row level security is in force for this role, and what no policy of theirs allows it.
    (SELECT jsonb_agg(to_jsonb(secured)) FROM (
           SELECT n.name AS "table", c.oid::regclass::text AS "quoted",
                  pg_stat_get_live_tuples(c.oid) AS "about",
                  has_any_column_privilege(c.oid, 'SELECT') AS "may_look",
                  coalesce(array_agg(n.wanted ORDER BY n.position) FILTER (WHERE NOT EXISTS (
                      SELECT FROM pg_policy p
                      WHERE p.polrelid = c.oid AND p.polpermissive
                        AND (p.polcmd = '*' OR p.polcmd = CASE n.wanted
                             WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' ELSE 'd' END::"char")
                        AND EXISTS (SELECT FROM unnest(p.polroles) AS r (id)
                                    WHERE CASE WHEN r.id = 0 THEN TRUE ELSE pg_has_role(r.id, 'USAGE') END))), '{}')
                      AS "denied"
           FROM unnest($5::text[], $6::text[]) WITH ORDINALITY AS n (name, wanted, position)
           JOIN pg_class c ON c.oid = CASE WHEN n.name LIKE 'river.%'
                        THEN (SELECT o.oid FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace
                              WHERE s.nspname = 'river' AND o.relname = split_part(n.name, '.', 2))
                        ELSE to_regclass(n.name) END
           WHERE row_security_active(c.oid)
           GROUP BY n.name, c.oid ORDER BY min(n.position)) secured) AS "secured: Json<Vec<Secured>>"
