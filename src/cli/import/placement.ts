import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { readDictionary } from '../../config/dictionary.ts'
import { type ConfigLocations, readConfig } from '../../config/read.ts'
import { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Draft, Surroundings } from '../../interchange/draft.ts'
import { printDictionary, printDraft } from '../../interchange/print-draft.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { addMembers } from '../../yaml/print.ts'

/** The project that an import writes to. */
export interface Project extends Surroundings {
  readonly locations: ConfigLocations
}

/** A file of an import, and what is to become of it. */
export interface PlannedFile {
  /** From the working directory. */
  readonly path: string
  readonly text: string
  readonly action: 'write' | 'overwrite' | 'merge' | 'leave' | 'same'
  readonly remark?: string
}

interface PlacementOptions {
  /** Overwrite what is there. */
  readonly force?: boolean | undefined
  /** Add colors to a dictionary that is there. */
  readonly merge: boolean
  /** The command line, for comments. */
  readonly origin: string
}

/** Where the project's files are, by its gateway's file or by custom, and the colors that it has. */
export async function readProject(directory: string): Promise<Project> {
  const { texts, locations } = await readConfig({
    config: join(directory, 'config/gateway.yaml'),
    env: process.env,
    runsExtensions: false,
  })
  const diagnostics = new DiagnosticCollector()
  const [first, ...others] = texts.dictionary.flatMap((file) => parseYaml(file, process.env, diagnostics) ?? [])
  const colors = first && readDictionary([first, ...others], diagnostics)
  return { locations, colors: new Map([...(colors ?? [])].map(([name, { schema }]) => [name, schema])) }
}

/** Where each file goes. What is there already is left, unless it is to be overwritten. */
export async function planFiles(
  draft: Draft,
  { locations }: Project,
  options: PlacementOptions,
): Promise<PlannedFile[]> {
  const plan = async (path: string, text: string, keep = false): Promise<PlannedFile> => {
    const shown = relative('.', path) || path
    const found = await readIfThere(path)
    if (found === undefined) return { path: shown, text, action: 'write' }
    if (found === text) return { path: shown, text, action: 'same', remark: 'nothing has changed' }
    return options.force && !keep
      ? { path: shown, text, action: 'overwrite', remark: 'overwritten' }
      : { path: shown, text, action: 'leave', remark: 'it is there already' }
  }
  const gateway = await plan(locations.gateway, printGateway(draft), true)
  return [
    ...(gateway.action === 'write' ? [gateway] : []),
    ...(await planDictionary(draft, locations.dictionary, options, plan)),
    ...(await Promise.all(
      draft.services.map(({ name, text }) => plan(join(locations.services, `${name}.yaml`), text)),
    )),
    ...(await Promise.all(draft.routes.map(({ name, text }) => plan(join(locations.routes, `${name}.yaml`), text)))),
  ]
}

/** Writes what is to be written; the folders that every project has come to be, too. */
export async function writePlanned(files: readonly PlannedFile[], { locations }: Project): Promise<void> {
  for (const folder of [locations.services, locations.routes]) await mkdir(folder, { recursive: true })
  for (const { path, text, action } of files) {
    if (action === 'leave' || action === 'same') continue
    await mkdir(dirname(path), { recursive: true })
    // What came into being in the meantime is not ours to overwrite.
    await writeFile(path, text, { flag: action === 'write' ? 'wx' : 'w' })
  }
}

type Plan = (path: string, text: string) => Promise<PlannedFile>

/** A dictionary that is there belongs to somebody: new colors are added to it only when that is asked for. */
async function planDictionary(
  draft: Draft,
  path: string,
  { merge, origin }: PlacementOptions,
  plan: Plan,
): Promise<PlannedFile[]> {
  const count = Object.keys(draft.colors).length
  const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory()
  const found = isDirectory ? undefined : await readIfThere(path)
  const header = `# Proposed by \`${origin}\`: look through the names, the types and what is sensitive.\n`
  if (isDirectory && count === 0) return []
  const target = isDirectory ? join(path, `${draft.services[0]?.name ?? 'proposed'}.yaml`) : path
  if (found === undefined) {
    const planned = await plan(target, header + printDictionary(draft.colors))
    return [planned.action === 'write' ? { ...planned, remark: colorsOf(count) } : planned]
  }
  if (count === 0) return []
  const shown = relative('.', path)
  if (merge)
    return [{ path: shown, text: addMembers(found, 'colors', draft.colors), action: 'merge', remark: colorsOf(count) }]
  const proposal = await plan(
    path.replace(/(\.ya?ml)?$/, `.${draft.services[0]?.name ?? 'proposed'}.yaml`),
    header + printDictionary(draft.colors),
  )
  const remark = `it lacks ${colorsOf(count)} of ${proposal.path}: add them, or run this again with --merge`
  return [proposal, { path: shown, text: found, action: 'leave', remark }]
}

function colorsOf(count: number): string {
  return `${count} color${count === 1 ? '' : 's'}`
}

function printGateway({ gateway }: Draft): string {
  return printDraft({ listen: 8080, ...gateway }, { header: ['The gateway: where it listens. All else has defaults.'] })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
