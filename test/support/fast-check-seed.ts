import fc from 'fast-check';

/** Every run tries the same cases: what fails, fails for everybody. fast-check prints the seed with it. */
fc.configureGlobal({ seed: 20_260_101 });
