import { expect, jest } from '@jest/globals'

// Processes and sockets under deadlines of a quarter second or a second stumble when the machine does. A second and
// third try, each one logged, tell a slip of the machine from one of ours; everything else has one try.
if (
  /\/test\/(e2e|demo|docs|cli|server|conformance|calls|endpoints|admission|transports|stores)\//.test(
    expect.getState().testPath ?? '',
  )
) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true })
}
