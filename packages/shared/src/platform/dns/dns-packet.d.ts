/** The part of dns-packet that is used here; the package brings no types. */
declare module 'dns-packet' {
  export interface Question {
    name: string;
    type: string;
    class?: string;
  }
  export interface Answer extends Question {
    ttl?: number;
    data?: unknown;
    /** Of OPT (RFC 6891 §6.1). */
    udpPayloadSize?: number;
    flags?: number;
  }
  export interface Packet {
    id: number;
    type: 'query' | 'response';
    flags: number;
    /** Of a packet that was decoded, `NOERROR` … */
    rcode?: string;
    questions: Question[];
    answers?: Answer[];
    authorities?: Answer[];
    additionals?: Answer[];
  }
  /** `bytes` are those that the last call read. */
  interface Decode<T> {
    (octets: Buffer, offset?: number): T;
    bytes: number;
  }
  export const AUTHORITATIVE_ANSWER: number;
  export const TRUNCATED_RESPONSE: number;
  export const RECURSION_DESIRED: number;
  export const RECURSION_AVAILABLE: number;
  export const AUTHENTIC_DATA: number;
  export const DNSSEC_OK: number;
  export function encode(packet: Packet): Buffer;
  export const decode: Decode<Packet>;
  export const name: { decode: Decode<string> };
}
