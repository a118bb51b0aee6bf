import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { metersOf } from '../src/calls/policy-events.ts'
import { exitCodes, loadCommands } from '../src/cli/index.ts'
import { readConfig } from '../src/config/read.ts'
import { buildGraph } from '../src/describe/graph/build.ts'
import { graphFormats } from '../src/describe/graph/formats.ts'
import { fileKinds, jsonSchemaOf, jsonSchemaOfFile, type Schema } from '../src/describe/json-schema.ts'
import { renderCodePages } from '../src/describe/pages/markdown.ts'
import { policyKinds } from '../src/operations/policies/index.ts'
import { buildSnapshot } from '../src/plan/build.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { testFileShape } from '../src/testing/shape.ts'
import { renderCel } from './reference/pages/cel.ts'
import { renderCli } from './reference/pages/cli.ts'
import { renderErrors } from './reference/pages/errors.ts'
import { type FilePage, renderFilePage, renderServicePage, renderTestPage } from './reference/pages/files.ts'
import { renderIndex } from './reference/pages/index.ts'
import { renderMetrics } from './reference/pages/metrics.ts'
import { renderPolicies } from './reference/pages/policies.ts'
import { renderRuns } from './reference/pages/runs.ts'
import { renderSteps } from './reference/pages/steps.ts'
import { renderTemplates } from './reference/pages/templates.ts'
import { drawRunStates } from './reference/run-states-picture.ts'

const codePages = renderCodePages()

/** Every file that is generated from the definitions of the language, by its path in the repository. */
export async function generateFiles(): Promise<Map<string, string>> {
  return new Map([
    ...generateSchemas(),
    ...(await generatePages()),
    ...generateCodePages(),
    await drawHomepage(),
    drawRuns(),
  ])
}

const testSchema = jsonSchemaOfFile('test', testFileShape)

/** The editor's JSON Schemas. */
function generateSchemas(): [path: string, text: string][] {
  const schemas = [...fileKinds.map((kind) => [kind, jsonSchemaOf(kind)] as const), ['test', testSchema] as const]
  return schemas.map(([kind, schema]) => [`schemas/${kind}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`])
}

/** The pages of docs/reference/ itself. */
async function generatePages(): Promise<[path: string, text: string][]> {
  const serviceSchema = jsonSchemaOf('service')
  const pages: [name: string, text: string][] = [
    ['gateway', renderFilePage(describeFile('The gateway', 'config/gateway.yaml', jsonSchemaOf('gateway')))],
    [
      'dictionary',
      renderFilePage(describeFile('The dictionary', 'config/dictionary.yaml', jsonSchemaOf('dictionary'))),
    ],
    ['service', renderServicePage(describeFile('A service', 'config/services/greeter.yaml', serviceSchema))],
    ['route', renderFilePage(describeFile('A route', 'routes/hello.yaml', jsonSchemaOf('route')))],
    ['steps', renderSteps()],
    ['templates', renderTemplates()],
    ['cel', renderCel()],
    ['policies', renderPolicies()],
    ['errors', renderErrors()],
    ['runs', renderRuns()],
    ['test', renderTestPage(describeFile('Tests of a route', 'routes/hello.test.yaml', testSchema))],
    ['cli', renderCli(await loadCommands(), exitCodes)],
    ['metrics', renderMetrics(await createMetrics(metersOf(policyKinds)).describe())],
  ]
  const index = renderIndex([...pages, ['diagnostics/README', codePages.get('README.md')!]])
  const named = [['README', index] as const, ...pages]
  return named.map(([name, text]) => [`docs/reference/${name}.md`, text])
}

/** The pages of docs/reference/diagnostics/. */
function generateCodePages(): [path: string, text: string][] {
  return [...codePages].map(([name, text]) => [`docs/reference/diagnostics/${name}`, text])
}

/** The picture in README.md. */
async function drawHomepage(): Promise<[path: string, text: string]> {
  const base = fileURLToPath(new URL('../', import.meta.url))
  const { texts } = await readConfig({ config: 'config/gateway.yaml', env: {}, base })
  const { snapshot } = buildSnapshot(texts)
  const home = snapshot?.routes.find((route) => route.kind === 'aggregate' && route.name === 'mobile-home')
  if (!snapshot || !home) throw new Error('the demo has no mobile-home')
  return ['docs/images/mobile-home.svg', graphFormats.svg(buildGraph(home, snapshot))]
}

/** The picture in docs/reference/runs.md. */
function drawRuns(): [path: string, text: string] {
  return ['docs/images/run-states.svg', drawRunStates()]
}

const places: Readonly<Record<string, string>> = {
  'config/services/greeter.yaml': 'config/services/*.yaml',
  'routes/hello.yaml': 'routes/**/*.yaml',
  'routes/hello.test.yaml': 'routes/**/NAME.test.yaml',
}

/** The example is the file that `tessera init` writes. */
function describeFile(title: string, file: string, schema: Schema): FilePage {
  const example = readFileSync(new URL(`../templates/init/${file}`, import.meta.url), 'utf8')
  return { title, place: `\`${places[file] ?? file}\``, schema, example }
}
