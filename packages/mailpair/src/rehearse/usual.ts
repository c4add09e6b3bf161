/** The defaults of `rehearse --lab`, as the help states them. */
export const USUAL = {
  capacity: '40,10',
  load: '0.6,1.1,1.5,2.25',
  submissions: '2',
  minutes: '15',
  seed: '1',
};
