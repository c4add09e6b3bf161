/** Parameter values on the wire: xtext (RFC 3461 §4) and, for addresses beyond ASCII, utf-8-addr-xtext (RFC 6533 §3). */

/** Every octet that is not a plain printable one as `+HH`. */
export function xtext(value: string): string {
  if (/^[!-*,-<>-~]*$/.test(value)) return value;
  let encoded = '';
  for (const octet of Buffer.from(value)) {
    const plain = octet > 0x20 && octet < 0x7f && octet !== 0x2b && octet !== 0x3d;
    encoded += plain ? String.fromCharCode(octet) : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** ORCPT: `type;address`, of which only the address is encoded. */
export function orcptText(orcpt: string): string {
  const semicolon = orcpt.indexOf(';');
  const type = semicolon < 0 ? 'rfc822' : orcpt.slice(0, semicolon);
  const address = orcpt.slice(semicolon + 1);
  return `${xtext(type)};${type.toLowerCase() === 'utf-8' ? utf8AddressXtext(address) : xtext(address)}`;
}

function utf8AddressXtext(address: string): string {
  return [...address]
    .map((character) =>
      /^[!-*,-<>-[\]-~]$/.test(character)
        ? character
        : `\\x{${character.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}}`,
    )
    .join('');
}
