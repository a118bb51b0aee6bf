import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Argument, Option } from 'commander'
import { type CliCommand, type ConfigOptions, configOptions, type ExitCode, readingOf } from './command.ts'
import { printErrors } from './load-snapshot.ts'
import type { Terminal } from './terminal.ts'

interface SchemaOptions extends ConfigOptions {
  readonly out?: string
}

const kinds = ['gateway', 'dictionary', 'service', 'route', 'part', 'test'] as const

export const schema: CliCommand<SchemaOptions> = {
  name: 'schema',
  summary: 'Write the JSON Schemas of the files, with what the project’s extensions add, for an editor.',
  examples: [
    ['tessera schema --out .tessera', 'all of them: .tessera/route.schema.json and the like'],
    ['tessera schema route', 'one, to read'],
  ],
  operands: [new Argument('[kind]', 'of which kind of file; all unless given').choices(kinds)],
  options: [...configOptions(), new Option('-o, --out <dir>', 'write them into a directory')],
  run: writeSchemas,
}

async function writeSchemas(
  { out, ...options }: SchemaOptions,
  terminal: Terminal,
  [kind]: readonly string[],
): Promise<ExitCode> {
  const [{ readConfig }, { readRegistry }, { jsonSchemaOf, jsonSchemaOfFile }, { testFileShape }] = await Promise.all([
    import('../config/read.ts'),
    import('../plan/extensions/create-registry.ts'),
    import('../describe/json-schema.ts'),
    import('../testing/shape.ts'),
  ])
  const { texts } = await readConfig(readingOf(options))
  const { registry, diagnostics } = readRegistry(texts)
  if (diagnostics.length > 0) {
    printErrors(diagnostics, texts, terminal)
    return 1
  }
  const wanted = kinds.filter((one) => kind === undefined || one === kind)
  const made = wanted.map(
    (one) => [one, one === 'test' ? jsonSchemaOfFile(one, testFileShape) : jsonSchemaOf(one, registry)] as const,
  )
  if (out !== undefined) await mkdir(out, { recursive: true })
  for (const [one, schema] of made) {
    const text = JSON.stringify(schema, null, 2)
    if (out === undefined) terminal.print(text)
    else await writeFile(join(out, `${one}.schema.json`), `${text}\n`)
  }
  return 0
}
