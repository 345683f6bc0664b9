use super::*;

fn keys(variants: &[Variant]) -> std::collections::HashSet<&str> {
    variants.iter().map(|variant| variant.key.as_str()).collect()
}

#[test]
fn no_two_lists_of_parts_are_the_same_variant() {
    let long = "x".repeat(300);
    let variants = [
        Variant::new("list", "acme"),
        Variant::new("lista", "cme"),
        Variant::new("list", "acm").with("e"),
        Variant::new("list", "acme").with(""),
        Variant::new("list", "acme").with("").with(""),
        Variant::new("list", "acme").with("q").with("x"),
        Variant::new("list", "acme").with("qx"),
        Variant::new("list", "acme").with("Dx"),
        Variant::new("list", &long),
        Variant::new("list", &long[1..]).with("x"),
    ];
    assert_eq!(keys(&variants).len(), variants.len());
}

#[test]
fn a_text_is_named_together_with_the_way_it_is_shown() {
    let plain = markdown::Options::default();
    let deeper = markdown::Options { heading_offset: 2, ..plain };
    let names = [
        fragment_key("# a", &plain),
        fragment_key("# a", &deeper),
        fragment_key("# b", &plain),
        fragment_key("# a", &markdown::Options { id_prefix: "x-", ..plain }),
    ];
    assert_eq!(std::collections::HashSet::from(names).len(), names.len());
}
