//! Texts written to run a script, leave their place, or mislead. Each goes through both walls, as every text here does;
//! what must be visible instead is checked where it matters.

use crate::{check, fenced, html};

/// Whole documents.
const DOCUMENTS: &[&str] = &[
    // Elements.
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\" onerror=\"alert(1)\"/>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<math><mi xlink:href=\"data:x,<script>alert(1)</script>\"></mi></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"javascript:alert(1)\"></object><embed src=x>",
    "<body onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<form action=\"javascript:alert(1)\"><button formaction=\"javascript:alert(1)\">x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<base href=\"//evil.example/\">",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<title><a href=\"</title><img src=x onerror=alert(1)>\">",
    "<textarea><img title=\"</textarea><img src onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<plaintext>x",
    "<?xml version=\"1.0\"?><x/>",
    "<!DOCTYPE html><html>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "]]><script>alert(1)</script>",
    "a ]]> b ]]&gt; c",
    "<!--><script>alert(1)</script>-->",
    "<!--><img src=x onerror=alert(1)>",
    "<!---><img src=x onerror=alert(1)>-->",
    "<!-- a --!><img src=x onerror=alert(1)> -->",
    "a <!--> <img src=x onerror=alert(1)> --> b",
    "<!-- <!-- --> --> <b>",
    "</p></div></section><script>alert(1)</script>",
    "</code></pre><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3C;img src=x onerror=alert(1)&#x3E;",
    "\\<script>alert(1)\\</script>",
    "<\0script>alert(1)</script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "<img\u{c}src=x\u{c}onerror=alert(1)>",
    "＜script＞alert(1)＜/script＞",
    // Code.
    "`<script>alert(1)</script>`",
    "``` </code></pre><script>alert(1)</script>\nx\n```",
    "```\"onmouseover=alert(1)\nx\n```",
    "```rust\"><script>alert(1)</script>\nx\n```",
    "```a modal hidden\nx\n```",
    "```&quot;onclick=&quot;alert(1)\nx\n```",
    "```a&#32;modal\nx\n```",
    "```language-x\u{A0}y\nx\n```",
    "    </code></pre><script>alert(1)</script>",
    // Titles, descriptions, labels.
    "[a](/b \"\\\" onmouseover=\\\"alert(1)\")",
    "[a](/b '\" onmouseover=\"alert(1)')",
    "[a](/b \"&quot; onmouseover=&quot;alert(1)\")",
    "[a](/b \"><script>alert(1)</script>\")",
    "[a](/b 'line\nbreak')",
    "![\" onerror=\"alert(1)](/b.png)",
    "![a](/b.png \"\\\"><script>alert(1)</script>\")",
    "![<script>alert(1)</script>](/b.png)",
    "![&quot;onload=&quot;alert(1)](x)",
    "![`\"onload=\"alert(1)`](x)",
    "![a](x\"onerror=\"alert(1))",
    "![a](<x\" onerror=\"alert(1)>)",
    "[a](<x\" onclick=\"alert(1)>)",
    "[a](/b\"onclick=\"alert(1))",
    "[a]\n\n[a]: /b\"onclick=\"alert(1) 'c\" onclick=\"alert(1)'",
    "<https://a.example/\"onclick=\"alert(1)>",
    "https://a.example/\"onclick=\"alert(1)",
    "https://a.example/'onclick='alert(1)",
    "https://a.example/<script>alert(1)</script>",
    "www.a.example/\"><script>alert(1)</script>",
    // Links within links.
    "[a [b](/c) d](/e)",
    "[a https://b.example c](/d)",
    "[a <https://b.example> c](/d)",
    "[![a [b](/c)](d.png)](/e)",
    "[a ![b [c](/d) e](f) g](/h)",
    "[a[^b]](/c)\n\n[^b]: [d[^b]](/e) https://f.example",
    // Tables.
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "| a |\n|---|\n| `</td></tr></table><script>alert(1)</script>` |",
    "| a \\| b |\n|:-:|\n| </td><td onclick=alert(1)> |",
    "| [a](javascript:alert(1)) | ![b](javascript:alert(1)) |\n|-|-|\n| https://c.example/\\|\"onclick=\"d | |",
    "|\n|-|\n|",
    // Headings and their names.
    "# <script>alert(1)</script>",
    "# \" onclick=\"alert(1)",
    "# a {#location .modal onclick=alert(1)}",
    "# document\n\n# cookie\n\n# __proto__\n\n# constructor\n\n# toString",
    "# ]]>\n\n# &quot;\n\n# \u{202E}evil",
    // Footnotes.
    "a[^\"onclick=\"alert(1)]\n\n[^\"onclick=\"alert(1)]: b",
    "a[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "a[^]]>]\n\n[^]]>]: b",
    "a[^b]\n\n[^b]: c[^b] [^d]\n[^d]: e[^b]",
    "> a[^b]\n>\n> [^b]: c\n\n- d[^b]\n\n  [^b]: e",
    "- [^a]: [ ] b\n- [ ] [^a]: c",
    // Alerts.
    ":::\"><script>alert(1)</script>\na\n:::",
    ":::note \"><script>alert(1)</script>\na\n:::",
    ":::note\n</div></div><script>alert(1)</script>\n:::",
    ":::<b>\na\n:::",
    ":::javascript:alert(1)\na\n:::",
    ":::note\n<!--\n:::\n-->",
    "<!--\n:::note\n-->\n:::",
    "> [!NOTE]\"><script>alert(1)</script>\n> a",
    "> [!\"><script>]\n> a",
    // Buttons.
    "[button:<script>alert(1)</script>](/a){primary}",
    "[button:\" onclick=\"alert(1)](/a)",
    "[button:a](/b \"\\\" onclick=\\\"alert(1)\"){lg}",
    "[button:a](/b){primary\" onclick=\"alert(1)}",
    "[button:a](/b){md-evil,x onclick=alert,danger}",
    "[button:[a](javascript:alert(1))](/b)",
    "[button:![a](b\"onerror=\"alert(1))](/c){sm}",
    "[button:a](javascript:alert(1)){self}",
    "[button:](\"><script>alert(1)</script>)",
    "[button:](<\"><script>alert(1)</script>>)",
    "[button:a](//evil.example/x){self}",
    "[button:https://b.example](/a) [a [button:b](/c) d](/e)",
    "[button:a[^b]](/c)\n\n[^b]: d",
    // Embeds.
    "[embed:youtube](https://www.youtube.com/watch?v=\"><script>alert(1)</script>)",
    "[embed:youtube](https://www.youtube.com/embed/dQw4w9WgXcQ\" onload=\"alert(1))",
    "[embed:youtube](https://youtu.be/dQw4w9WgXcQ){start:1\" onload=\"alert(1)}",
    "[embed:youtube](https://youtu.be/dQw4w9WgXcQ){start:1&autoplay=1#x}",
    "[embed:youtube](https://www.youtube.com@evil.example/watch?v=dQw4w9WgXcQ)",
    "[embed:youtube](https://youtube.com.evil.example/embed/dQw4w9WgXcQ)",
    "[embed:youtube](javascript:alert('https://youtu.be/dQw4w9WgXcQ'))",
    "[embed:youtube](data:text/html,https://youtu.be/dQw4w9WgXcQ)",
    "[embed:youtube](https://youtu.be/dQw4w9WgX\u{441}Q)",
    "[embed:youtube](https://youtu\u{3002}be/dQw4w9WgXcQ)",
    "[embed:youtube](https:\\\\youtu.be/dQw4w9WgXcQ)",
    "[embed:vimeo](https://vimeo.com/1?h=aaaaaa%22onload)",
    "[embed:codepen](https://codepen.io/ada/pen/PNaGbb){theme:dark\"x,tab:../..,height:1;x}",
    "[embed:codepen](https://codepen.io/../embed/PNaGbb)",
    "[embed:codesandbox](https://codesandbox.io/s/..%2f..%2fx)",
    "[embed:figma](https://www.figma.com/file/nrPSsILSYjesyc5UHjYYa4?node-id=1\"><script>)",
    "[embed:spotify](https://open.spotify.com/track/4cOdK2wGLETKBW3PvgPWqT?x=<script>)",
    "[embed:tweet](https://x.com/<script>/status/1)",
    "[embed:github](../../evil)",
    "[embed:github](<a/b\" onclick=\"alert(1)>)",
    "[embed:generic](https://a.example/\"><script>alert(1)</script>)",
    "[embed:<script>](https://a.example)",
    "[embed:\"onload=\"](https://a.example)",
    "[embed:generic](<javascript:alert(1)>)",
    "[embed:iframe](https://a.example){srcdoc:<script>alert(1)</script>}",
    "a\n[embed:generic](https://a.example)\n<script>alert(1)</script>",
    // Small print.
    "-# <script>alert(1)</script>",
    "-# [a](javascript:alert(1)) <img src=x onerror=alert(1)>",
    "-# </p><p onclick=\"alert(1)\">",
    "-# a\n-# *b\n-# c*\n\n-# d",
    "- -# a\n  - -# b\n    -# c",
    // Figures.
    "![a](b.png \"<script>alert(1)</script>\")",
    "![a](b.png \"[c](javascript:alert(1)) ![d](javascript:alert(1))\")",
    "![a](b.png \"</figcaption></figure><script>alert(1)</script>\")",
    "![a](b.png '[embed:youtube](https://youtu.be/dQw4w9WgXcQ)')",
    "![a](b.png '[button:c](javascript:alert(1)){lg}')",
    "![a](b.png '[^1] [c]\n[c]: javascript:alert(1)')\n\n[^1]: d",
    "![a](b.png '`\" onerror=\"alert(1)` <b c=d>')",
    "![a](b.png '&lt;script&gt;alert(1)&lt;/script&gt;')",
    "![a](b.png){width=1\" onerror=\"alert(1)}",
    "![a](b.png){width=1 onerror=alert align=x}",
    "![a](b.png){style=color:red}",
    "![\" onerror=\"alert(1)](b.png){width=1}",
    "![a](javascript:alert(1) \"b\"){width=1}",
    "![a](data:text/html;base64,AAAA \"b\")",
    "[![a](b.png \"c [d](/e)\"){width=1}](/f)",
    // Languages.
    "```html\n<script>alert(1)</script><!-- --><img src=x onerror=alert(1)>\n```",
    "```js\n'</span></code></pre><script>alert(1)</script>\n```",
    "```rust\nr#\"</span>\"# '\"' \\u{202E}\n```",
    "```svg\n<svg onload=alert(1)>\n```",
    "```&#x6a;s\n</script>\n```",
    "```diff\n+<script>alert(1)</script>\n-</span>\n```",
    "```console\n$ echo </code>\n<b>\n```",
    // Direction and invisible characters.
    "\u{202E}gpj.exe [\u{2066}a\u{202E}](https://a.example/\u{202E}gpj.exe)",
    "a\u{200B}b\u{FEFF}c\u{2028}d\u{2029}e\u{AD}f",
    "&#x202E;&#8203;&nbsp;&ZeroWidthSpace;",
    "\u{0}\u{1}\u{8}\u{B}\u{C}\u{1F}\u{7F}\u{80}\u{9F}\u{FFFE}\u{FFFF}\u{10FFFF}",
    "&#0;&#1;&#13;&#127;&#128;&#xFFFE;&#xD800;&#x110000;&#99999999;",
    "a\r\n\r\n<b>\r\nc\rd",
];

