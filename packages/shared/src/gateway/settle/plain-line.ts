/**
 * Text from outside (replies, addresses, envelope ids) made safe to stand on one line of a DSN: no control
 * character, no line separator, no mark that turns the direction of writing, no half of a surrogate pair.
 */
export function plainLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
    .trim();
}
