import type { ListenSettings } from '../config/listen.ts'
import { padToWidth, screenWidth } from '../diagnostics/screen-width.ts'
import type { Route, Snapshot } from '../plan/snapshot.ts'
import type { RunningDemo } from './demo-backends.ts'
import { printMs } from './figures.ts'
import type { Paint } from './terminal.ts'

/** What `dev` says when it is ready. */
export interface Start {
  readonly version: string
  readonly snapshot: Snapshot
  readonly config: string
  readonly port: number
  readonly adminPort: number | undefined
  readonly demo: RunningDemo | undefined
  readonly ms: number
}

const schemeOf = ({ tls }: Pick<ListenSettings, 'tls'>) => (tls ? 'https' : 'http')

/** Where everything listens, which routes there are, and what to try. */
export function drawBanner(start: Start, paint: Paint): string {
  const { snapshot, port, adminPort, demo } = start
  const { admin, listen } = snapshot.settings
  const facts = [
    ['gateway', paint.cyan(`${schemeOf(listen[0]!)}://localhost:${port}`)],
    ...(adminPort === undefined
      ? []
      : [['console', paint.cyan(`${schemeOf(admin.listen)}://127.0.0.1:${adminPort}/console`)]]),
    ...(demo ? [['backends', `${demo.services.map(({ name }) => name).join(' ')} ${paint.dim('(the demo’s)')}`]] : []),
    ['config', `${start.config} ${paint.dim(`(version ${snapshot.version}; an edit is live at once)`)}`],
  ]
  return [
    `${paint.bold(`Tessera ${start.version}`)} is ready ${paint.dim(`in ${printMs(start.ms)}`)}`,
    ...facts.map(([name, value]) => `  ${name!.padEnd(10)}${value}`),
    '',
    ...drawRoutes(snapshot.routes, paint),
    '',
    paint.bold('Try'),
    ...drawSuggestions(start, paint),
    '',
  ].join('\n')
}

function drawRoutes(routes: readonly Route[], paint: Paint): string[] {
  const widest = Math.max(0, ...routes.map(({ match }) => screenWidth(match.path)))
  const title = paint.bold(routes.length === 1 ? '1 route' : `${routes.length} routes`)
  return [
    title,
    ...routes.map((route) => {
      const { match, name, summary } = route
      const target = route.kind === 'passthrough' ? ` → ${route.service.name}` : ''
      const about = summary === undefined ? '' : `  ${summary}`
      return `  ${match.method.padEnd(6)} ${padToWidth(match.path, widest)}  ${paint.dim(`${name}${target}${about}`)}`
    }),
  ]
}

function drawSuggestions(start: Start, paint: Paint): string[] {
  const suggestions = suggest(start)
  const widest = Math.max(...suggestions.map(([line]) => line.length))
  return suggestions.map(([line, purpose]) => `  ${line.padEnd(widest)}  ${paint.dim(purpose)}`)
}

function suggest({ snapshot, port, demo }: Start): (readonly [line: string, purpose: string])[] {
  const page = findPage(snapshot.routes)
  const ofPeople = snapshot.routes.find(({ match, access }) => match.method === 'GET' && isForPeople(access))
  const [listener] = snapshot.settings.listen
  const site = snapshot.settings.publicUrl ?? `${schemeOf(listener!)}://localhost:${port}`
  const curl = listener!.tls ? 'curl -k https://' : 'curl '
  return [
    ...(page === undefined ? [] : [[`${curl}localhost:${port}${page}`, 'one answer from many backends'] as const]),
    ...(ofPeople?.match.segments.every(({ kind }) => kind === 'literal')
      ? [[`${site}${ofPeople.match.path}`, 'in a browser: sign in, and see what is yours'] as const]
      : []),
    ...(demo?.troubleCommand
      ? ([
          [`${demo.troubleCommand} reco status 500`, 'break a backend, and ask again'],
          [`${demo.troubleCommand} all none`, 'heal them all'],
        ] as const)
      : []),
    ['Ctrl-C', 'end everything'],
  ]
}

function isForPeople(access: Route['access']): boolean {
  return access?.schemes.some(({ kind }) => kind.signsIn) ?? false
}

/** A page that can be asked for as it is: the homepage if there is one, else the first whose parameters have examples. */
function findPage(routes: readonly Route[]): string | undefined {
  const pages = routes.filter(({ match }) => match.method === 'GET').flatMap((route) => fillPath(route) ?? [])
  return pages.find((page) => page.endsWith('/home')) ?? pages[0]
}

/** A route's path with an example for each parameter: the first of the color that it goes to. */
function fillPath(route: Route): string | undefined {
  const examples = new Map<string, unknown>()
  if (route.kind === 'aggregate') {
    for (const { locator, schema } of route.bound.inputs) {
      if (locator.in === 'path') examples.set(locator.name, (schema['examples'] as unknown[] | undefined)?.[0])
    }
  }
  const filled = route.match.segments.map((segment) => {
    if (segment.kind === 'literal') return segment.text
    const example = examples.get(segment.name)
    return example === undefined ? undefined : encodeURIComponent(String(example))
  })
  return filled.includes(undefined) ? undefined : `/${filled.join('/')}`
}
