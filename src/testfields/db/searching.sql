-- One folding for every search: what is looked for and what is looked through are both folded here, so that it does
-- not matter how either was typed.

-- A text without what people type now one way, now another: full and half width, composed and decomposed letters (NFKC
-- of UAX #15), case, katakana and hiragana, the many dashes and wave dashes. Marks that only choose a glyph or join
-- letters, such as variation selectors, are left away.
CREATE OR REPLACE FUNCTION folded(told text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(
        regexp_replace(
            lower(normalize(told, NFKC)),
            '[\u00AD\u034F\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\U000E0000-\U000E01EF]',
            '', 'g'),
        'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポ'
        'マミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶヽヾ〜‐‑‒–—―−',
        'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽ'
        'まみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖゝゞ~-------')
$$;

-- What somebody typed into a search, word by word; all of them are to be found. Of a word that is a number as people
-- write it, such as 144, #144 or 144番, the number; else NULL.
CREATE OR REPLACE FUNCTION sought(typed text) RETURNS TABLE (pattern text, number bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4 AS $$
    SELECT DISTINCT '%' || regexp_replace(word, '([%_\\])', '\\\1', 'g') || '%',
           CAST(substring(word FROM '^(?:no\.?|#|第|番号)?:?([0-9]{1,18})(?:番|号|番号)?$') AS bigint)
    FROM regexp_split_to_table(
        -- "No. 144" is one word.
        regexp_replace(folded(typed), '(^|\s)(no\.?|#|第|番号)\s+([0-9])', '\1\2\3', 'g'), '\s+') word
    WHERE word <> ''
$$;
