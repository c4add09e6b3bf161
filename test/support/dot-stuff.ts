/** A message as it goes over the wire (RFC 5321 §4.5.2), done the plain way, to compare with. */
export function dotStuff(content: Buffer): Buffer {
  const text = content.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${text}${text === '' || text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}
