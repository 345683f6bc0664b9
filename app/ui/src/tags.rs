//! Lists of tags as text.

/// Cuts a comma list into names: trimmed, no empty ones, each once without regard to case.
pub fn split_tags(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::split_tags;

    #[test]
    fn a_comma_list_keeps_its_order_and_drops_blanks_and_repeats() {
        assert_eq!(split_tags(" Fix, ui ,,fix,Über, über,"), ["Fix", "ui", "Über"]);
        assert!(split_tags(" , ").is_empty());
    }
}
