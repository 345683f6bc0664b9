// What stands around the widget's panel: header, opening and closing, focus, theme of the inside, and the choice of who
// draws the list: the WebAssembly panel, or `plain.js` where the page or the browser does not let that run.
// The loader imports this module when somebody is about to look. Its rules for living on strangers' pages hold here too.

const STYLES = `
[hidden]{display:none!important}
.changerawr-widget-trigger:hover{border-color:var(--soft)}
h2,h3,p,ol{margin:0;padding:0;font-size:inherit;font-weight:400}
.panel{display:flex;flex-direction:column;background:var(--surface);border:1px solid var(--line);overflow:hidden;
border-radius:var(--tidings-radius,var(--changerawr-border-radius,var(--radius,10px)));
inline-size:min(100%,var(--tidings-width,var(--changerawr-widget-width,360px)))}
.panel:focus{outline:0}
&.inline .panel{min-block-size:inherit}
&.popup>.panel{inline-size:min(100vw - min(40px,8vw),var(--tidings-width,var(--changerawr-widget-width,360px)));
box-shadow:0 8px 30px #0003;animation:tidings-rise .14s ease-out}
.changerawr-widget-trigger~.panel{margin-block:74px}
.changerawr-header{display:flex;align-items:center;gap:8px;padding:8px 10px 8px 16px;border-block-end:1px solid var(--line)}
.changerawr-header-title{flex:1;font-weight:650;line-height:28px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.changerawr-close{display:grid;place-items:center;inline-size:28px;block-size:28px;border-radius:6px;color:var(--soft)}
.changerawr-close:hover{color:var(--ink);background:color-mix(in srgb,var(--ink) 7%,transparent)}
svg{display:block;inline-size:16px;block-size:16px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round}
.body{display:flex;flex-direction:column;flex:1;min-block-size:0}
.changerawr-entries,.changerawr-loading,.note{flex:1}
.changerawr-entries,.changerawr-loading{max-block-size:var(--max)}
&.popup .changerawr-entries,&.popup .changerawr-loading{max-block-size:min(var(--max),100vh - 190px)}
.changerawr-entries{overflow:auto;overscroll-behavior:contain;list-style:none}
.changerawr-entry{padding:14px 16px}
.changerawr-entry+.changerawr-entry{border-block-start:1px solid var(--line)}
.changerawr-entry-meta{display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:12px;line-height:18px;color:var(--soft)}
.version{font:12px/18px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.changerawr-tag{padding:0 6px;border-radius:99px;color:color-mix(in srgb,var(--tag,var(--soft)) 45%,var(--ink));
background:color-mix(in srgb,var(--tag,var(--soft)) 12%,transparent)}
.fresh{inline-size:8px;block-size:8px;border-radius:50%;background:var(--accent)}
.changerawr-entry-title{margin-block:3px 2px;font-size:15px;font-weight:600;line-height:20px;overflow-wrap:anywhere}
.changerawr-entry-content{color:var(--soft);font-size:13px;line-height:19px;overflow:hidden;overflow-wrap:anywhere;
display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2}
a{color:var(--accent);text-decoration:none;border-radius:2px}
a:hover{text-decoration:underline}
.changerawr-read-more{display:inline-block;margin-block-start:4px;font-size:13px;line-height:24px}
.changerawr-footer{display:flex;gap:0 16px;padding:7px 16px;border-block-start:1px solid var(--line);font-size:13px;line-height:24px}
.changerawr-footer a{color:var(--soft)}
.by{padding:0 16px 8px;font-size:12px;color:var(--soft)}
.note{display:grid;place-content:center;justify-items:center;gap:12px;padding:28px 16px;text-align:center;color:var(--soft);
overflow-wrap:anywhere}
.changerawr-retry{min-block-size:34px;padding:0 14px;border:1px solid var(--line);border-radius:6px;color:var(--ink)}
.changerawr-retry:hover{border-color:var(--soft)}
.changerawr-loading{block-size:calc(var(--rows)*138px);opacity:0;animation:tidings-show .12s .15s forwards;
--bar:color-mix(in srgb,var(--ink) 8%,transparent);
background:linear-gradient(#0000 18px,var(--bar) 18px 27px,#0000 27px) 16px 0/28% 138px repeat-y,
linear-gradient(#0000 40px,var(--bar) 40px 53px,#0000 53px) 16px 0/62% 138px repeat-y,
linear-gradient(#0000 66px,var(--bar) 66px 75px,#0000 75px) 16px 0/calc(100% - 32px) 138px repeat-y}
@media (max-width:480px){
.changerawr-close{inline-size:36px;block-size:36px}
}
@media (prefers-reduced-motion:reduce){
&.popup>.panel,.changerawr-loading{animation-duration:0s}
}
`;
const MOTION =
  '@keyframes tidings-rise{from{opacity:0;transform:translateY(4px)}}@keyframes tidings-show{to{opacity:1}}';

