//! Small text, rendered Markdown, glyphs.

use leptos::prelude::*;

use super::{Case, LONG, RTL, Specimen};
use crate::{CodeBlock, ColorDot, Figure, Figures, Glyph, Icon, Kbd, Logo, LogoMark, Time};

#[component]
pub(super) fn Words() -> impl IntoView {
    view! {
        <Specimen name="Figures">
            <Figures>
                <Figure label="Published" value="130" note="12 this month" href=Some("#".to_owned())/>
                <Figure label="Drafts" value="3"/>
                <Figure label="Scheduled" value="1" note="Monday, 09:00"/>
                <Figure label="Readers by mail" value="1,204"/>
            </Figures>
        </Specimen>
        <Specimen name="CodeBlock">
            <Case note="Scrolls by itself; the button says \u{201c}Copied\u{201d} for two seconds">
                <CodeBlock
                    label="Widget snippet"
                    code="<script async src=\"https://changes.example.org/widget.js\" data-project=\"cmb3k9x2w0a1b2c3d4e5f6g7h\"></script>"
                />
            </Case>
        </Specimen>
        <Specimen name="Time, Kbd, ColorDot, Logo">
            <div class="cluster">
                <Time iso="2026-11-02T09:00:00Z" text="2 Nov" title="2 November 2026, 09:00 UTC"/>
                <Kbd>"\u{2318}K"</Kbd>
                <Kbd>"n"</Kbd>
                <ColorDot color="#b3541e"/>
                <Logo/>
                <LogoMark size=32/>
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Prose() -> impl IntoView {
    view! {
        <Specimen name="Prose">
            <div class="prose">
                <h2>"What changed"</h2>
                <p>
                    "Search reads the index once per session. Set " <code>"search_mode = \"daemon\""</code> " or read "
                    <a href="#">"the guide"</a> "." <sup class="footnote-ref"><a href="#g-note">"1"</a></sup>
                </p>
                <h3>"Fixed"</h3>
                <ul>
                    <li>"Paths with spaces on Windows" <ul><li>"also in archives"</li></ul></li>
                    <li>{LONG}</li>
                </ul>
                <ul dir="rtl">
                    <li>{RTL}</li>
                </ul>
                <ul>
                    <li class="task"><input type="checkbox" disabled checked aria-label="Done"/> "Move the index"</li>
                    <li class="task"><input type="checkbox" disabled aria-label="Open"/> "Drop the old one"</li>
                </ul>
                <pre tabindex="0"><code>"atuin search --limit 10 --filter-mode directory --format '{time} {command}' cargo build"</code></pre>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Table">
                    <table>
                        <thead><tr><th>"Command"</th><th>"Before"</th><th>"After"</th></tr></thead>
                        <tbody>
                            <tr><td><code>"search"</code></td><td>"310 ms"</td><td>"12 ms"</td></tr>
                            <tr><td><code>"sync"</code></td><td>"4.1 s"</td><td>"1.9 s"</td></tr>
                        </tbody>
                    </table>
                </div>
                <blockquote><p>"It feels instant now."</p></blockquote>
                <div class="alert alert-note" role="note"><p class="alert-title">"Note"</p><p>"The index is rebuilt once."</p></div>
                <div class="alert alert-tip" role="note"><p class="alert-title">"Tip"</p><p>"Run it at night."</p></div>
                <div class="alert alert-important" role="note">
                    <p class="alert-title">"Important"</p>
                    <p>"Servers need version 18.18 first."</p>
                </div>
                <div class="alert alert-warning" role="note">
                    <p class="alert-title">"Warning"</p>
                    <p>"Old clients cannot read the new index."</p>
                </div>
                <div class="alert alert-caution" role="note">
                    <p class="alert-title">"Caution"</p>
                    <p>"Keep a copy of the key."</p>
                </div>
                <section class="footnotes">
                    <ol><li id="g-note">"Measured on 1.2 million lines of history."</li></ol>
                </section>
            </div>
        </Specimen>
    }
}

#[component]
pub(super) fn Glyphs() -> impl IntoView {
    view! {
        <Specimen name="Icon">
            <ul class="glyphs">
                {Glyph::ALL
                    .into_iter()
                    .map(|glyph| view! { <li><Icon glyph size=20/>{format!("{glyph:?}")}</li> })
                    .collect_view()}
            </ul>
        </Specimen>
    }
}
