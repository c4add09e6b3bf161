/** `line-scan.wat` assembled, as base64. The test of `line-scan.ts` assembles the text again and states the new octets if they differ. */
export const SCAN_MODULE =
  'AGFzbQEAAAABCAFgA39/fwF/Ag8BA2l0cwZtZW1vcnkCAAEDAgEABwgBBHNjYW4AAAqjAQGgAQIDfwF7AkADQCAAQRBqIAFL' +
  'DQEgAP0AAAAhBiAGQQ79D/0m/VMgA3IgAnJFBEAgAEEQaiEADAELIAZBCv0P/SP9ZCEFIAZBDf0P/SP9ZCEEIARBAXQgA3JB' +
  '//8DcSAFcyAGQQD9D/0j/WRyIAVBAXQgAnIgBkEu/Q/9I/1kcXINASAEQQ92IQMgBUEPdiECIABBEGohAAwACwsgACADaws=';
