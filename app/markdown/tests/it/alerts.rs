//! `:::type` and `> [!TYPE]` blocks.

use crate::{check, fenced, heading, html};

fn alert(kind: &str, title: &str, body: &str) -> String {
    let role = if kind == "error" { "alert" } else { "note" };
    format!("<div class=\"alert alert-{kind}\" role=\"{role}\">\n<p class=\"alert-title\">{title}</p>\n{body}</div>\n")
}

#[test]
fn each_type_has_its_look_and_unknown_words_look_like_info() {
    for (word, kind, title) in [
        ("info", "info", "Info"),
        ("WARNING", "warning", "Warning"),
        ("error", "error", "Error"),
        ("success", "success", "Success"),
        ("tip", "tip", "Tip"),
        ("note", "note", "Note"),
        ("details", "info", "details"),
    ] {
        check(&format!(":::{word}\na\n:::"), &alert(kind, title, "<p>a</p>\n"));
    }
    for (word, kind, title) in [
        ("NOTE", "note", "Note"),
        ("TIP", "tip", "Tip"),
        ("IMPORTANT", "important", "Important"),
        ("WARNING", "warning", "Warning"),
        ("CAUTION", "caution", "Caution"),
    ] {
        check(&format!("> [!{word}]\n> a\n"), &alert(kind, title, "<p>a</p>\n"));
    }
}

#[test]
fn a_title_is_text() {
    check(
        "::: warning Mind the <gap> \"&\"  \na\n:::",
        &alert("warning", "Mind the &lt;gap&gt; \"&amp;\"", "<p>a</p>\n"),
    );
}

#[test]
fn the_body_is_any_markdown_and_ends_where_the_marker_says() {
    check(":::tip\n- a\n- b\n:::\nc", &(alert("tip", "Tip", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n") + "<p>c</p>\n"));
    check(":::tip\n> a\n:::", &alert("tip", "Tip", "<blockquote>\n<p>a</p>\n</blockquote>\n"));
    check(":::tip\n    a\n:::", &alert("tip", "Tip", "<pre tabindex=\"0\"><code>a\n</code></pre>\n"));
    check("a\n:::tip\n\n## b\n\n:::\n", &("<p>a</p>\n".to_owned() + &alert("tip", "Tip", &heading(2, "b", "b"))));
    check(":::tip\n:::", &alert("tip", "Tip", ""));
    let html = html(":::tip\n|a|\n|-|\n|b|\n:::\n");
    assert!(html.ends_with("<td>b</td></tr>\n</tbody>\n</table>\n</div>\n</div>\n"), "{html}");
}

#[test]
fn an_alert_does_not_loosen_the_list_before_it() {
    check(
        "- a\n- b\n:::tip\nc\n:::",
        &("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n".to_owned() + &alert("tip", "Tip", "<p>c</p>\n")),
    );
}

#[test]
fn links_and_footnotes_reach_across_the_markers() {
    let html = html(":::note\n[a][b] c[^d]\n\n[^d]: e\n:::\n\n[b]: /f\n");
    assert!(html.contains("<a href=\"/f\">a</a>"), "{html}");
    assert!(html.contains("</div>\n<section class=\"footnotes\">"), "{html}");
}

#[test]
fn more_colons_nest() {
    check(
        "::::info\n:::error\na\n:::\nb\n::::",
        &alert("info", "Info", &(alert("error", "Error", "<p>a</p>\n") + "<p>b</p>\n")),
    );
    check(":::info\n:::tip\na\n:::\n:::", &alert("info", "Info", &alert("tip", "Tip", "<p>a</p>\n")));
}

#[test]
fn unclosed_and_unopened_markers_are_text() {
    check(":::warning\na", "<p>:::warning\na</p>\n");
    check("a\n:::", "<p>a\n:::</p>\n");
    check("::::note\na\n:::", "<p>::::note\na\n:::</p>\n");
    check("::::info\n:::tip\na\n::::", &alert("info", "Info", "<p>:::tip\na</p>\n"));
    check("- b: :::warning\na\n:::", "<ul>\n<li>b: :::warning\na\n:::</li>\n</ul>\n");
    check(" :::tip\na\n:::", "<p>:::tip\na\n:::</p>\n");
    check(":::{.tip}\na\n:::", "<p>:::{.tip}\na\n:::</p>\n");
}

#[test]
fn markers_inside_code_are_code() {
    check("```\n:::tip\na\n:::\n```", &fenced("", "", ":::tip\na\n:::\n"));
    check(":::tip\n```\n:::\n```\n:::", &alert("tip", "Tip", &fenced("", "", ":::\n")));
    check(
        "<div>\n```\n</div>\n\n```\n:::tip\n```\n\n:::note\na\n:::",
        &("<p>&lt;div&gt;\n```\n&lt;/div&gt;</p>\n".to_owned()
            + &fenced("", "", ":::tip\n")
            + &alert("note", "Note", "<p>a</p>\n")),
    );
    check("<script>\n:::tip\n</script>\n:::", "<p>&lt;script&gt;\n:::tip\n&lt;/script&gt;</p>\n<p>:::</p>\n");
}

#[test]
fn raw_html_does_not_swallow_the_end_of_an_alert() {
    check(":::tip\n<b>\n:::\nc", &(alert("tip", "Tip", "<p>&lt;b&gt;</p>\n") + "<p>c</p>\n"));
    check(":::tip\n<div>\n:::\nc", &(alert("tip", "Tip", "<p>&lt;div&gt;</p>\n") + "<p>c</p>\n"));
}

#[test]
fn the_stand_in_for_markers_cannot_be_forged() {
    check("<!-- -->\n\na\n\n:::tip\n<!-- -->\nb\n:::", &("<p>a</p>\n".to_owned() + &alert("tip", "Tip", "<p>b</p>\n")));
}

#[test]
fn a_marker_in_code_does_not_pair_with_one_outside() {
    check(":::tip\n```\n:::\n```\nb", &("<p>:::tip</p>\n".to_owned() + &fenced("", "", ":::\n") + "<p>b</p>\n"));
    check("```\n:::tip\n```\na\n:::", &(fenced("", "", ":::tip\n") + "<p>a\n:::</p>\n"));
    check(
        "::::info\n```\n:::tip\n```\na\n:::\n::::",
        &alert("info", "Info", &(fenced("", "", ":::tip\n") + "<p>a\n:::</p>\n")),
    );
}
