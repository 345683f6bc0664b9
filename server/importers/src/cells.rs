//! Cells of CSV files that Tidings exported. A spreadsheet takes a cell that begins like a formula for one, so exports
//! put an apostrophe before it; these functions take it back. `docs/export-formats.md` describes the format.

/// What a formula begins with, and blanks that spreadsheets skip before one.
pub const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a text is a formula, or would be read as a neutralised one: any number of apostrophes before such a start.
pub fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// A cell as it was before the export neutralised it: without one apostrophe, if it has one before a formula.
pub fn original(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

/// The tags of a cell, separated by `;`. A `\` before `;` or `\` makes it part of a name. Blanks at the edges and
/// empty names fall away.
pub fn tags(cell: &str) -> Vec<String> {
    let mut tags = vec![String::new()];
    let mut characters = cell.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next_if(|next| matches!(next, ';' | '\\')) } else { None };
        match (escaped, tags.last_mut()) {
            (None, _) if character == ';' => tags.push(String::new()),
            (escaped, Some(tag)) => tag.push(escaped.unwrap_or(character)),
            (_, None) => {}
        }
    }
    tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{original, tags};

    #[test]
    fn only_the_apostrophe_of_an_export_is_taken_back() {
        for (cell, text) in [
            ("'=1+1", "=1+1"),
            ("'- item", "- item"),
            ("''=1", "'=1"),
            ("'tis", "'tis"),
            ("''", "''"),
            ("", ""),
            ("=1", "=1"),
            ("'\tx", "\tx"),
        ] {
            assert_eq!(original(cell), text, "{cell:?}");
        }
    }

    #[test]
    fn a_tag_may_have_a_semicolon_in_its_name() {
        assert_eq!(tags("Added; Fixed;;"), ["Added", "Fixed"]);
        assert_eq!(tags(r"a\;b;c\\;d\e"), ["a;b", r"c\", r"d\e"]);
        assert_eq!(tags(" "), Vec::<String>::new());
    }
}
