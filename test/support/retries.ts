import { expect, jest } from '@jest/globals'

// Whole processes under deadlines of a quarter second stumble when the machine does. A second and third try, each one
// logged, tell a slip of the machine from one of ours; everything else has one try.
if (/\/test\/(e2e|demo|docs|cli|server)\//.test(expect.getState().testPath ?? '')) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true })
}
