// A whole entry in its place in the list. Its text comes from the server as a sanitised document; the browser parses it
// while it loads, so that no HTML string is put anywhere (Trusted Types) and nothing in it runs.

const STYLES = `
.full{font-size:13px;line-height:20px;overflow-wrap:anywhere}
.full>*{margin:8px 0 0;padding:0}
.full h4,.full h5,.full h6{font-size:14px;font-weight:600;line-height:20px}
.full ul,.full ol{padding-inline-start:20px}
.full img{max-inline-size:100%;block-size:auto}
.full pre{overflow:auto;padding:8px;border-radius:6px;background:color-mix(in srgb,var(--ink) 6%,transparent)}
.full code{font:12px/18px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.full table{display:block;overflow:auto;border-collapse:collapse}
.full :is(th,td){padding:2px 8px;border:1px solid var(--line);text-align:start}
.full blockquote{margin-inline:0;padding-inline-start:10px;border-inline-start:3px solid var(--line)}
`;

const fetchDocument = (address) =>
  new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.responseType = 'document';
    request.timeout = 3000;
    request.onload = () => (request.status === 200 && request.response?.body ? done(request.response) : failed());
    request.onerror = request.ontimeout = failed;
    request.open('GET', address);
    request.send();
  });

// Shows the entry of a "read more" link, or hides it again.
export const show = async (widget, link) => {
  const open = link.previousElementSibling.matches('.full') && link.previousElementSibling;
  const short = (open || link).previousElementSibling;
  if (open) {
    open.remove();
    short.hidden = false;
    link.textContent = 'Read more';
    link.setAttribute('aria-expanded', false);
    return;
  }
  const id = link.href.slice(link.href.lastIndexOf('/') + 1);
  const page = await fetchDocument(`${widget.base}/api/changelog/${widget.project}/panel/${id}`);
  if (!widget.entryStyles) widget.addStyles((widget.entryStyles = STYLES));
  for (const node of page.body.querySelectorAll('*')) {
    // What would need the page's permission or its scripts.
    if (/^(script|style|iframe|object|embed|link|meta|base|form)$/i.test(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) if (/^(on|style$|id$)/.test(name)) node.removeAttribute(name);
  }
  for (const anchor of page.body.querySelectorAll('a')) {
    anchor.target = '_blank';
    anchor.rel = 'noopener';
  }
  const full = widget.make('div', { class: 'full' }, ...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  // Asked for twice, it is shown once.
  if (short.hidden) return;
  short.hidden = true;
  link.before(full);
  link.textContent = 'Show less';
  link.setAttribute('aria-expanded', true);
};
