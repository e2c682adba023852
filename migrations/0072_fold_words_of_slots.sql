-- The words by which a slot is found: each word of the candidate's name in small letters without accents, the CPF as
-- C and its digits, each telephone number as T and its last eight digits (area codes are often missing). As a tsvector,
-- so that a beginning of a word finds it too; made word by word, because PostgreSQL's own parsers take an apostrophe or
-- a hyphen for more than it is here. No extension is needed, and only letters of LATIN1 are named.
-- Whatever the payload is, the function has an answer: it is asked by each insertion.
-- Serves: the search for a candidate (crates/store/src/clinic.rs), the index that comes next.

SET LOCAL lock_timeout = '15s';

CREATE OR REPLACE FUNCTION agendad_slot_words(payload jsonb) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    name text := lower(translate(left(coalesce(payload ->> 'nome', ''), 300),
        'ÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝáàâãäåéèêëíìîïóòôõöúùûüçñýÿ´`',
        'aaaaaaeeeeiiiiooooouuuucnyaaaaaaeeeeiiiiooooouuuucnyy'''''));
    cpf text := left(regexp_replace(coalesce(payload ->> 'cpf', ''), '[^0-9]', '', 'g'), 20);
    words text[];
BEGIN
    words := string_to_array(regexp_replace(name, '[^a-z0-9]+', ' ', 'g'), ' ');
    IF strpos(name, '''') > 0 THEN
        -- D'AVILA is looked for as "davila" too.
        words := words || string_to_array(regexp_replace(replace(name, '''', ''), '[^a-z0-9]+', ' ', 'g'), ' ');
    END IF;
    IF cpf <> '' THEN
        words := words || ('C' || cpf);
    END IF;
    words := words || ARRAY(
        SELECT 'T' || part[1] || part[2]
        FROM regexp_matches(left(coalesce(payload ->> 'telefone', ''), 300),
            '([0-9]{4})[^0-9]{0,3}([0-9]{4})(?![0-9])', 'g') AS part);
    RETURN array_to_tsvector(array_remove(words, ''));
END
$$;
-- Whoever writes a slot asks it, the application's own role too.
GRANT EXECUTE ON FUNCTION agendad_slot_words(jsonb) TO PUBLIC;
COMMENT ON FUNCTION agendad_slot_words(jsonb) IS 'The words by which a slot is found: of the name, C and CPF, T and the last eight digits of each telephone number.';
