//! What programs put on the clipboard, in their style, and what it becomes.

use super::to_markdown;

fn check(html: &str, markdown: &str) {
    assert_eq!(to_markdown(html).as_deref().unwrap_or("plain"), markdown, "{html}");
}

#[test]
fn a_page_in_chromium() {
    check(
        "<html><body>\n<!--StartFragment--><h2 style=\"box-sizing: border-box; font-size: 24px; color: rgb(31, 35, 40); \
         orphans: 2; white-space: normal;\">What is new</h2><p style=\"margin: 0px;\">We made <strong style=\"font-weight: \
         600;\">search</strong><span>&nbsp;</span>faster, see <a href=\"https://example.com/a?b=1&amp;c=2\" \
         style=\"color: blue;\">the figures</a>.</p><!--EndFragment-->\n</body></html>",
        "## What is new\n\nWe made **search** faster, see [the figures](https://example.com/a?b=1&c=2).",
    );
}

#[test]
fn libreoffice_writer() {
    check(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\">\n<html>\n<head>\n\t<meta http-equiv=\"content-type\" \
         content=\"text/html; charset=utf-8\"/>\n\t<title></title>\n\t<style type=\"text/css\">\n\t\tp { margin-bottom: 0.25cm }\n\t\
         </style>\n</head>\n<body lang=\"en-GB\" dir=\"ltr\"><h1 class=\"western\">Release notes</h1>\n<p style=\"margin-bottom: 0cm\">\
         Now with <b>bold</b> and\n<i>italic</i>.</p>\n<ul>\n\t<li><p style=\"margin-bottom: 0cm\">One</p></li>\n\t<li><p>Two</p></li>\n\
         </ul>\n</body>\n</html>",
        "# Release notes\n\nNow with **bold** and *italic*.\n\n- One\n- Two",
    );
}

#[test]
fn libreoffice_calc_and_excel() {
    check(
        "<html><head><style>td { border: 1px }</style></head><body><table cellspacing=\"0\" border=\"0\"><colgroup width=\"85\">\
         </colgroup><tr><td height=\"17\" align=\"left\">Version</td><td align=\"left\">Date</td></tr><tr><td align=\"left\">1.2</td>\
         <td align=\"right\" sdval=\"46000\" sdnum=\"1033;\">2 Nov</td></tr></table></body></html>",
        "| Version | Date |\n| --- | --- |\n| 1.2 | 2 Nov |",
    );
    check(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><body><table border=0 cellpadding=0 width=128>\n\
         <!--StartFragment-->\n <col width=64 span=2>\n <tr height=20>\n  <td height=20 class=xl65 width=64>Name</td>\n  \
         <td class=xl65>Count</td>\n </tr>\n <tr>\n  <td>a</td>\n  <td align=right>3</td>\n </tr>\n<!--EndFragment-->\n</table></body></html>",
        "| Name | Count |\n| --- | --- |\n| a | 3 |",
    );
}

#[test]
fn outlook() {
    check(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:w=\"urn:schemas-microsoft-com:office:word\"><head>\
         <style><!-- p.MsoNormal { margin: 0cm } --></style></head><body lang=EN-GB><div class=WordSection1>\
         <p class=MsoNormal><span lang=EN-US style='font-size:11.0pt'>Hello all,<o:p></o:p></span></p>\
         <p class=MsoNormal><o:p>&nbsp;</o:p></p>\
         <p class=MsoNormal>the <b>fix</b> is out: <a href=\"https://example.com/1\">read more</a><o:p></o:p></p></div></body></html>",
        "Hello all,\n\nthe **fix** is out: [read more](https://example.com/1)",
    );
}

#[test]
fn github() {
    check(
        "<meta charset='utf-8'><h3 dir=\"auto\" class=\"heading-element\">Fixes</h3><ul dir=\"auto\"><li>Crash on start \
         <a class=\"issue-link\" href=\"https://github.com/o/r/pull/7\">#7</a> by <a class=\"user-mention\" \
         href=\"https://github.com/mona\">@mona</a></li><li><code class=\"notranslate\">--quiet</code> is quiet</li></ul>\
         <div class=\"highlight highlight-source-rust\"><pre class=\"notranslate\"><span class=\"pl-k\">fn</span> main() {}</pre></div>",
        "### Fixes\n\n- Crash on start [#7](https://github.com/o/r/pull/7) by [@mona](https://github.com/mona)\n\
         - `--quiet` is quiet\n\n```rust\nfn main() {}\n```",
    );
}

#[test]
fn google_docs_with_a_table_and_a_link() {
    check(
        "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-2\"><p dir=\"ltr\" style=\"line-height:1.38\">\
         <span style=\"font-weight:400;text-decoration:none\">See </span><a href=\"https://example.com\"><span \
         style=\"color:#1155cc;text-decoration:underline\">here</span></a></p><div dir=\"ltr\" align=\"left\"><table><colgroup><col/>\
         <col/></colgroup><tbody><tr><td><p><span style=\"font-weight:700\">A</span></p></td><td><p><span>B</span></p></td></tr>\
         <tr><td><p><span>1</span></p></td><td><p><span>2</span></p></td></tr></tbody></table></div></b>",
        "See [here](https://example.com)\n\n| **A** | B |\n| --- | --- |\n| 1 | 2 |",
    );
}

#[test]
fn notion() {
    check(
        "<meta charset='utf-8'><!-- notionvc: 2 --><h1>Roadmap</h1>\n<p>First <strong>this</strong>, then <em>that</em>.</p>\n<ol>\n\
         <li>Build\n<ol>\n<li>Test</li>\n</ol>\n</li>\n<li>Ship</li>\n</ol>\n<blockquote>\nQuoted</blockquote>\n<pre><code \
         class=\"language-typescript\">let a = 1;\n</code></pre>",
        "# Roadmap\n\nFirst **this**, then *that*.\n\n1. Build\n   1. Test\n2. Ship\n\n> Quoted\n\n```typescript\nlet a = 1;\n```",
    );
}

#[test]
fn chat_and_wiki() {
    check(
        "<meta charset='utf-8'><span>We shipped </span><b data-stringify-type=\"bold\">1.4</b><span>:</span><ul \
         data-stringify-type=\"unordered-list\"><li data-stringify-indent=\"0\">fast</li><li>small</li></ul>",
        "We shipped **1.4**:\n\n- fast\n- small",
    );
    check(
        "<h2 id=\"x\">Set-up</h2><p class=\"auto-cursor-target\">Press <kbd>Ctrl</kbd> and</p><table class=\"confluenceTable\"><tbody>\
         <tr><th class=\"confluenceTh\"><p>Key</p></th><th><p>Does</p></th></tr><tr><td><p>K</p></td><td><p>Link<br/>text</p></td></tr>\
         </tbody></table>",
        "## Set-up\n\nPress `Ctrl` and\n\n| Key | Does |\n| --- | --- |\n| K | Link text |",
    );
}
