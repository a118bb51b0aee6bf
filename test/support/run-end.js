import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/** How long after the last test a process may go on that something keeps alive. */
const graceMs = 10_000

/**
 * Sees to it that a run ends, and that it is known how. After each file of tests the file that TEST_TALLY names holds
 * how many tests passed and failed until then, whatever becomes of the run. A process that something keeps alive after
 * the last test says what, of which file of tests, and ends all the same.
 */
export default class RunEnd {
  #root
  #tally = process.env['TEST_TALLY']
  #passed = 0
  #failed = 0
  /** In band: what keeps this process alive, by the file of tests after which it was there. @type {Map<any, string>} */
  #open = new Map()

  /** @param {{ rootDir: string }} config */
  constructor({ rootDir }) {
    this.#root = rootDir
    // Runs inside of this one have figures of their own.
    delete process.env['TEST_TALLY']
    for (const handle of activeHandles()) this.#open.set(handle, '')
  }

  /** @param {{ path: string }} test @param {{ numPassingTests: number, numFailingTests: number, testExecError?: unknown }} result */
  onTestFileResult({ path }, { numPassingTests, numFailingTests, testExecError }) {
    this.#passed += numPassingTests
    this.#failed += numFailingTests + (testExecError ? 1 : 0)
    if (this.#tally !== undefined) writeFileSync(this.#tally, `${this.#passed} ${this.#failed}\n`)
    for (const handle of activeHandles())
      if (!this.#open.has(handle)) this.#open.set(handle, relative(this.#root, path))
  }

  onRunComplete() {
    setTimeout(() => {
      const left = activeHandles().flatMap((handle) => {
        const file = this.#open.get(handle) ?? 'the last of them'
        return file === '' ? [] : [`  ${describe(handle)}, since ${file}`]
      })
      const kinds = process.getActiveResourcesInfo().join(', ')
      console.error(`The run had to be ended: ${graceMs} ms after the last test this was open (${kinds})`)
      if (left.length > 0) console.error(left.join('\n'))
      process.exit()
    }, graceMs).unref()
  }
}

/** Sockets, servers and children. @returns {any[]} */
function activeHandles() {
  return /** @type {any} */ (process)._getActiveHandles()
}

/** @param {any} handle */
function describe(handle) {
  const name = handle.constructor?.name ?? 'something'
  if (handle.spawnargs) return `${name} ${handle.pid} ${handle.spawnargs.join(' ')}`
  const { address, port } = (handle.listening ? handle.address?.() : undefined) ?? {}
  return port === undefined ? `${name} ${handle.remotePort ?? ''}`.trim() : `${name} at ${address}:${port}`
}
