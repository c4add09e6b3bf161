/** URLs as browsers take them (WHATWG URL), whatever they are written like. Pure. */

const plain = /^(?:https?|ftp):\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:[/?#]|:\d{0,4}(?:[/?#]|$)|$)/i;
const ofTheWeb = /^(?:https?|ftp|file):/i;
/** The host of a URL that browsers refuse, for its port or for a character behind the host. */
const hostPart = /^[a-z]+:[/\\]*(?:[^/\\?#]*@)?([^/\\?#:@\s<>"'%]+)/i;

/**
 * @param value a URL, or one without its scheme: `//host/path`
 * @returns undefined for what is not of the web: another scheme, no host, a relative reference
 */
export function webUrl(value: string): string | undefined {
  if (plain.test(value)) return value;
  if (/^[/\\]{2}/.test(value)) return webUrl(`http:${value}`);
  if (!ofTheWeb.test(value)) return undefined;
  const url = URL.parse(value) ?? URL.parse(`http://${hostPart.exec(value)?.[1] ?? ''}/`);
  if (!url || url.hostname === '') return undefined;
  // A long one would leave no room for the host.
  url.username = '';
  url.password = '';
  return url.href;
}

/** A reference resolved against the URL of `<base>`. */
export function webUrlFrom(reference: string, base: string): string | undefined {
  const url = URL.parse(reference, webUrl(base.trim()));
  return url ? webUrl(url.href) : undefined;
}

/** The document that a `data:` URL holds, or undefined. */
export function documentIn(value: string): string | undefined {
  const found = /^data:([^,]{0,200}),/i.exec(value);
  if (!found || !/html|svg|xml/i.test(found[1]!)) return undefined;
  const content = percentDecoded(value.slice(found[0].length));
  return /;\s*base64\s*$/i.test(found[1]!) ? Buffer.from(content, 'base64').toString('utf8') : content;
}

/** Lenient: what is no escape stays. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}
