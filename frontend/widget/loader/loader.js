// The loader of the embeddable widget: a classic script, sent once per project or widget with its settings in place of the
// text in the last line. It finds its tag, reads the options, draws launcher and unread count, and fetches the frame of the
// panel (`frame.js`) when somebody is about to look at it.
//
// It runs on pages of strangers. So: nothing is thrown or logged as an error, all text goes in as text, all markup is
// made by DOM calls (no HTML strings, no style attributes: any Content-Security-Policy that admits the script will do).
// Everything it draws stays inside a shadow root, unless the page wants to style the parts itself.
((config) => {
  const shared = (window[Symbol.for('tidings')] ||= Object.assign(new EventTarget(), {
    tags: new WeakSet(),
    widgets: new Set(),
    asked: {},
    panels: {},
    memory: {},
  }));
  const warn = (text) => console.warn('[tidings] ' + text);

  const make = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const key in attributes) if (attributes[key] != null) node.setAttribute(key, attributes[key]);
    node.append(...children);
    return node;
  };

  const HOST = `:host{all:initial!important;display:block!important;font-family:inherit!important}
:host(.changerawr-widget-badge){position:absolute!important;pointer-events:none!important}`;

  const STYLES = `
--surface:var(--tidings-surface,var(--changerawr-bg-primary,light-dark(#fff,#16191e)));
--ink:var(--tidings-ink,var(--changerawr-text-primary,light-dark(#1b2029,#e9e7e3)));
--soft:var(--tidings-ink-soft,var(--changerawr-text-secondary,light-dark(#555b64,#a2a7af)));
--line:var(--tidings-line,var(--changerawr-border-color,light-dark(#e0deda,#2b2e34)));
--brand:var(--tidings-accent,var(--changerawr-primary-color,var(--project,#1c68be)));
--accent:light-dark(oklch(from var(--brand) min(l,.52) c h),oklch(from var(--brand) max(l,.74) c h));
font-family:var(--tidings-font,var(--changerawr-font-family,var(--font,inherit)));font-size:14px;line-height:1.4;color:var(--ink);
color-scheme:light;
&.dark{color-scheme:dark}
*{box-sizing:border-box}
button{font:inherit;color:inherit;background:none;border:0;margin:0;padding:0;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.changerawr-floating-icon{inline-size:16px;block-size:16px;background:currentColor;
clip-path:path("M8 1a5 5 0 0 0-5 5v4l-2 2h14l-2-2V6a5 5 0 0 0-5-5zM6 14h4l-2 2z")}
&.inline{display:block;min-block-size:calc(min(var(--rows)*138px,var(--max)) + 112px)}
&.popup>*{position:fixed;z-index:var(--tidings-z-index,var(--changerawr-z-index,2147483000));margin:min(20px,4vw)}
&[class*=n-bottom]>*{bottom:0}
&[class*=n-top]>*{top:0}
&[class*=-left]>*{left:0}
&[class*=-right]>*{right:0}
.changerawr-widget-trigger{display:flex;align-items:center;gap:8px;min-block-size:44px;padding:0 14px;font-weight:550;
background:var(--surface);border:1px solid var(--line);border-radius:99px;box-shadow:0 2px 10px #0002}
b{min-inline-size:18px;padding:0 5px;border-radius:9px;background:var(--accent);color:light-dark(#fff,#16191e);
font-size:11px;font-weight:650;line-height:18px;text-align:center}
&.changerawr-widget-badge{position:absolute;pointer-events:none;transform:translate(4px,-100%)}
i{position:absolute;clip-path:inset(50%)}
`;

  // A page whose own style sheets speak of the parts was made for parts that stand in the page.
  const speaksOfParts = () =>
    (shared.open ??= [...document.styleSheets].some((sheet) => {
      try {
        return [...sheet.cssRules].some((rule) => /\.changerawr-/.test(rule.selectorText));
      } catch {}
    }));

  // `given` are options that attributes and query override. A widget has a tag whose place it takes, or a `place`.
  const create = (about, given, tag, place) => {
    const { project, base } = about;
    const page = `${base}/changelog/${project}`;

    // Options, strongest first: attribute, query of the script's address, what the server sent, default.
    const query = new URL(tag?.src || base, document.baseURI).searchParams;
    const option = (name, otherwise) => tag?.dataset[name] ?? query.get(name) ?? given[name] ?? otherwise;
    const isOn = (value) => /^(true|1|)$/.test(value);
    const oneOf = (name, allowed, otherwise) => {
      const value = option(name, otherwise);
      if (allowed.test(value)) return value;
      warn(`No ${name} "${value}".`);
      return otherwise;
    };
    const variant = option('variant', about.variant);
    if (variant == 'announcement') return warn('No announcements yet.');
    const isFloating = variant == 'floating';
    const theme = oneOf('theme', /^(light|dark|auto)$/, 'light');
    const position = oneOf('position', /^(top|bottom)-(left|right)$/, 'bottom-right');
    const isPopup = isFloating || variant == 'modal' || isOn(option('popup', option('isPopup', false)));
    const trigger = isPopup && !isFloating ? option('trigger', '') : '';
    const opensAtOnce = trigger == 'immediate';
    const maxEntries = Math.min(100, Math.max(1, parseInt(option('maxEntries')) || (isFloating ? 5 : 3)));
    const tags = String(option('tags', option('tagFilter', '')));
    const shadow = option('shadow', 'auto');
    const isBare = shadow == 'auto' ? speaksOfParts() : !isOn(shadow);

    const key = [project, about.widget, isPopup ? trigger || position : ''].join();
    if (isPopup && !place) for (const other of shared.widgets) if (other.key == key) return other;

    // Storage may be blocked or full; then it lasts as long as the page.
    const store = (name, value) => {
      const key = `tidings-${name}-${project}${tags && ':' + tags}`;
      try {
        if (value == null) return shared.memory[key] ?? localStorage.getItem(key);
        localStorage.setItem(key, value);
      } catch {
        return (shared.memory[key] = value ?? shared.memory[key]);
      }
    };

    // What the server says at an address, read once; or null. When it cannot answer, what it said last stands in for a
    // week and it is left alone for a minute. An answer that the project is gone is an answer: then nothing stands in.
    const fetchOnce = async (address, slot, read, isRetry) => {
      let last;
      try {
        last = JSON.parse(store(slot));
        if (Date.now() - last.at > 6048e5) last = null;
      } catch {}
      if (last && !isRetry && Date.now() - last.failed < 6e4) return last.data;
      try {
        const answer = await fetch(address, { credentials: 'omit', signal: AbortSignal.timeout(3000) });
        if (/40[34]/.test(answer.status)) last = null;
        const data = read(await answer.json());
        store(slot, JSON.stringify({ at: Date.now(), data }));
        return data;
      } catch {
        store(slot, JSON.stringify(last && { ...last, failed: Date.now() }));
        return last ? last.data : null;
      }
    };
    // One request serves all widgets of the page for five minutes.
    const ask = (path, slot, read, isRetry) => {
      const address = `${base}/api/changelog/${project}/${path}${tags && '&tags=' + encodeURIComponent(tags)}`;
      let one = shared.asked[address];
      if (isRetry || !one || Date.now() - one.at > 3e5)
        one = shared.asked[address] = { at: Date.now(), data: fetchOnce(address, slot, read, isRetry) };
      return one.data;
    };

    // ---- Unread: published after the newest entry this reader has had on screen. Entries are known by date and id,
    // joined by "|"; as text they sort in the order of publication.

    const marker = () => /^(0|\d{4}-.+Z.*)$/.exec(store('seen'))?.[0];
    const markSeen = (keys) => {
      const newest = keys.reduce((most, key) => (key > most ? key : most), '0');
      if (!(newest <= marker())) store('seen', newest);
      shared.widgets.forEach((widget) => widget.count());
    };

    const life = new AbortController();
    const { signal } = life;
    const listen = (target, names, run) =>
      names.split(' ').forEach((name) => target.addEventListener(name, run, { signal }));

    // A constructed sheet is no inline style, so a Content-Security-Policy has nothing to refuse. Rules of the owner come
    // after all of ours.
    const undo = [];
    const paint = (root, css, isLast) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      const others = root.adoptedStyleSheets;
      root.adoptedStyleSheets = isLast ? [...others, sheet] : [sheet, ...others];
      undo.push(() => {
        root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other != sheet);
      });
    };

    // Something of ours in the page: the element, what stands in its place inside, and the root for its styles.
    const customCSS = option('customCSS');
    const dress = (node) => {
      const set = (name, property, value) => CSS.supports(property, value) && node.style.setProperty(name, value);
      set('--project', 'color', option('accent', option('accentColor')));
      set('--font', 'font-family', option('font', ''));
    };
    const shell = (name, id, kind) => {
      const host = make(name, { id, class: 'changerawr-widget ' + kind });
      const inside = isBare ? host : make(name, { class: host.className });
      const root = isBare ? document : host.attachShadow({ mode: 'open' });
      if (!isBare) {
        paint(root, HOST);
        root.append(inside);
      }
      const addStyles = (css, more = '') => paint(root, `:where(.changerawr-widget){${css}}` + more);
      if (!isBare || kind != 'changerawr-widget-badge') {
        addStyles(STYLES);
        if (customCSS) paint(root, customCSS, true);
      }
      dress(inside);
      return { host, inside, addStyles };
    };
    const id = 'changerawr-widget-' + Math.random().toString(36).slice(2, 10);
    const { host: container, inside: wrap, addStyles } = shell(
      'div',
      id,
      isPopup
        ? `popup changerawr-position-${position} ${isFloating ? 'changerawr-floating-wrapper' : ''}`
        : 'inline'
    );
    const length = String(option('maxHeight')).replace(/^\d+$/, '$&px');
    wrap.style.setProperty('--max', CSS.supports('max-height', length) ? length : '400px');
    wrap.style.setProperty('--rows', maxEntries);

    // The count: in our own launcher, or after the words of the host's element, out of its flow and of reach of its styles.
    const number = make('span', { 'aria-hidden': true });
    const words = make('i');
    const badge = make('b', { class: 'changerawr-floating-badge', hidden: '' }, number, words);
    const mark = trigger && !opensAtOnce && shell('span', null, 'changerawr-widget-badge');
    const ours = [container, wrap, mark.host, mark.inside];

    const system = matchMedia('(prefers-color-scheme:dark)');
    const shade = () => {
      const isDark = theme == 'dark' || (theme == 'auto' && system.matches);
      ours.forEach((node) => node?.classList.toggle('dark', isDark));
    };
    listen(system, 'change', shade);
    shade();

    let framing, find, unread, news;
    const prepare = () =>
      (framing ||= import(config.frameJs).then(
        ({ frame }) => (widget.frame = frame(widget)),
        (failure) => {
          framing = null;
          throw failure;
        }
      ));
    const quietly = () => prepare().catch(() => {});
    // Without a frame the public page is the next best thing to show.
    const act = (name, isQuiet) =>
      prepare().then(
        (frame) => signal.aborted || frame[name](!isQuiet),
        () => isQuiet || open(page, '_blank', 'noopener')
      );

    const widget = {
      ...{ key, tag, page, base, project, option, isOn, isPopup, isFloating, maxEntries, config, id, name: about.name },
      ...{ container, wrap, ours, addStyles, signal, listen, undo, shared, make, ask, store, marker, markSeen },
      names: [id, project, about.widget, trigger],
      emit: (name) => shared.dispatchEvent(new CustomEvent(name, { detail: { id, project } })),
      count() {
        const seen = marker();
        const now = (seen && news?.recent.filter((key) => key > seen).length) || 0;
        badge.hidden = !now || !isOn(option('showBadge', true));
        number.textContent = now > 9 ? '9+' : now;
        words.textContent = ` ${now} new`;
        // Said aloud only when something arrives while the page is open.
        if (now > unread) status.textContent = `${now} new`;
        unread = now;
      },
      open: () => act('open'),
      close: () => widget.frame?.close(),
      toggle: () => act('toggle'),
      check() {
        if (tag && !tag.isConnected) widget.destroy();
        else find?.();
      },
      destroy() {
        widget.frame?.remove();
        container.remove();
        mark.host?.remove();
        for (const name of ['haspopup', 'expanded', 'controls']) widget.opener?.removeAttribute('aria-' + name);
        life.abort();
        undo.forEach((run) => run());
        shared.widgets.delete(widget);
        if (!shared.widgets.size) shared.watch.disconnect();
      },
    };
    shared.widgets.add(widget);
    (shared.watch ||= new MutationObserver(() => shared.widgets.forEach((widget) => widget.check()))).observe(document, {
      childList: true,
      subtree: true,
    });
    listen(window, 'storage', widget.count);

    if (!isPopup) {
      if (place) place.append(container);
      else if (document.head.contains(tag)) document.body.append(container);
      else tag.before(container);
      const near = new IntersectionObserver(
        ([entry]) => {
          if (!entry.isIntersecting) return;
          near.disconnect();
          quietly();
        },
        { rootMargin: '300px' }
      );
      near.observe(wrap);
      undo.push(() => near.disconnect());
      return widget;
    }

    const status = make('i', { role: 'status' });
    wrap.append(status);
    const bind = (node) => {
      widget.opener = node;
      node.setAttribute('aria-haspopup', 'dialog');
      node.setAttribute('aria-expanded', !!widget.isOpen);
      node.setAttribute('aria-controls', wrap.contains(node) ? id + '-panel' : id);
      listen(node, 'pointerenter focus', quietly);
      // Elements that are no buttons do not turn these keys into clicks.
      listen(node, 'click keydown', (event) => {
        const isOther = event.key
          ? node.matches('button,input,summary') || !/^( |Enter)$/.test(event.key)
          : event.metaKey || event.ctrlKey || event.shiftKey;
        if (isOther) return;
        event.preventDefault();
        widget.toggle();
      });
    };

    document.body.append(container);
    if (mark) {
      mark.inside.append(badge);
      // Single-page apps draw the element late, and again.
      find = () => {
        const node = document.getElementById(trigger);
        if (node && node != widget.opener) {
          bind(node);
          node.append(mark.host);
        }
        return node;
      };
      if (!find()) warn(`No element "${trigger}" yet.`);
    } else if (!isOn(option('hidden', false))) {
      const text = option('buttonText', "What's new");
      wrap.append(
        make(
          'button',
          {
            type: 'button',
            'aria-label': text ? null : "What's new",
            class: 'changerawr-widget-trigger changerawr-floating-button',
          },
          isFloating && isOn(option('showIcon', true)) ? make('span', { class: 'changerawr-floating-icon' }) : '',
          text,
          badge
        )
      );
      bind(wrap.lastChild);
    }
    const load = async () => {
      news = await ask('unread?', 'last', ({ recent, maintenanceMode }) => ({
        recent: recent.filter((key) => /^\d{4}-.+Z\|/.test(key)),
        isPaused: !!maintenanceMode,
      }));
      if (!news || signal.aborted) return;
      if (news.isPaused) return container.remove();
      // A first visit is silent: what is there already is not news.
      if (!marker()) markSeen(news.recent.slice(option('firstVisit') == 'latest' ? 1 : 0));
      widget.count();
    };
    load();
    // Nobody asked, so the focus stays where the reader has it.
    if (opensAtOnce) act('open', true);
    return widget;
  };

  const api = (window.Tidings ||= {
    on(name, run) {
      const tell = (event) => run(event.detail);
      shared.addEventListener(name, tell);
      return () => shared.removeEventListener(name, tell);
    },
  });
  for (const name of ['open', 'toggle', 'close', 'destroy'])
    api[name] = (which) => {
      const found = [...shared.widgets].filter(
        (widget) => (name == 'destroy' || widget.isPopup) && (!which || widget.names.includes(which))
      );
      found.slice(0, /^[ot]/.test(name) ? 1 : undefined).forEach((widget) => widget[name]());
    };

  if (config.bundle) {
    Object.assign(shared, { create, config });
    return;
  }

  // Only now does the browser say which element runs us. A script that a framework evaluates has no such element; then
  // it is the first one with our address that no other run has taken.
  const path = '/api/integrations/widget/' + config.project + (config.widget ? '/' + config.widget : '');
  const tag =
    document.currentScript ||
    [...document.scripts].find((script) => !shared.tags.has(script) && script.src.split(/[?#]/)[0].endsWith(path));
  if (!tag || shared.tags.has(tag)) return;
  shared.tags.add(tag);
  // The file itself, whose content a page may pin: everything is in the attributes. The server gives its present files.
  if (config.length) {
    const base = tag.src.split('/assets/')[0];
    config = { base, project: tag.dataset.project, frameJs: base + '/assets/widget-frame-0.js' };
  }
  if (config.origins && !config.origins.includes(location.origin)) return warn('Not for this site.');

  const run = () => {
    try {
      if (tag.isConnected) create(config, { customCSS: config.customCSS, ...config.settings }, tag);
    } catch {}
  };
  if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', run);
  else run();
})('__TIDINGS_CONFIG__');
