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
    name text := left(payload ->> 'nome', 300);
    cpf text := translate(left(payload ->> 'cpf', 20), '.-/ ', '');
    telephones text := translate(left(payload ->> 'telefone', 300), ',;|()-.', '///');
    words text[];
    part text;
BEGIN
    -- Looked at first, because translate() takes many times as long.
    IF name ~ '[^ -~]' THEN
        name := translate(name,
            'ÃÇÁÉÍÓÚÂÊÔÀÕÜÑÄËÏÖÈÌÒÙÎÛÅÝãçáéíóúâêôàõüñäëïöèìòùîûåýÿ´`',
            'acaeiouaeoaounaeioeiouiuayacaeiouaeoaounaeioeiouiuayy''''');
    END IF;
    name := translate(lower(name), '.,;:-/()"', '         ');
    words := string_to_array(replace(name, '''', ' '), ' ');
    IF strpos(name, '''') > 0 THEN
        -- D'AVILA is looked for as "davila" too.
        words := words || string_to_array(replace(name, '''', ''), ' ');
    END IF;
    words := words || ('C' || cpf);
    IF telephones <> '' THEN
        -- With spaces within the numbers, and with spaces between them.
        FOREACH part IN ARRAY string_to_array(replace(telephones, ' ', ''), '/')
                || string_to_array(replace(telephones, '/', ' '), ' ') LOOP
            IF length(part) >= 8 AND translate(part, '0123456789', '') = '' THEN
                words := words || ('T' || right(part, 8));
            END IF;
        END LOOP;
    END IF;
    RETURN array_to_tsvector(array_remove(array_remove(words, ''), NULL));
END
$$;
-- Whoever writes a slot asks it, the application's own role too.
GRANT EXECUTE ON FUNCTION agendad_slot_words(jsonb) TO PUBLIC;
COMMENT ON FUNCTION agendad_slot_words(jsonb) IS 'The words by which a slot is found: of the name, C and CPF, T and the last eight digits of each telephone number.';
