/** How much of one message is looked at. What lies beyond is said in `unread`. */
export const bounds = {
  /** Fields of the header section that are kept, and octets of it that are read. */
  fields: 1_000,
  headerBytes: 256 * 1024,
  /** The same of a part. */
  partFields: 100,
  partHeaderBytes: 32 * 1024,
  fieldCharacters: 64 * 1024,
  /** Of a field that is decoded to be shown. */
  shownCharacters: 8 * 1024,
  parts: 500,
  /** Parts that are read again because programs differ in them. */
  readings: 20,
  /** Multiparts and messages within each other. */
  nesting: 20,
  textCharacters: 256 * 1024,
  /** Octets of a text that are decoded at once. */
  textPieceBytes: 1024 * 1024,
  /** Octets of a text in which files by uuencode and yEnc are looked for. */
  filesBytes: 16 * 1024 * 1024,
  rtfBytes: 16 * 1024 * 1024,
  urls: 200,
  /** Different hosts in them. */
  urlHosts: 1_000,
  urlCharacters: 2_048,
  attachments: 1_000,
  nameCharacters: 255,
  /** Of all names besides the usual ones together. */
  otherNamesCharacters: 64 * 1024,
  typeCharacters: 127,
  addresses: 20,
  /** Octets of a message that are read, and of its parts after decoding. */
  messageBytes: 128 * 1024 * 1024,
  decodedBytes: 128 * 1024 * 1024,
} as const;
