import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Argument } from 'commander'
import type { CliCommand, ExitCode } from './command.ts'
import type { Terminal } from './terminal.ts'

export const init: CliCommand<object> = {
  name: 'init',
  summary: 'Begin a project that runs at once: a route, a service on a mock, a dictionary, tests. Overwrites nothing.',
  examples: [
    ['tessera init shop', 'in a directory of its own'],
    ['tessera init', 'in this one; what is there already is left as it is'],
  ],
  operands: [new Argument('[dir]', 'where to; made when it is missing').default('.')],
  options: [],
  run: runInit,
}

async function runInit(_options: object, terminal: Terminal, [directory = '.']: readonly string[]): Promise<ExitCode> {
  const { readProjectFiles } = await import('./init/project-files.ts')
  const { paint } = terminal
  let left = 0
  for (const [name, text] of readProjectFiles()) {
    const path = join(directory, name)
    if (await writeNew(path, text)) terminal.print(`${paint.green('wrote')}  ${path}`)
    else {
      left += 1
      terminal.print(`${paint.yellow('left')}   ${path} ${paint.dim('(it is there already)')}`)
    }
  }
  const there = directory === '.' ? '' : `cd ${directory} && `
  const next = left === 0 ? 'dev' : 'check'
  terminal.print(`\n${paint.bold('Next')}   ${there}npx tessera ${next}`)
  return 0
}

/** Writes a file that is not there yet, even if somebody else makes it at the same time; false when it is there. */
async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
