// What chance draws is the same in every run, unless somebody explores: then it is told what to draw again.
const seed = process.env.LAW_SEED ?? '20261130'
process.env.LAW_SEED = seed === 'random' ? `${Math.floor(Math.random() * 2 ** 31)}` : seed
if (seed === 'random') console.error(`LAW_SEED=${process.env.LAW_SEED}`)

/** Tests are ES modules in TypeScript, run by Node's own type stripping. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.cjs' },
  setupFiles: ['<rootDir>/test/support/chance.ts'],
  moduleNameMapper: {
    // What extensions import: the code that runs, as in a process of its own.
    '^tessera$': '<rootDir>/src/index.ts',
    '^fast-check$': '<rootDir>/test/support/fast-check.ts',
  },
  // No promise of ours, but what says that something hangs: no machine may be too slow for a test.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/folder-times.js', '<rootDir>/test/support/run-end.js'],
  // Many tests start processes of their own and watch the clock: in CI nothing runs beside them.
  maxWorkers: process.env.CI ? 1 : 2,
  // A module that was run as a test's own is never collected: some 10 MB a file, 4 GB a suite. What has grown to this
  // is replaced by a fresh process.
  workerIdleMemoryLimit: '1GB',
}
