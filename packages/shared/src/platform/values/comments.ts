/** Text of a header field without its comments, which nest and have quoted pairs (RFC 5322 §3.2.2). Linear. */

/** What remains; a comment or quoted string that does not end goes on to the end. Within quotes a parenthesis is itself. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let kept = '';
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '"' && depth === 0) quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') {
      if (depth === 0) kept += text.slice(from, at);
      depth += 1;
    } else if (character === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) from = at + 1;
    }
  }
  return depth > 0 ? kept : kept + text.slice(from);
}
