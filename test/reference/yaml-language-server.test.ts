import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { getLanguageService } from 'yaml-language-server'

const root = fileURLToPath(new URL('../../', import.meta.url))
type Kind = 'gateway' | 'dictionary' | 'service' | 'route' | 'test'

const service = getLanguageService({
  schemaRequestService: async (uri: string) => readFileSync(new URL(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path: string, base: string) => new URL(path, base).href },
} as never)
service.configure({ validate: true, hover: true, completion: true, schemas: [], customTags: [] })

// It keeps what it read of a version.
let version = 0

/** As an editor with its YAML plugin sees it, by the schema that the repository ships. */
function open(kind: Kind, text: string) {
  const named = text.replaceAll(/^# yaml-language-server:.*$/gm, '#')
  version += 1
  const schema = pathToFileURL(`${root}schemas/${kind}.schema.json`).href
  return TextDocument.create(
    `file:///project/${kind}.yaml`,
    'yaml',
    version,
    `# yaml-language-server: $schema=${schema}\n${named}`,
  )
}

async function validate(kind: Kind, text: string) {
  const found = await service.doValidation(open(kind, text), false)
  return found.map(({ message, range }) => `${range.start.line}: ${message}`)
}

async function complete(kind: Kind, marked: string) {
  const document = open(kind, marked)
  const offset = document.getText().indexOf('|')
  const text = document.getText().replace('|', '')
  const unmarked = TextDocument.create(document.uri, 'yaml', -version, text)
  const { items } = await service.doComplete(unmarked, unmarked.positionAt(offset), false)
  return items.map(({ label }) => label)
}

function kindOf(file: string): Kind {
  if (file.endsWith('.test.yaml')) return 'test'
  if (/(^|\/)routes\//.test(file)) return 'route'
  if (/\/services\//.test(file)) return 'service'
  return file.endsWith('gateway.yaml') ? 'gateway' : 'dictionary'
}

/** Every file of the language in the repository, those of extensions' examples aside: they need schemas of their own. */
const files = globSync(['{,examples/*/,templates/*/}{config,routes}/**/*.yaml'], { cwd: root })
  .filter((file) => !file.startsWith('examples/extensions/'))
  .sort()

describe('in an editor with a YAML plugin', () => {
  test('there are files to look at', () => expect(files.length).toBeGreaterThan(50))

  test.each(files)('%s has no faults that are none', async (file) => {
    expect(await validate(kindOf(file), readFileSync(root + file, 'utf8'))).toEqual([])
  })

  test('a kind of step that there is not is told at the step, with those that there are', async () => {
    const found = await validate('route', 'match: GET /x\ndo:\n  - invok: a.b\n')
    expect(found).toEqual([expect.stringMatching(/^3: A step has one of .*invoke.*\.$/)])
  })

  test('a slip in a step is told of its own kind, inside any nesting', async () => {
    const text = 'match: GET /x\ndo:\n  - branch:\n      - when: a\n        do: [{ invoke: a.b, tiemout: 1s }]\n'
    expect(await validate('route', text)).toEqual(['5: Property tiemout is not allowed.'])
  })

  test.each<[string, Kind, string, string[]]>([
    ['the kinds of steps', 'route', 'match: GET /x\ndo:\n  - |\n', ['invoke', 'parallel', 'branch', 'forEach']],
    ['the keys of a step', 'route', 'match: GET /x\ndo:\n  - invoke: a.b\n    |\n', ['optional', 'retry', 'with']],
    ['the keys of a file', 'route', 'match: GET /x\n|\n', ['timeout', 'response', 'in']],
    ['values', 'route', 'match: GET /x\npriority: |\n', ['high']],
    ['the keys of an operation', 'service', 'service: a\noperations:\n  b:\n    |\n', ['get', 'out', 'errors']],
    ['the keys of a test', 'test', 'tests:\n  - name: a\n    |\n', ['expect', 'mocks']],
  ])('%s are completed', async (_, kind, text, wanted) => {
    expect(await complete(kind, text)).toEqual(expect.arrayContaining(wanted))
  })
})
