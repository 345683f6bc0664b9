// What stands around the widget's panel: header, opening and closing, focus, theme of the inside, and the choice of who
// draws the list: the WebAssembly panel, or `drawPlain` below where the page or the browser does not let that run.
// The loader imports this module when somebody is about to look. Its rules for living on strangers' pages hold here too.

const STYLES = `
h2,h3,p,ol{margin:0;padding:0;font-size:inherit;font-weight:400}
.panel{display:flex;flex-direction:column;background:var(--surface);border:1px solid var(--line);overflow:hidden;
border-radius:var(--tidings-radius,var(--changerawr-border-radius,10px));
inline-size:min(100%,var(--tidings-width,var(--changerawr-widget-width,360px)))}
.panel:focus{outline:0}
.inline .panel{min-block-size:inherit}
.popup>.panel{inline-size:min(100vw - 40px,var(--tidings-width,var(--changerawr-widget-width,360px)));
box-shadow:0 8px 30px #0003;animation:rise .14s ease-out}
.launcher~.panel{margin-block:66px}
header{display:flex;align-items:center;gap:8px;padding:8px 10px 8px 16px;border-block-end:1px solid var(--line)}
h2{flex:1;font-weight:650;line-height:28px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.close{display:grid;place-items:center;inline-size:28px;block-size:28px;border-radius:6px;color:var(--soft)}
.close:hover{color:var(--ink);background:color-mix(in srgb,var(--ink) 7%,transparent)}
svg{inline-size:16px;block-size:16px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round}
.body{display:flex;flex-direction:column;flex:1}
.list,.wait,.note{flex:1}
.list,.wait{max-block-size:var(--max)}
.popup .list,.popup .wait{max-block-size:min(var(--max),100vh - 190px)}
.list{overflow:auto;overscroll-behavior:contain;list-style:none}
.entry{padding:14px 16px}
.entry+.entry{border-block-start:1px solid var(--line)}
.meta{display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:12px;line-height:18px;color:var(--soft)}
.version{font:12px/18px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.tag{padding:0 6px;border-radius:99px;color:color-mix(in srgb,var(--tag,var(--soft)) 45%,var(--ink));
background:color-mix(in srgb,var(--tag,var(--soft)) 12%,transparent)}
.fresh{inline-size:8px;block-size:8px;border-radius:50%;background:var(--accent)}
h3{margin-block:3px 2px;font-size:15px;font-weight:600;line-height:20px;overflow-wrap:anywhere}
.text{color:var(--soft);font-size:13px;line-height:19px;overflow:hidden;overflow-wrap:anywhere;
display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2}
a{color:var(--accent);text-decoration:none;border-radius:2px}
a:hover{text-decoration:underline}
.more{display:inline-block;margin-block-start:4px;font-size:13px}
footer{display:flex;justify-content:space-between;gap:16px;padding:9px 16px;border-block-start:1px solid var(--line);font-size:13px}
footer a{color:var(--soft)}
.note{display:grid;place-content:center;justify-items:center;gap:12px;padding:28px 16px;text-align:center;color:var(--soft);
overflow-wrap:anywhere}
.retry{min-block-size:34px;padding:0 14px;border:1px solid var(--line);border-radius:6px;color:var(--ink)}
.retry:hover{border-color:var(--soft)}
.wait{block-size:calc(var(--rows)*132px);opacity:0;animation:show .12s .15s forwards;
--bar:color-mix(in srgb,var(--ink) 8%,transparent);
background:linear-gradient(#0000 18px,var(--bar) 18px 27px,#0000 27px) 16px 0/28% 132px repeat-y,
linear-gradient(#0000 40px,var(--bar) 40px 53px,#0000 53px) 16px 0/62% 132px repeat-y,
linear-gradient(#0000 66px,var(--bar) 66px 75px,#0000 75px) 16px 0/calc(100% - 32px) 132px repeat-y}
@keyframes rise{from{opacity:0;transform:translateY(4px)}}
@keyframes show{to{opacity:1}}
@media (max-width:480px){
.popup>.panel{inline-size:calc(100vw - 24px)}
.launcher~.panel{margin-block:66px}
.close{inline-size:36px;block-size:36px}
}
@media (prefers-reduced-motion:reduce){
.popup>.panel,.wait{animation-duration:0s}
}
`;

