/** What `rehearse --lab` simulates where its options do not say, as its help states it. */
export const USUAL = {
  capacity: '40,10',
  load: '0.6,1.1,1.5,2.25',
  submissions: '2',
  minutes: '15',
  seed: '1',
};
