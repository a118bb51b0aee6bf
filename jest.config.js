// What chance draws is the same in every run, unless somebody explores: then it is told what to draw again.
const seed = process.env.LAW_SEED ?? '20261130'
process.env.LAW_SEED = seed === 'random' ? `${Math.floor(Math.random() * 2 ** 31)}` : seed
if (seed === 'random') console.error(`LAW_SEED=${process.env.LAW_SEED}`)

/** Tests are ES modules in TypeScript, loaded by Node itself: `runtime.cjs` says why. */
export default {
  runtime: '<rootDir>/test/support/jest/runtime.cjs',
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {},
  injectGlobals: false,
  setupFiles: ['<rootDir>/test/support/chance.ts', '<rootDir>/test/support/own-work.ts'],
  // No promise of ours, but what says that something hangs: no machine may be too slow for a test.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/folder-times.js', '<rootDir>/test/support/run-end.js'],
  // One waits while the other works: no test looks at how long anything takes (`suite.test.ts`).
  maxWorkers: 2,
  // A module is never collected, those of a file of tests neither: a process that has grown to this is replaced.
  workerIdleMemoryLimit: '1GB',
}
