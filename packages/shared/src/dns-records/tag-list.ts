/** Lists of tags, `v=DKIM1; k=rsa; p=…`, as DKIM, DMARC, MTA-STS and TLS-RPT records have them (RFC 6376 §3.2). Pure. */

/** What is no tag is passed over; white space within a value means nothing. */
export function parseTagList(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) tags.set(part.slice(0, at).trim(), part.slice(at + 1).replaceAll(/\s+/g, ''));
  }
  return tags;
}
