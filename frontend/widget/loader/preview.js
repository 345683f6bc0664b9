// Draws a widget on the preview page of the dashboard's editor. What to draw is JSON behind the `#` of the address:
// `{ theme, options }`, with the options of `ChangerawrWidget.init`.

const STYLES = `
:root{color-scheme:light;--paper:#fbfaf8;--bar:#e7e5e0;font:14px/1.5 system-ui,sans-serif}
:root[data-theme=dark]{color-scheme:dark;--paper:#14171b;--bar:#2a2e34}
body{margin:0;background:var(--paper);color:CanvasText}
header{display:flex;gap:16px;align-items:center;padding:16px 24px;border-block-end:1px solid var(--bar)}
b,i,p{display:block;margin:0;border-radius:4px;background:var(--bar)}
header b{inline-size:72px;block-size:14px;margin-inline-end:auto}
header i{inline-size:44px;block-size:8px}
main{max-inline-size:720px;margin:32px auto;padding:0 24px;display:grid;gap:14px;justify-items:start}
main b{inline-size:45%;block-size:22px;margin-block-end:6px}
p{inline-size:100%;block-size:9px}
p:nth-of-type(even){inline-size:78%}
#place{inline-size:100%;margin-block:8px}
#trigger{font:inherit;padding:8px 14px}
`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLES);
document.adoptedStyleSheets = [sheet];

let widget;

const draw = () => {
  let wish;
  try {
    wish = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return;
  }
  widget?.destroy();
  const { theme, options } = wish;
  document.documentElement.dataset.theme = theme;
  const trigger = document.getElementById('trigger');
  const isTriggered = options.isPopup && options.trigger && options.trigger !== 'immediate';
  trigger.hidden = !isTriggered;
  widget = window.ChangerawrWidget.init({
    ...options,
    trigger: isTriggered ? 'trigger' : options.trigger,
    hidden: false,
    baseUrl: location.origin,
    container: document.getElementById('place'),
  });
};

addEventListener('hashchange', draw);
// The bundle is a deferred script before this one.
draw();
