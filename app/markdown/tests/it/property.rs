//! Random documents from fragments, always the same ones: a failure names the seed that repeats it.

use markdown::{EXCERPT_CHARACTERS, excerpt, plain_text};

use crate::html;

const FRAGMENTS: &[&str] = &[
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "a",
    "b c",
    "é",
    "日本",
    "🎉",
    "\u{A0}",
    "\u{202E}",
    "\0",
    "\r\n",
    "\r",
    "\u{FEFF}",
    "# ",
    "## ",
    "> ",
    ">",
    "> [!NOTE]\n",
    "> [!WARNING]\n> ",
    "- ",
    "- [ ] ",
    "* [x] ",
    "1. ",
    "7) ",
    "---\n",
    "===\n",
    "***",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```\n",
    "~~~rust\n",
    "```js\"x\n",
    "\\",
    "\\\n",
    "  \n",
    "[",
    "]",
    "](",
    ")",
    "![",
    "](/x)",
    "](https://a.example/x)",
    "](javascript:alert(1))",
    "](data:image/png;base64,AAAA)",
    " \"t\")",
    "[a]: /b\n",
    "[a]",
    "[^1]",
    "[^1]: ",
    "[^2]",
    "\n[^2]: c\n",
    "<",
    ">",
    "</p>",
    "<b>",
    "</b>",
    "<div>",
    "<p>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<!-- -->",
    "<img onerror=x>",
    "<a href=\"javascript:x\">",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
    "<pre>",
    "</pre>",
    "<style>",
    "<https://a.example>",
    "<a@a.example>",
    "https://a.example/?a&b",
    "www.a.example",
    "http://",
    "www.",
    "|",
    "|a|b|\n|-|:-:|\n",
    "| ",
    " | ",
    "\n|-|\n",
    ":::note\n",
    ":::",
    "\n:::\n",
    "::::tip T\n",
    "\n::::\n",
    ":::error <x>\n",
    ":::x",
    "&",
    "&amp;",
    "&lt;",
    "&#60;",
    "&#x3C;script&#62;",
    "&#0;",
    "&#13;",
    "&nbsp;",
    "&quot;",
    "\"",
    "'",
    "onclick=",
    "{",
    "}",
    "{.x}",
    "[button:A](/b){primary}",
    "[button:",
    "[embed:youtube](https://a.example){x:1}",
    "\n[embed:youtube](https://youtu.be/dQw4w9WgXcQ){mute:1}\n",
    "[embed:github](a/b)\n",
    "[embed:",
    "{height:400,theme:dark}",
    "{width=640 height=360 align=left}",
    "{disabled",
    "\n![a](b.png \"c *d* [e](/f)\"){width=1}\n",
    "![](data:image/png;base64,AAAA)\n",
    "-# ",
    "\n-# a\n",
    "\n-# *",
    "\n```rust\nlet a = \"<b>\";\n```\n",
    "\n```html\n<script>",
    "\u{2028}",
    "😀\u{200D}",
    "\u{301}",
];

/// Knuth's MMIX constants; the high bits are good enough to choose fragments.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn document(&mut self) -> String {
        let length = 1 + self.below(40);
        (0..length).map(|_| FRAGMENTS[self.below(FRAGMENTS.len())]).collect()
    }
}

#[test]
fn random_documents_come_out_clean_and_untouched_by_the_sanitiser() {
    for seed in 0..6_000 {
        let source = Random(seed).document();
        let html = html(&source);
        let lower = html.to_ascii_lowercase();
        assert!(!lower.contains("<script") && !lower.contains("javascript:\""), "seed {seed}: {source:?}");
        // The comment that stands for alert markers must never be seen, not even as text.
        assert!(source.contains("<!--") || !html.contains("&lt;!--"), "seed {seed}: {source:?}: {html}");
    }
}

#[test]
fn random_documents_give_one_line_of_text() {
    for seed in 0..3_000 {
        let source = Random(seed).document().repeat(8);
        let text = excerpt(&source);
        assert!(text.chars().count() <= EXCERPT_CHARACTERS, "seed {seed}");
        for text in [text, plain_text(&source)] {
            assert!(!text.contains(char::is_control) && !text.contains("  "), "seed {seed}: {text:?}");
            assert_eq!(text.trim(), text, "seed {seed}");
        }
    }
}

/// What the strict reader of the second wall accepts, the parser behind it must not want to change. Rendered documents
/// are damaged at random places, which gives HTML that is nearly right.
#[test]
fn damaged_html_is_either_refused_or_harmless() {
    const PIECES: &[&str] = &[
        "<",
        ">",
        "\"",
        "'",
        "=",
        " ",
        "/",
        "&",
        ";",
        "</p>",
        "<p>",
        "<a href=\"#x\">",
        "</a>",
        "<b>",
        "</div>",
        "<li>",
        "<td>",
        "<tr>",
        "<table>",
        "<br>",
        "<br/>",
        "<hr>",
        "<pre>",
        "\n",
        "<span>",
        "</span>",
        "x",
        "&amp",
        "&lt;",
        "&#60;",
        "\0",
        "\r",
        "\u{A0}",
        " onclick=\"x\"",
        " class=\"alert\"",
        " href=\"javascript:x\"",
        "<!-- -->",
        "<script>",
        "<svg>",
        "<button>",
        "<h2>",
        "<figcaption>",
        "\u{85}",
        "\u{FFFE}",
        "<P>",
        " HREF=\"/x\"",
        "<ul>",
        "<code>",
        "<input>",
        "<img>",
        "<a>",
        "<blockquote>",
    ];
    let mut accepted = 0;
    for seed in 0..6_000 {
        let mut random = Random(seed);
        let mut html = markdown::to_safe_html(&random.document(), &markdown::Options::default());
        for _ in 0..=random.below(3) {
            let at = html.floor_char_boundary(random.below(html.len() + 1));
            let end = html.ceil_char_boundary((at + random.below(6)).min(html.len()));
            html.replace_range(at..end, PIECES[random.below(PIECES.len())]);
        }
        if markdown::is_canonical(&html) {
            accepted += 1;
            assert_eq!(markdown::sanitize(&html), html, "seed {seed}");
        }
    }
    assert!(accepted > 200, "only {accepted} documents tell anything");
}
