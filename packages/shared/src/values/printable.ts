/** Text of strangers, fit for one line of a log, a reply or a report: what is not shown is written out. */
export const printable = (text: string, most = 200): string =>
  text
    .slice(0, most)
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** The same for a reply of SMTP, which is ASCII. */
export const printableAscii = (text: string, most = 60): string =>
  text.slice(0, most).replace(/[^ -~]/g, '?');
