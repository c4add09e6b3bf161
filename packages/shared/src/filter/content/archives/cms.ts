/**
 * The content of CMS (RFC 5652), as S/MIME carries it in `smime.p7m`: signed, compressed (RFC 3274), or both within each other.
 * Signatures are not checked. Pure.
 */
import { ArchiveFault, ENCRYPTED, type Unpacking } from './archive.ts';
import { Ber, CONSTRUCTED, tags, type Element } from './ber.ts';
import { inflated } from './inflate.ts';

const pkcs7 = '2a864886f70d0107';
const smime = '2a864886f70d010910';
/** By the hexadecimal octets of their object identifiers. */
const kinds: ReadonlyMap<string, 'data' | 'wrapped' | 'compressed' | 'encrypted'> = new Map([
  [`${pkcs7}01`, 'data'],
  [`${pkcs7}02`, 'wrapped'],
  [`${pkcs7}03`, 'encrypted'],
  [`${pkcs7}04`, 'encrypted'],
  [`${pkcs7}05`, 'wrapped'],
  [`${pkcs7}06`, 'encrypted'],
  [`${smime}0109`, 'compressed'],
  [`${smime}0117`, 'encrypted'],
]);
/** In signed, digested and compressed data: behind the version and the algorithms. */
const CONTENT_AT = 2;
const NESTING = 10;

/**
 * @returns undefined when there is none: a signature of another part, or certificates alone
 * @throws ArchiveFault when it is encrypted, damaged, of an unknown kind or too large
 */
export function cmsContent(octets: Buffer, unpacking: Unpacking): Buffer | undefined {
  const ber = new Ber();
  let [type, value] = typedContent(ber, ber.element(binaryOf(octets)));
  for (let level = 0; level < NESTING; level += 1) {
    const kind = kinds.get(type);
    if (kind === 'encrypted') throw new ArchiveFault(ENCRYPTED);
    if (kind === undefined && level === 0) throw new ArchiveFault('it is CMS of an unknown kind');
    if (!value) return undefined;
    // The older PKCS #7 has the value itself where CMS has a string that holds it.
    const content = isString(value) ? ber.octetString(value) : undefined;
    if (kind === 'data' || kind === undefined) return content ?? value.content;
    const inner = content ? ber.element(content) : value;
    [type, value] = typedContent(ber, ber.children(inner, CONTENT_AT + 1)[CONTENT_AT]);
    if (kind === 'compressed' && value)
      value = {
        ...value,
        tag: tags.octetString,
        content: inflated(ber.octetString(value), 'zlib', unpacking),
      };
  }
  throw new ArchiveFault('its CMS is nested too deep');
}

const isString = ({ tag }: Element): boolean => (tag & ~CONSTRUCTED) === tags.octetString;

/** An object identifier and, unless it is absent, what it names. */
function typedContent(ber: Ber, element: Element | undefined): [type: string, value: Element | undefined] {
  const [oid, explicit] = element?.tag === tags.sequence ? ber.children(element, 2) : [];
  if (oid?.tag !== tags.oid) throw new ArchiveFault('its ASN.1 is damaged');
  return [oid.content.toString('hex'), explicit && ber.children(explicit, 1)[0]];
}

/** Programs take PEM and bare base64 too. */
function binaryOf(octets: Buffer): Buffer {
  if (octets[0] === tags.sequence) return octets;
  const text = octets.toString('latin1').replace(/-----(?:BEGIN|END) [^\r\n-]{1,100}-----/g, '');
  return Buffer.from(text, 'base64');
}