/// Addresses that must not become one.
const ADDRESSES: &[&str] = &[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3a;alert(1)",
    "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java&#10;script:alert(1)",
    "java&#13;script:alert(1)",
    "java&#0;script:alert(1)",
    "&#1;javascript:alert(1)",
    "&#32;javascript:alert(1)",
    "&nbsp;javascript:alert(1)",
    "j\\avascript:alert(1)",
    "javascript\\:alert(1)",
    "javascript://example.com/%0aalert(1)",
    "vbscript:msgbox(1)",
    "VBSCRIPT:msgbox(1)",
    "livescript:x",
    "mocha:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "data:image/svg+xml,<svg/onload=alert(1)>",
    "data:image/png,<script>",
    "data&colon;text/html,x",
    "DATA:text/html,x",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:https://a.example!/",
    "blob:https://a.example/x",
    "filesystem:https://a.example/x",
    "file:///etc/passwd",
    "ms-settings:x",
    "intent://a.example#Intent;end",
    "ftp://a.example/x",
    "about:blank",
    "chrome://settings",
    "https://user:password@a.example/",
    "https://a.example\\@b.example/",
    "https://a.example&#0;.b.example/",
    "http://[::1",
    "http://1.2.3.4.5.6/",
    "http:javascript:alert(1)",
    ":javascript:alert(1)",
    "{javascript:alert(1)}",
];

