/**
 * Whether the name of an address looks as if a provider made it up for a line of a customer: it says the address, or the
 * end of it and what kind of line it is. Names of mail servers that say their address, as those of large senders do, are left
 * in peace. A guess. Pure.
 */

/** Labels or parts of them that mail servers have. */
const mailWord =
  /(?:^|[.-])(?:m|mx|mta|e?mail|mailer|smtp|relay|out|outbound|send|sender|bounce)\d*(?=[.-]|$)/;
/** Parts of names of lines. */
const lineWord =
  /(?:dsl|dyn|dial|dhcp|ppp|pool|cable|modem|broadband|customer|client|cust|wifi|mobile|lte|ftth|fiber|catv)/;

export function looksGeneric(name: string, address: string): boolean {
  if (mailWord.test(name)) return false;
  return address.includes(':') ? saysIpv6(name, address) : saysIpv4(name, address);
}

function saysIpv4(name: string, address: string): boolean {
  const octets = address.split('.').map(Number);
  const runs = name.match(/\d+/g) ?? [];
  const numbers = runs.map(Number);
  if (contains(numbers, octets) || contains(numbers, octets.toReversed())) return true;
  const padded = octets.map((octet) => String(octet).padStart(3, '0'));
  const hex = octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  if (runs.some((run) => run === padded.join('') || run === padded.toReversed().join(''))) return true;
  if (name.split(/[.-]/).some((part) => part.endsWith(hex))) return true;
  const end = octets.slice(2);
  return lineWord.test(name) && (contains(numbers, end) || contains(numbers, end.toReversed()));
}

/** All of it, or its second half, as nibbles or as groups. */
function saysIpv6(name: string, address: string): boolean {
  const groups = groupsOf(address);
  const nibbles = groups.map((group) => group.padStart(4, '0')).join('');
  const plain = name.replace(/[.-]/g, '');
  const forms = [nibbles, [...nibbles].reverse().join(''), nibbles.slice(16)].filter(
    (form) => !/^0*.?$/.test(form),
  );
  return (
    forms.some((form) => plain.includes(form)) ||
    `-${name.replace(/\./g, '-')}-`.includes(`-${groups.join('-')}-`)
  );
}

/** The eight groups of an address as RFC 5952 writes it. */
function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = address.split('::');
  const of = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const given = of(head).length + of(tail).length;
  return [...of(head), ...Array<string>(8 - given).fill('0'), ...of(tail)];
}

const contains = (numbers: readonly number[], wanted: readonly number[]): boolean =>
  numbers.some((_, from) => wanted.every((number, i) => numbers[from + i] === number));
