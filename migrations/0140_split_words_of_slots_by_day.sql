-- The words by which a slot is found, as in 0072, each behind the number of its day: so common words are looked up day by
-- day, the latest first, until there are enough, whereas an index over the words alone takes all slots apart that have one
-- of them; of a week (0137), a clinic of ten thousand examiners has ten thousand slots of each common name. Days are
-- counted from 1901, and not by a function of ours, because whoever writes a slot may look for functions elsewhere.
-- Whatever the payload and the day are, the function has an answer: it is asked by each insertion.
-- Serves: the search for a candidate (crates/store/src/clinic/search.rs), the index that comes next.

SET LOCAL lock_timeout = '15s';

CREATE OR REPLACE FUNCTION agendad_slot_day_words(payload jsonb, data date) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    name text := left(payload ->> 'nome', 300);
    cpf text := nullif(translate(left(payload ->> 'cpf', 20), '.-/ ', ''), '');
    telephones text := translate(left(payload ->> 'telefone', 300), ',;|()-.', '///');
    day text := greatest(least(data, '2099-12-31'), '1901-01-01') - date '1901-01-01';
    words text[];
    part text;
BEGIN
    -- Looked at first, because translate() takes many times as long.
    IF name ~ '[^ -~]' THEN
        name := translate(name,
            'ÃÇÁÉÍÓÚÂÊÔÀÕÜÑÄËÏÖÈÌÒÙÎÛÅÝãçáéíóúâêôàõüñäëïöèìòùîûåýÿ´`',
            'acaeiouaeoaounaeioeiouiuayacaeiouaeoaounaeioeiouiuayy''''');
    END IF;
    name := day || replace(translate(lower(name), '.,;:-/()"', '         '), ' ', ' ' || day);
    IF strpos(name, '''') > 0 THEN
        -- D'AVILA is looked for as "davila" too.
        name := replace(name, '''', ' ' || day) || ' ' || replace(name, '''', '');
    END IF;
    words := array_remove(string_to_array(name, ' '), day) || (day || 'C' || cpf);
    IF telephones <> '' THEN
        -- With spaces within the numbers, and with spaces between them.
        FOREACH part IN ARRAY string_to_array(replace(telephones, ' ', ''), '/')
                || string_to_array(replace(telephones, '/', ' '), ' ') LOOP
            IF length(part) >= 8 AND translate(part, '0123456789', '') = '' THEN
                words := words || (day || 'T' || right(part, 8));
            END IF;
        END LOOP;
    END IF;
    RETURN array_to_tsvector(array_remove(array_remove(words, ''), NULL));
END
$$;
-- Whoever writes a slot asks it, the application's own role too.
GRANT EXECUTE ON FUNCTION agendad_slot_day_words(jsonb, date) TO PUBLIC;
COMMENT ON FUNCTION agendad_slot_day_words(jsonb, date) IS 'The words by which a slot is found, each behind the number of its day: of the name, C and CPF, T and the last eight digits of each telephone number.';