#[test]
fn no_document_gets_through() {
    for document in DOCUMENTS {
        let html = html(document);
        assert!(!html.to_ascii_lowercase().contains("<script"), "{document:?}: {html}");
        // The same text where other elements surround it.
        for around in [
            "> @",
            "- @",
            "**@**",
            "# @",
            ":::note\n@\n:::",
            "| a |\n|---|\n| @ |",
            "[@](/x)",
            "![@](/x)",
            "a[^b]\n\n[^b]: @",
        ] {
            crate::html(&around.replace('@', document));
        }
    }
    // And all of them at once, so that one may prepare the ground for another.
    html(&DOCUMENTS.join("\n"));
    html(&DOCUMENTS.join("\n\n"));
}

#[test]
fn no_address_gets_through() {
    for address in ADDRESSES {
        for source in [
            format!("[x]({address})"),
            format!("[x](<{address}>)"),
            format!("[x][y]\n\n[y]: {address}"),
            format!("[x][y]\n\n[y]: <{address}>"),
            format!("![x]({address})"),
            format!("![x](<{address}>)"),
            format!("<{address}>"),
            format!("[![x]({address})]({address} \"{address}\")"),
            format!("[button:x]({address})"),
            format!("[button:x](<{address}>){{self,lg}}"),
            format!("![x]({address} \"y\"){{width=1}}"),
            format!("[embed:youtube]({address})"),
            format!("[embed:generic](<{address}>)"),
            format!("[embed:codepen](<{address}>){{height:1}}"),
        ] {
            let html = html(&source);
            assert!(!html.contains("href="), "{source:?}: {html}");
            assert!(!html.contains("src="), "{source:?}: {html}");
        }
        html(address);
    }
}

