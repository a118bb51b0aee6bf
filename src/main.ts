#!/usr/bin/env node
/** Starts the command line, after a look at Node's version: an older one would fail in the imports, with a riddle. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`tessera needs Node 22.19 or newer, and this is ${process.versions.node}: https://nodejs.org`)
  process.exitCode = 1
} else {
  import('./cli/index.ts').then(async ({ runCli }) => {
    process.exitCode = await runCli(process.argv.slice(2))
  })
}
