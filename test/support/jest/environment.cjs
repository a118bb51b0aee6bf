/** Where tests run: in the process as it is, not in a context of their own (`runtime.cjs`). */
module.exports = class Environment {
  global = {}

  async setup() {}
  async teardown() {}

  getVmContext() {
    return null
  }

  /** Failures name files as people do. @param {{ name: string, test?: { errors: unknown[] } }} event */
  handleTestEvent({ name, test }) {
    if (name !== 'test_done') return
    for (const error of test.errors.flat())
      if (error?.stack) error.stack = error.stack.replaceAll(/file:\/\/(\S+?)\?run=\d+/g, '$1')
  }
}
