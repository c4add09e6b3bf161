/** Required before scenarios of the pair: each gateway has two workers where they do not say how many. */
process.env['MAILPAIR_TEST_WORKERS'] = '2';
