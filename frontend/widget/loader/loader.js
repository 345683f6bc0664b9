// The loader of the embeddable widget: a classic script, sent once per project, with its settings in place of the word
// in the first statement below. It finds its tag, reads the options, draws launcher and unread count, and fetches the
// frame of the panel (`frame.js`) when somebody is about to look at it.
//
// It runs on pages of strangers. So: nothing is thrown or logged as an error, all text goes in as text, all markup is
// made by DOM calls (no HTML strings, no style attributes: any Content-Security-Policy that admits the script will do),
// and everything it draws stays inside a shadow root.
(() => {
  const { project, name, base, frameJs, panelJs, panelWasm, settings } = __TIDINGS_CONFIG__;

  // Only now does the browser say which element runs us. A script that a framework evaluates has no such element; then
  // it is the first one with our address that no other run has taken.
  const shared = (window[Symbol.for('tidings')] ||= { tags: new WeakSet(), widgets: new Set(), lists: {}, panels: {} });
  const tag =
    document.currentScript ||
    [...document.scripts].find(
      (script) => !shared.tags.has(script) && script.src.split(/[?#]/)[0].endsWith('/api/integrations/widget/' + project)
    );
  if (!tag || shared.tags.has(tag)) return;
  shared.tags.add(tag);

  const page = `${base}/changelog/${project}`;

  // Options, strongest first: attribute, query of the script's address, what the server sent, default.
  const query = new URL(tag.src || base, document.baseURI).searchParams;
  const option = (name, otherwise) => tag.dataset[name] ?? query.get(name) ?? settings?.[name] ?? otherwise;
  const isOn = (value) => /^(true|1|)$/.test(value);
  const oneOf = (name, allowed, otherwise) => {
    const value = option(name, otherwise);
    if (allowed.test(value)) return value;
    console.warn(`[tidings] "${value}" is no ${name}; using "${otherwise}".`);
    return otherwise;
  };
  const theme = oneOf('theme', /^(light|dark|auto)$/, 'light');
  const position = oneOf('position', /^(top|bottom)-(left|right)$/, 'bottom-right');
  const isPopup = isOn(option('popup', option('isPopup', false)));
  const trigger = isPopup ? option('trigger', '') : '';
  const opensAtOnce = trigger === 'immediate';
  const maxEntries = Math.min(100, Math.max(1, parseInt(option('maxEntries'), 10) || 3));
  const accent = option('accent', option('accentColor'));
  const length = String(option('maxHeight')).replace(/^\d+$/, '$&px');
  const maxHeight = CSS.supports('max-height', length) ? length : '400px';

  // Storage may be blocked or full; then every visit is a first one.
  const store = (name, value) => {
    try {
      const key = `tidings-${name}-${project}`;
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch {}
  };

  const make = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const key in attributes) if (attributes[key] != null) node.setAttribute(key, attributes[key]);
    node.append(...children);
    return node;
  };

  // A constructed sheet is no inline style, so a Content-Security-Policy has nothing to refuse.
  const paint = (root, css) => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      const style = make('style', {}, css);
      style.nonce = tag.nonce;
      root.append(style);
    }
  };

  const STYLES = `
:host{all:initial!important;display:block!important;font-family:inherit!important}
:host([hidden]){display:none!important}
:host(.changerawr-widget-badge){display:inline!important;position:absolute!important;pointer-events:none!important}
.wrap{
--surface:var(--tidings-surface,var(--changerawr-bg-primary,var(--s,#fff)));
--ink:var(--tidings-ink,var(--changerawr-text-primary,var(--i,#1b2029)));
--soft:var(--tidings-ink-soft,var(--changerawr-text-secondary,var(--f,#555b64)));
--line:var(--tidings-line,var(--changerawr-border-color,var(--l,#e0deda)));
--brand:var(--tidings-accent,var(--changerawr-primary-color,var(--project,var(--b,#1c68be))));
--accent:var(--brand);
font-size:14px;line-height:1.4;font-family:var(--tidings-font,var(--changerawr-font-family,inherit));color:var(--ink)}
:host(.dark) .wrap{--s:#16191e;--i:#e9e7e3;--f:#a2a7af;--l:#2b2e34;--b:#79b0f2;color-scheme:dark}
@supports (color:oklch(from red l c h)){
.wrap{--accent:oklch(from var(--brand) min(l,.52) c h)}
:host(.dark) .wrap{--accent:oklch(from var(--brand) max(l,.74) c h)}
}
*{box-sizing:border-box}
[hidden]{display:none!important}
button{font:inherit;color:inherit;background:none;border:0;margin:0;padding:0;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.inline{min-block-size:calc(min(var(--rows)*132px,var(--max)) + 88px)}
.popup>*{position:fixed;z-index:var(--tidings-z-index,var(--changerawr-z-index,2147483000));margin:20px}
.bottom>*{bottom:0}
.top>*{top:0}
.left>*{left:0}
.right>*{right:0}
.launcher{display:flex;align-items:center;gap:8px;min-block-size:36px;padding:0 14px;font-weight:550;background:var(--surface);
border:1px solid var(--line);border-radius:99px;box-shadow:0 2px 10px #0002}
.launcher:hover{border-color:var(--soft)}
.badge{min-inline-size:18px;padding:0 5px;border-radius:9px;background:var(--accent);color:#fff;
font-size:11px;font-weight:650;line-height:18px;text-align:center}
:host(.dark) .badge{color:#16191e}
:host(.changerawr-widget-badge) .badge{display:block;transform:translate(4px,-100%)}
i{position:absolute;clip-path:inset(50%)}
@media (max-width:480px){
.popup>*{margin:12px}
.launcher{min-block-size:44px}
}
`;

  // ---- The list: one request, checked once, so that nothing behind it meets a surprise.

  const text = (value) => (typeof value === 'string' ? value : '');
  const read = ({ project: about, items }) => ({
    name: text(about.name),
    hasFeed: about.enableRss !== false,
    isPaused: !!about.maintenanceMode,
    notice: text(about.maintenanceMessage),
    items: items
      .filter((item) => item.id && item.title && Date.parse(item.publishedAt))
      .map((item) => ({
        url: `${page}/${encodeURIComponent(item.id)}`,
        title: text(item.title),
        text: text(item.excerpt),
        version: text(item.version),
        at: new Date(item.publishedAt).toISOString(),
        tags: (item.tags || []).map((tag) => ({ name: text(tag.name), color: text(tag.color) })),
      })),
  });

  // Gives the list, or null. When the server cannot answer, what it said last stands in for a week and the server is
  // left alone for a minute. An answer that the project is gone is an answer: then nothing stands in.
  const address = `${base}/api/changelog/${project}/entries?limit=${Math.max(10, maxEntries)}&content=false`;
  const fetchList = async (isRetry) => {
    let last;
    try {
      last = JSON.parse(store('last'));
      if (Date.now() - last.at > 6048e5) last = null;
    } catch {}
    if (last && !isRetry && Date.now() - last.failed < 6e4) return last.list;
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), 3000);
    try {
      const answer = await fetch(address, { credentials: 'omit', signal: stop.signal });
      if (/40[34]/.test(answer.status)) last = null;
      const list = read(await answer.json());
      store('last', JSON.stringify({ at: Date.now(), list }));
      return list;
    } catch {
      store('last', JSON.stringify(last && { ...last, failed: Date.now() }));
      return last ? last.list : null;
    } finally {
      clearTimeout(clock);
    }
  };

  // ---- Unread: published after the newest entry this reader has had on screen. ISO text in UTC sorts by time.

  const marker = () => /^(0|\d{4}-.+Z)$/.exec(store('seen'))?.[0];
  const markSeen = (items) => {
    const newest = items.reduce((most, item) => (item.at > most ? item.at : most), '0');
    if (!(newest <= marker())) store('seen', newest);
    shared.widgets.forEach((widget) => widget.count());
  };

  const tint = (node) => accent && CSS.supports('color', accent) && node.style.setProperty('--project', accent);

  const begin = () => {
    const key = [project, isPopup, isPopup ? trigger || position : tag.src + JSON.stringify(tag.dataset)].join();
    for (const other of shared.widgets) {
      if (other.key !== key) continue;
      // A page that its framework took down and built again brings a new tag for the same place.
      if (!other.tag.isConnected) other.destroy();
      else if (isPopup) return;
    }

    const id = 'changerawr-widget-' + Math.random().toString(36).slice(2, 10);
    const container = make('div', {
      id,
      class: 'changerawr-widget' + (isPopup ? ' popup changerawr-position-' + position : ''),
    });
    const root = container.attachShadow({ mode: 'open' });
    paint(root, STYLES);
    const wrap = make('div', { class: 'wrap ' + (isPopup ? 'popup ' + position.replace('-', ' ') : 'inline') });
    wrap.style.setProperty('--max', maxHeight);
    wrap.style.setProperty('--rows', maxEntries);
    tint(wrap);
    root.append(wrap);

    // The count: in our own launcher, or after the words of the host's element, out of its flow and of reach of its styles.
    const badge = make('b', { class: 'badge', hidden: '' });
    const mark = make('span', { class: 'changerawr-widget-badge' });

    const life = new AbortController();
    const listen = (target, names, run) =>
      names.split(' ').forEach((name) => target.addEventListener(name, run, { signal: life.signal }));

    const system = matchMedia('(prefers-color-scheme:dark)');
    const shade = () =>
      [container, mark].forEach((node) =>
        node.classList.toggle('dark', theme === 'dark' || (theme === 'auto' && system.matches))
      );
    listen(system, 'change', shade);
    shade();

    const widget = {
      ...{ key, tag, name, page, panelJs, panelWasm, option, isOn, isPopup, maxEntries },
      ...{ container, wrap, life, shared, make, paint, store, marker, markSeen },
      // One request serves all widgets of the page for five minutes.
      async load(isRetry) {
        let one = shared.lists[address];
        if (isRetry || !one || Date.now() - one.at > 3e5)
          one = shared.lists[address] = { at: Date.now(), list: fetchList(isRetry) };
        const list = (widget.list = await one.list);
        // A first visit is silent: what is there already is not news.
        if (list && !list.isPaused && !marker()) markSeen(list.items);
        widget.count();
      },
      count() {
        const seen = marker();
        const unread = (seen && widget.list?.items.filter((item) => item.at > seen).length) || 0;
        badge.hidden = !unread || !isOn(option('showBadge', true));
        badge.replaceChildren(unread > 9 ? '9+' : unread, make('i', {}, ' new'));
      },
      destroy() {
        widget.frame?.remove();
        life.abort();
        container.remove();
        mark.remove();
        for (const name of ['haspopup', 'expanded', 'controls']) widget.opener?.removeAttribute('aria-' + name);
        shared.widgets.delete(widget);
      },
    };
    shared.widgets.add(widget);
    listen(window, 'storage', widget.count);

    // Called when somebody is about to look: on hover, focus and opening, or when an inline widget comes near.
    let framing;
    const prepare = () => {
      widget.load();
      return (framing ||= import(frameJs).then(
        ({ frame }) => (widget.frame = frame(widget)),
        (failure) => {
          framing = null;
          throw failure;
        }
      ));
    };
    const quietly = () => prepare().catch(() => {});
    // Without a frame the public page is the next best thing to show.
    const toggle = () => prepare().then((frame) => frame.toggle(), () => open(page, '_blank', 'noopener'));

    if (!isPopup) {
      if (document.head.contains(tag)) document.body.append(container);
      else tag.before(container);
      const near = new IntersectionObserver(
        ([entry]) => {
          if (!entry.isIntersecting) return;
          near.disconnect();
          prepare().catch(async () => {
            await widget.load();
            const titles = (widget.list?.items || []).slice(0, maxEntries).map((item) => {
              const link = make('a', { href: item.url, target: '_blank', rel: 'noopener' }, item.title);
              return make('p', {}, link);
            });
            container.hidden = !titles.length;
            wrap.replaceChildren(...titles);
          });
        },
        { rootMargin: '300px' }
      );
      near.observe(wrap);
      return;
    }

    const bind = (node, controls) => {
      widget.opener = node;
      node.setAttribute('aria-haspopup', 'dialog');
      node.setAttribute('aria-expanded', !!widget.isOpen);
      node.setAttribute('aria-controls', controls);
      listen(node, 'pointerenter focus', quietly);
      listen(node, 'click', (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        toggle();
      });
      // Elements that are no buttons do not turn these keys into clicks.
      listen(node, 'keydown', (event) => {
        if (node.matches('button,input,summary') || !/^( |Enter)$/.test(event.key)) return;
        event.preventDefault();
        toggle();
      });
    };

    document.body.append(container);
    if (trigger && !opensAtOnce) {
      const markRoot = mark.attachShadow({ mode: 'open' });
      const markWrap = make('span', { class: 'wrap' }, badge);
      paint(markRoot, STYLES);
      tint(markWrap);
      markRoot.append(markWrap);
      container.hidden = true;
      // Single-page apps draw the element late, and again.
      const find = () => {
        const node = document.getElementById(trigger);
        if (node && node !== widget.opener) {
          bind(node, id);
          node.append(mark);
        }
        return node;
      };
      if (!find()) console.warn(`[tidings] Waiting for an element with the id "${trigger}".`);
      const watch = new MutationObserver(find);
      watch.observe(document, { childList: true, subtree: true });
      life.signal.onabort = () => watch.disconnect();
    } else {
      wrap.append(
        make('button', { class: 'launcher changerawr-widget-trigger', type: 'button' }, option('buttonText', "What's new"), badge)
      );
      bind(wrap.firstChild, 'panel');
    }
    widget.load();
    // Nobody asked, so the focus stays where the reader has it.
    if (opensAtOnce) prepare().then((frame) => frame.open(false), () => {});
  };

  const run = () => {
    try {
      begin();
    } catch {}
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run);
  else run();
})();
