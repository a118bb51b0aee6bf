#!/usr/bin/env node
/** Starts the command line, after a look at Node's version: an older one would fail in the imports, with a riddle. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`tessera needs Node 22.19 or newer, and this is ${process.versions.node}: https://nodejs.org`)
  process.exitCode = 1
} else {
  start()
}

async function start(): Promise<void> {
  await keepCompiledSources()
  const { runCli } = await import('./cli/index.ts')
  process.exitCode = await runCli(process.argv.slice(2))
}

/**
 * A second start need not strip types or compile: it takes half the time. The cache lies with the installation, never in
 * a directory for everyone, where others could leave code for us; where it cannot be written, nothing is kept.
 */
async function keepCompiledSources(): Promise<void> {
  const [{ enableCompileCache }, { packageRoot }] = await Promise.all([import('node:module'), import('./version.ts')])
  enableCompileCache(`${packageRoot}/node_modules/.cache/tessera`)
}
