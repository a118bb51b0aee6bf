/** Tests are ES modules in TypeScript, run by Node's own type stripping. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.cjs' },
  // What extensions import: the code that runs, as in a process of its own.
  moduleNameMapper: { '^tessera$': '<rootDir>/src/index.ts' },
  // No promise of ours, but what says that something hangs: no machine may be too slow for a test.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/folder-times.js', '<rootDir>/test/support/run-end.js'],
  // Many tests start processes of their own and watch the clock: in CI nothing runs beside them.
  maxWorkers: process.env.CI ? 1 : 2,
  // A module that was run as a test's own is never collected: some 10 MB a file, 4 GB a suite. What has grown to this
  // is replaced by a fresh process.
  workerIdleMemoryLimit: '1GB',
}
