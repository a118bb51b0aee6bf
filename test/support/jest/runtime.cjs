// Jest runs each file of tests in a context of its own, where it loads every module again, gateway and libraries: half a
// second a file, and nothing that has become fast stays so. Here Node loads them, as in production, once a process. What
// a file of tests has to itself are its own text and that of `test/support/`, which register hooks and keep what it opened.
const { registerHooks } = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const tests = pathToFileURL(join(__dirname, '../../')).href
const globals = pathToFileURL(join(__dirname, 'globals.js')).href
let runs = 0

registerHooks({
  resolve(specifier, context, next) {
    const run = /\?run=\d+$/.exec(context.parentURL ?? '')?.[0]
    if (run === undefined) return next(specifier, context)
    if (specifier === '@jest/globals') return { url: globals + run, format: 'module', shortCircuit: true }
    const found = next(specifier, context)
    return found.url.startsWith(tests) && !found.url.includes('?') ? { ...found, url: found.url + run } : found
  },
})

/** What Jest asks of its runtime, for modules that are all ES modules or its own. */
module.exports = class Runtime {
  #run = `?run=${++runs}`
  #globals = new Set(Reflect.ownKeys(globalThis))

  unstable_shouldLoadAsEsm() {
    return true
  }

  async unstable_importModule(path) {
    // Jest puts source maps in, which there are none of.
    delete Error.prepareStackTrace
    await import(pathToFileURL(path).href + this.#run)
  }

  /** Jest's own, fresh for each file. */
  requireInternalModule(path) {
    delete require.cache[path]
    return require(path)
  }

  requireModule(path) {
    return require(path)
  }

  setGlobalsForRuntime(ofFile) {
    globalThis.jestOfFile = ofFile
  }

  teardown() {
    for (const key of Reflect.ownKeys(globalThis)) if (!this.#globals.has(key)) Reflect.deleteProperty(globalThis, key)
  }

  getSourceMaps() {
    return new Map()
  }

  getAllCoverageInfoCopy() {}

  enterTestCode() {}
  leaveTestCode() {}
}
