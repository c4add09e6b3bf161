/** What `DotStuffing` makes of a whole message, its end included. Octets are written as Latin-1. */
export function dotStuffedSimple(content: string): string {
  const ended = content === '' || content.endsWith('\r\n') ? content : `${content}\r\n`;
  return `\r\n${ended}`.replaceAll('\r\n.', '\r\n..').slice(2) + '.\r\n';
}