const WORDS = {
  close: 'Close',
  fresh: 'New',
  more: 'Read more',
  all: 'All updates',
  feed: 'RSS',
  empty: 'No updates yet.',
  failed: 'Updates could not be loaded.',
  retry: 'Try again',
  paused: 'Updates are paused for maintenance.',
};

const DAY = 864e5;

// Relative within a week, absolute after; the other one goes into the tooltip.
const describeDate = (at) => {
  const date = new Date(at);
  const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.min(0, Math.round((midnight(date) - midnight(Date.now())) / DAY));
  return {
    date:
      days > -7
        ? new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(days, 'day')
        : date.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' }),
    dateTitle: date.toLocaleString(undefined, { dateStyle: 'long', timeStyle: 'long' }),
  };
};

// Builds the frame into the loader's `widget`; nothing is shown before `toggle` or `open` when it is a popup.
export const frame = (widget) => {
  const { wrap, container, make, isPopup, option, page } = widget;
  widget.paint(wrap.getRootNode(), STYLES);

  const title = make('h2', { id: 'title' }, widget.name);
  const header = make('header', {}, title);
  const body = make('div', { class: 'body' }, make('div', { class: 'wait' }));
  const role = isPopup ? { role: 'dialog', tabindex: -1, hidden: '' } : { role: 'region' };
  const panel = make('section', { class: 'panel', id: 'panel', 'aria-labelledby': 'title', ...role }, header, body);
  wrap.append(panel);

  // ---- What stands in the panel. `state`: undefined while loading, null after a failure, else what to show.

  let state, since, draw, wasm, isOpen, isInView;

  const show = () => {
    const { list } = widget;
    state = list && {
      note: list.isPaused ? list.notice || WORDS.paused : list.items.length ? '' : WORDS.empty,
      items: list.isPaused
        ? []
        : list.items.slice(0, widget.maxEntries).map((item) => ({
            ...item,
            ...describeDate(item.at),
            isFresh: item.at > since,
            tags: item.tags.filter((tag) => tag.name),
          })),
      page,
      feed: list.hasFeed ? page + '/rss.xml' : '',
    };
    if (list?.name) title.textContent = list.name;
    refresh();
  };

  const refresh = () => {
    if (!draw) return;
    try {
      draw(state);
    } catch {
      draw = drawPlain;
      draw(state);
    }
    noteSeen();
  };

  // Only what is drawn and in view counts as seen.
  const noteSeen = () => {
    if (draw && state?.items.length && (isPopup ? isOpen : isInView)) widget.markSeen(state.items);
  };

  const retry = async () => {
    state = undefined;
    refresh();
    await widget.load(true);
    show();
  };

  // The same markup as the WebAssembly panel makes.
  const drawPlain = (now) => {
    const link = (className, href, words, label) =>
      make('a', { class: className, href, target: '_blank', rel: 'noopener', 'aria-label': label }, words);
    const row = (item) => {
      const meta = make('p', { class: 'meta' });
      if (item.isFresh) meta.append(make('span', { class: 'fresh', role: 'img', 'aria-label': WORDS.fresh }));
      if (item.version) meta.append(make('span', { class: 'version' }, item.version));
      meta.append(make('time', { datetime: item.at, title: item.dateTitle }, item.date));
      for (const { name, color } of item.tags) {
        const tag = make('span', { class: 'tag' }, name);
        tag.style.setProperty('--tag', color);
        meta.append(tag);
      }
      return make(
        'li',
        { class: 'entry' },
        meta,
        make('h3', {}, item.title),
        make('p', { class: 'text' }, item.text),
        link('more', item.url, WORDS.more, `${WORDS.more}: ${item.title}`)
      );
    };
    const button = make('button', { class: 'retry', type: 'button' }, WORDS.retry);
    button.onclick = retry;
    const note = (...children) => make('div', { class: 'note', role: 'status' }, ...children);
    if (now === undefined) body.replaceChildren(make('div', { class: 'wait' }));
    else if (now === null) body.replaceChildren(note(make('p', {}, WORDS.failed), button));
    else
      body.replaceChildren(
        now.note ? note(make('p', {}, now.note)) : make('ol', { class: 'list' }, ...now.items.map(row)),
        make('footer', {}, link(null, now.page, WORDS.all), ...(now.feed ? [link(null, now.feed, WORDS.feed)] : []))
      );
  };

  // A policy without 'wasm-unsafe-eval' refuses WebAssembly, and asking leaves a line in the console and perhaps a report
  // with the page's owner. So look for signs of such a policy first, and remember a refusal for a day.
  const mayCompile = () => {
    const wish = option('wasm');
    if (wish != null) return widget.isOn(wish);
    const policy = document.querySelector('meta[http-equiv="content-security-policy" i]')?.content;
    const isStrict = /(script|default)-src/.test(policy) && !/unsafe-eval/.test(policy);
    if (isStrict || widget.tag.nonce || Date.now() - widget.store('plain') < DAY) return false;
    try {
      // The smallest module there is: its name and its version.
      return !!new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    } catch {
      widget.store('plain', Date.now());
      return false;
    }
  };

  const fetchPanel = async () => {
    const [code, module] = await Promise.all([
      import(widget.panelJs),
      WebAssembly.compileStreaming(fetch(widget.panelWasm, { credentials: 'omit' })),
    ]);
    await code.default({ module_or_path: module });
    return code;
  };

  const begin = async () => {
    try {
      const code =
        mayCompile() &&
        (await Promise.race([
          (widget.shared.panels[widget.panelJs] ||= fetchPanel()),
          new Promise((done) => setTimeout(done, 3000)),
        ]));
      if (code) {
        body.replaceChildren();
        wasm = code.mount(body, WORDS, retry);
        draw = (now) => wasm.update(now);
      }
    } catch {}
    draw ||= drawPlain;
    refresh();
  };

  // ---- Opening and closing.

  const onPointer = (event) => {
    if (!event.composedPath().some((node) => node === container || node === widget.opener)) close();
  };
  const onKey = (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) close();
  };
  const mark = (open) => {
    widget.isOpen = isOpen = open;
    panel.hidden = !open;
    // Without a launcher of its own the container holds the panel alone.
    container.hidden = !open && !wrap.contains(widget.opener);
    container.classList.toggle('open', open);
    widget.opener?.setAttribute('aria-expanded', open);
    const change = open ? 'addEventListener' : 'removeEventListener';
    document[change]('pointerdown', onPointer, true);
    document[change]('keydown', onKey);
  };
  const open = (takesFocus) => {
    if (isOpen) return;
    // A framework may have replaced everything in the body.
    if (!container.isConnected) document.body.append(container);
    mark(true);
    since = widget.marker();
    if (state === null) retry();
    else {
      if (widget.list) show();
      widget.load().then(show);
    }
    if (takesFocus) panel.focus({ preventScroll: true });
  };
  const close = () => {
    if (!isOpen) return;
    mark(false);
    // After the click that closed it, and not when that click gave the focus to something else.
    setTimeout(() => {
      const active = document.activeElement;
      if (!active || active === document.body || active === container) widget.opener?.focus({ preventScroll: true });
    });
  };

  if (isPopup) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const cross = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', true);
    cross.setAttribute('d', 'M18 6 6 18M6 6l12 12');
    svg.append(cross);
    const button = make('button', { class: 'close', type: 'button', 'aria-label': WORDS.close }, svg);
    button.onclick = close;
    header.append(button);
  } else {
    since = widget.marker();
    // A sliver at the edge of the window is not yet in view.
    const watch = new IntersectionObserver(
      ([entry]) => {
        isInView = entry.isIntersecting;
        noteSeen();
      },
      { rootMargin: '-60px 0px' }
    );
    watch.observe(panel);
    widget.life.signal.onabort = () => watch.disconnect();
  }
  begin();
  widget.load().then(show);

  return {
    open,
    toggle: () => (isOpen ? close() : open(true)),
    remove() {
      close();
      wasm?.free();
    },
  };
};
