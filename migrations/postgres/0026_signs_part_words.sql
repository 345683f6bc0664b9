-- Signs beyond ASCII part words, too. Databases in the locale C take each of them for a letter, so that a word with a
-- full stop of another script behind it was not found. The ranges have no letter, no digit and nothing assigned later
-- that would be one: General Punctuation, arrows and other symbols, the punctuation of CJK, full-width signs, emoji.
CREATE OR REPLACE FUNCTION entry_words(search TEXT, version_key TEXT) RETURNS TSVECTOR LANGUAGE SQL IMMUTABLE AS $$
    SELECT to_tsvector('simple', regexp_replace(
        left(search, 250000) || COALESCE(' ' || version_key || ' v' || version_key, ''),
        '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7'
            '\u02c2-\u02c5\u02d2-\u02df\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4'
            '\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u0970\u0e3f\u0e4f\u0e5a\u0e5b\u104a-\u104f'
            '\u10fb\u1360-\u1368\u1680\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a'
            '\u2000-\u206f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2100\u2101\u2103-\u2106\u2108\u2109\u2114\u2116-\u2118\u211e-\u2123\u2125\u2127\u2129\u212e'
            '\u213a\u213b\u2140-\u2144\u214a-\u214d\u214f\u2190-\u245f\u2500-\u2775\u2794-\u2bff'
            '\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u303d-\u303f\u309b\u309c\u30a0\u30fb'
            '\ue000-\uf8ff\ufd3e\ufd3f\ufe00-\ufe19\ufe30-\ufe6b\ufeff-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
            '\uffe0-\uffff\U0001f300-\U0001faff]+',
        ' ', 'g'))
$$;

UPDATE entry_search s SET words = entry_words(e.search, e.version_key)
    FROM entries e WHERE e.id = s.entry_id AND e.search ~ '[^\x01-\x7f]';
