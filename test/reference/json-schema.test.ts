import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/read.ts'
import { type FileKind, fileKinds, jsonSchemaOf } from '../../src/describe/json-schema.ts'
import { readRegistry } from '../../src/plan/extensions/create-registry.ts'
import { builtIn } from '../../src/plan/extensions/registry.ts'
import { stepKinds } from '../../src/steps/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const ajv = new Ajv({ strict: false, allErrors: true })
const validators = new Map(fileKinds.map((kind) => [kind, ajv.compile(jsonSchemaOf(kind))]))

/** With what the project adds that lies at a path of the repository. */
async function validatorOf(project: string, kind: FileKind) {
  const config = 'config/gateway.yaml'
  const { texts } = await readConfig({ config, base: join(root, project), env: {} })
  const { registry } = readRegistry(texts)
  return registry === builtIn ? validators.get(kind)! : ajv.compile(jsonSchemaOf(kind, registry))
}

/** Every configuration file of the repository, with the kind that its folder says. */
function configurationFiles(): [string, FileKind, string][] {
  const roots = [
    '.',
    ...readdirSync(join(root, 'examples'), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join('examples', entry.name)] : [],
    ),
  ]
  return roots.flatMap((project) =>
    readdirSync(join(root, project), { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(config|routes)\/.*\.yaml$/.test(file) && !file.endsWith('.test.yaml'))
      .map((file): [string, FileKind, string] => [join(project, file), kindOf(file), project]),
  )
}

function kindOf(file: string): FileKind {
  if (file.startsWith('routes/')) return 'route'
  if (file.startsWith('config/services/')) return 'service'
  return file.endsWith('gateway.yaml') ? 'gateway' : 'dictionary'
}

describe('the JSON Schemas', () => {
  test.each(configurationFiles())('%s is valid by its schema', async (file, kind, project) => {
    const value = parse(readFileSync(join(root, file), 'utf8'))
    const validate = await validatorOf(project, kind)
    expect(validate(value) ? [] : validate.errors).toEqual([])
  })

  test.each([...stepKinds.values()])('the example of the step kind $kind is valid', ({ example }) => {
    const validate = validators.get('route')!
    expect(validate({ match: 'GET /x', do: parse(example) }) ? [] : validate.errors).toEqual([])
  })

  test('a slip in a step is seen inside any nesting', () => {
    const validate = validators.get('route')!
    expect(validate({ match: 'GET /x', do: [{ parallel: [{ sequence: [{ invok: 'a.b' }] }] }] })).toBe(false)
  })
})