#[test]
fn an_address_decoded_once_is_not_decoded_again() {
    check("[x](&amp;#106;avascript:alert)", "<p><a href=\"&amp;#106;avascript:alert\">x</a></p>\n");
    // Without its semicolon a reference is no reference; a browser sees a path and a fragment.
    check("[x](javascript&#0000058alert)", "<p><a href=\"javascript&amp;#0000058alert\">x</a></p>\n");
    check("[x](&#x6A&#x61:alert)", "<p><a href=\"&amp;#x6A&amp;#x61:alert\">x</a></p>\n");
    check("[x](javascript%3Aalert)", "<p><a href=\"javascript%3Aalert\">x</a></p>\n");
    check("[x](/\\evil.example)", "<p><a href=\"/%5Cevil.example\">x</a></p>\n");
}

#[test]
fn an_attempt_stays_readable() {
    check("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    check("[x](javascript:alert(1))", "<p>x</p>\n");
    check(
        "| a |\n|---|\n| <img onerror=b> |",
        "<div class=\"table-scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">\n<table>\n<thead>\n<tr><th scope=\"col\">a</th></tr>\n</thead>\n<tbody>\n<tr><td>&lt;img onerror=b&gt;</td></tr>\n</tbody>\n</table>\n</div>\n",
    );
    check("[a](/b \"\\\" onclick=\\\"c\")", "<p><a href=\"/b\" title=\"&quot; onclick=&quot;c\">a</a></p>\n");
    check("```a\"b\nx\n```", &fenced("", "", "x\n"));
}

#[test]
fn what_looks_like_a_comment_to_a_browser_ends_where_the_browser_ends_it() {
    check("<!--><img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n");
    check("a <!-- b -- c --> d", "<p>a  d</p>\n");
}
