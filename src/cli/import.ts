import { Argument, Option } from 'commander'
import type { Draft, Surroundings } from '../interchange/draft.ts'
import type { CliCommand, ExitCode } from './command.ts'
import type { PlannedFile } from './import/placement.ts'
import type { Terminal } from './terminal.ts'

interface ImportOptions {
  readonly service?: string
  readonly out: string
  readonly force?: boolean
  readonly merge?: boolean
  readonly dryRun?: boolean
}

type Importer = (document: unknown, project: Surroundings, source: string, options: ImportOptions) => Promise<Draft>

const importers: Readonly<Record<string, Importer>> = {
  openapi: async (document, project, source, { service }) => {
    const { importOpenApi } = await import('../interchange/openapi/import.ts')
    return importOpenApi(document, project, { service, url: /^https?:/.test(source) ? source : undefined })
  },
  krakend: async (document, project) =>
    (await import('../interchange/krakend/import.ts')).importKrakend(document, project),
  conductor: async (document, project) =>
    (await import('../interchange/conductor/import.ts')).importConductor(document, project),
}

export const importCommand: CliCommand<ImportOptions> = {
  name: 'import',
  summary: 'Make services, routes and colors of an OpenAPI document, a KrakenD configuration or a Conductor workflow.',
  examples: [
    ['tessera import openapi petstore.yaml', 'a service, and colors for its parameters and answers'],
    [
      'tessera import openapi https://api.example.com/openapi.json --service shop',
      'from a URL, under a name of your own',
    ],
    ['tessera import krakend krakend.json --out gateway', 'routes and services that behave the same'],
    ['tessera import conductor workflow.json --dry-run', 'only show what would be written'],
  ],
  operands: [
    new Argument('<format>', 'what the document is').choices(Object.keys(importers)),
    new Argument('<source>', 'its file or URL, JSON or YAML'),
  ],
  options: [
    new Option('--service <name>', "the service's name, in place of one made of the title (openapi)"),
    new Option('-o, --out <dir>', 'the project to write to').default('.'),
    new Option('--merge', 'add the new colors to a dictionary that is there already'),
    new Option('--force', 'overwrite files that are there already, and --merge'),
    new Option('--dry-run', 'write nothing; print the files'),
  ],
  run: runImport,
}

async function runImport(
  options: ImportOptions,
  terminal: Terminal,
  [format = '', source = '']: readonly string[],
): Promise<ExitCode> {
  const [
    { readSource, SourceUnreadable },
    { parseData, UnreadableData },
    { ImportRefused },
    { planFiles, readProject, writePlanned },
  ] = await Promise.all([
    import('./import/source.ts'),
    import('../yaml/parse-data.ts'),
    import('../interchange/draft.ts'),
    import('./import/placement.ts'),
  ])
  try {
    const document = parseData(await readSource(source))
    const project = await readProject(options.out)
    const draft = await importers[format]!(document, project, source, options)
    const merge = options.merge === true || options.force === true
    const files = await planFiles(draft, project, { ...options, merge, origin: `tessera import ${format} ${source}` })
    if (options.dryRun) printFiles(files, terminal)
    else await writePlanned(files, project)
    printPlan(files, draft, options, terminal)
    return 0
  } catch (error) {
    if (!(error instanceof SourceUnreadable || error instanceof UnreadableData || error instanceof ImportRefused))
      throw error
    terminal.complain(`${source}: ${error.message}`)
    return 1
  }
}

/** As one stream of YAML documents, each with its name. */
function printFiles(files: readonly PlannedFile[], { print }: Terminal): void {
  for (const { path, text, action } of files) {
    if (action === 'write' || action === 'overwrite' || action === 'merge') print(`--- # ${path}\n${text.trimEnd()}\n`)
  }
}

/** What became of each file and, after it, what could not be carried over. With --dry-run the files have standard output. */
function printPlan(
  files: readonly PlannedFile[],
  draft: Draft,
  { dryRun, out }: ImportOptions,
  terminal: Terminal,
): void {
  const { paint } = terminal
  const say = (line: string) => (dryRun ? terminal.complain(line) : terminal.print(line))
  const words = {
    write: paint.green(dryRun ? 'new  ' : 'wrote'),
    overwrite: paint.yellow(dryRun ? 'over ' : 'wrote'),
    merge: paint.green(dryRun ? 'add  ' : 'added'),
    leave: paint.yellow('left '),
    same: paint.dim('same '),
  }
  for (const { path, action, remark } of files)
    say(`${words[action]}  ${path}${remark ? paint.dim(` (${remark})`) : ''}`)
  if (draft.notes.length > 0) {
    say(`\n${paint.bold(`Not as it was: ${draft.notes.length}`)}`)
    for (const { at, message } of draft.notes) say(`  ${at}: ${message}`)
  }
  const there = out === '.' ? '' : `cd ${out} && `
  if (!dryRun) say(`\n${paint.bold('Next')}   ${there}npx tessera check`)
}