const WORDS = {
  close: 'Close',
  fresh: 'New',
  more: 'Read more',
  all: 'All updates',
  feed: 'RSS',
  by: 'Powered by Tidings',
  empty: 'No updates yet.',
  same: 'No updates since ',
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

// Reads the server's list once, so that nothing behind it meets a surprise.
const text = (value) => (typeof value === 'string' ? value : '');
const read = ({ project, items }) => ({
  name: text(project.name),
  hasFeed: project.enableRss !== false,
  isPaused: !!project.maintenanceMode,
  notice: text(project.maintenanceMessage),
  items: items
    .filter((item) => item.id && item.title && Date.parse(item.publishedAt))
    .map((item) => ({
      id: item.id,
      key: item.publishedAt + '|' + item.id,
      title: text(item.title),
      text: text(item.excerpt),
      version: text(item.version),
      at: item.publishedAt,
      tags: (item.tags || []).map((tag) => ({ name: text(tag.name), color: text(tag.color) })),
    })),
});

// Builds the frame into the loader's `widget`; nothing is shown before `toggle` or `open` when it is a popup.
export const frame = (widget) => {
  const { wrap, container, make, isPopup, isOn, option, page, config } = widget;
  widget.addStyles(STYLES, MOTION);
  if (CSS.supports('border-radius', option('radius'))) wrap.style.setProperty('--radius', option('radius'));

  // A loader whose content the page pins names no files; the server gives its present ones under names without hash.
  const file = (name) => config[name] || new URL(`widget-${name.replace(/[A-Z]/, '-0.$&').toLowerCase()}`, import.meta.url).href;

  const is = (name) => isOn(option(name, true));
  const title = make('h2', { class: 'changerawr-header-title', id: widget.id + '-title' }, widget.name);
  const header = make('header', { class: 'changerawr-header' }, title);
  const wait = make('div', { class: 'changerawr-loading' });
  const body = make('div', { class: 'body' }, wait);
  const role = isPopup ? { role: 'dialog', tabindex: -1, hidden: '' } : { role: 'region' };
  const labels = { class: 'panel', id: widget.id + '-panel', 'aria-labelledby': title.id };
  const panel = make('section', { ...labels, ...role }, header, body);
  if (is('showPoweredBy')) panel.append(make('p', { class: 'by' }, WORDS.by));
  wrap.append(panel);

  // The names that style rules of owners use for the parts of a floating panel.
  const nameParts = () => {
    if (!widget.isFloating) return;
    const own = { header: 'panel-header', 'header-title': 'panel-title', entries: 'panel-content', footer: 'panel-footer', close: 'close-btn' };
    for (const node of panel.querySelectorAll('[class^=changerawr-]')) {
      const name = node.classList[0].slice(11);
      node.classList.add('changerawr-floating-' + (own[name] || name));
    }
    panel.classList.add('changerawr-floating-panel');
  };

  // ---- What stands in the panel. `state`: undefined while loading, null after a failure, else what to show.

  let list, state, since, draw, wasm, isOpen, isInView;

  const load = async (isRetry) => {
    const path = `entries?content=false&limit=${Math.max(10, widget.maxEntries)}`;
    // A version or date that the server cannot place is answered with an error: then everything is better than nothing.
    const from = String(option('since', ''));
    const between = '?since=' + encodeURIComponent(from);
    const changed = from && (await widget.ask(path + between.replace('?', '&'), 'since-' + from, read, isRetry));
    list = changed || (await widget.ask(path, 'list', read, isRetry));
    if (widget.signal.aborted) return;
    const none = changed ? WORDS.same + from + '.' : WORDS.empty;
    state = list && {
      note: list.isPaused ? list.notice || WORDS.paused : list.items.length ? '' : none,
      items: list.isPaused
        ? []
        : list.items.slice(0, widget.maxEntries).map((item) => ({
            ...item,
            ...describeDate(item.at),
            url: `${page}/${encodeURIComponent(item.id)}`,
            isFresh: item.key > since,
            tags: item.tags.filter((tag) => tag.name),
          })),
      page: changed ? page + between : page,
      feed: list.hasFeed && is('showRss') ? page + '/rss.xml' : '',
    };
    if (list?.name) title.textContent = list.name;
    refresh();
  };

  const refresh = async () => {
    if (!draw) return;
    try {
      draw(state);
    } catch {
      draw = await plain();
      draw(state);
    }
    nameParts();
    noteSeen();
  };

  // Only what is drawn and in view counts as seen.
  const noteSeen = () => {
    if (!draw || !state?.items.length || !(isPopup ? isOpen : isInView)) return;
    const before = widget.marker();
    widget.markSeen(state.items.map((item) => item.key));
    if (widget.marker() !== before) widget.emit('read');
  };

  const retry = () => {
    state = undefined;
    refresh();
    load(true);
  };

  const plain = async () => (await import(file('plainJs'))).panel({ body, make, words: WORDS, retry });

  // A policy without 'wasm-unsafe-eval' refuses WebAssembly, and asking leaves a line in the console and perhaps a report
  // with the page's owner. Such policies cannot be read, but they leave a sign: inline scripts without a nonce do not run
  // under them. So ask only where there is one, and remember a refusal for a day.
  const mayCompile = () => {
    const wish = option('wasm');
    if (wish != null) return isOn(wish);
    const policy = document.querySelector('meta[http-equiv="content-security-policy" i]')?.content;
    const isFree = [...document.scripts].some(
      (script) => !script.src && !script.nonce && /^(|module|.*javascript)$/.test(script.type) && script.textContent
    );
    if (/(script|default)-src/.test(policy) || !isFree || Date.now() - widget.store('plain') < DAY) return false;
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
      import(file('panelJs')),
      WebAssembly.compileStreaming(fetch(file('panelWasm'), { credentials: 'omit' })),
    ]);
    await code.default({ module_or_path: module });
    return code;
  };

  const begin = async () => {
    try {
      const code =
        mayCompile() &&
        (await Promise.race([
          (widget.shared.panels[file('panelJs')] ||= fetchPanel()),
          new Promise((done) => setTimeout(done, 3000)),
        ]));
      if (code && !widget.signal.aborted) {
        body.replaceChildren();
        wasm = code.mount(body, WORDS, retry);
        draw = (now) => wasm.update(now);
      }
    } catch {}
    if (widget.signal.aborted) return;
    draw ||= await plain();
    refresh();
  };

  // ---- Links of entries.

  const openIn = option('openIn');
  body.addEventListener('click', async (event) => {
    const link = event.target.closest('a');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (openIn === 'sameTab') link.removeAttribute('target');
    if (openIn !== 'inline' || !link.classList.contains('changerawr-read-more')) return;
    event.preventDefault();
    try {
      const { show } = await import(file('entryJs'));
      await show(widget, link);
    } catch {
      window.open(link.href, '_blank', 'noopener');
    }
  });

  // ---- Opening and closing.

  const isOurs = (node) => node === container || node === widget.opener;
  const onPointer = (event) => {
    if (!event.composedPath().some(isOurs)) close();
  };
  const onKey = (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) close();
  };
  const onFocus = (event) => {
    if (widget.isFloating && !event.composedPath().some(isOurs)) close();
  };
  const mark = (open) => {
    widget.isOpen = isOpen = open;
    panel.hidden = !open;
    widget.ours.forEach((node) => node?.classList.toggle('open', open));
    panel.classList.toggle('changerawr-floating-panel-open', open && widget.isFloating);
    widget.opener?.setAttribute('aria-expanded', open);
    const change = open ? 'addEventListener' : 'removeEventListener';
    document[change]('pointerdown', onPointer, true);
    document[change]('keydown', onKey);
    document[change]('focusin', onFocus);
    widget.emit(open ? 'open' : 'close');
  };
  const open = (takesFocus) => {
    if (isOpen) return;
    // A framework may have replaced everything in the body.
    if (!container.isConnected) document.body.append(container);
    since = widget.marker();
    mark(true);
    if (state === null) retry();
    else load();
    if (takesFocus) panel.focus({ preventScroll: true });
  };
  const close = () => {
    if (!isOpen) return;
    mark(false);
    // After the click that closed it, and not when that click gave the focus to something else.
    setTimeout(() => {
      const active = document.activeElement;
      if (!active || active === document.body || container.contains(active)) widget.opener?.focus({ preventScroll: true });
    });
  };

  if (isPopup) {
    const button = make('button', { class: 'changerawr-close', type: 'button', 'aria-label': WORDS.close });
    const draw = (name) => document.createElementNS('http://www.w3.org/2000/svg', name);
    const svg = draw('svg');
    const cross = draw('path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', true);
    cross.setAttribute('d', 'M18 6 6 18M6 6l12 12');
    svg.append(cross);
    button.append(svg);
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
    widget.undo.push(() => watch.disconnect());
  }
  nameParts();
  begin();
  load();

  return {
    open,
    close,
    toggle: () => (isOpen ? close() : open(true)),
    remove() {
      close();
      wasm?.free();
    },
  };
};
