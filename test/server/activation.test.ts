import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { Admission } from '../../src/admission/admission.ts'
import type { CallSite } from '../../src/calls/policy.ts'
import type { Backends } from '../../src/calls/registry.ts'
import type { ServiceTarget } from '../../src/calls/service-target.ts'
import { systemClock } from '../../src/clock.ts'
import { SharedSchemes } from '../../src/identity/open-scheme.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { BuildMemory } from '../../src/plan/memory.ts'
import { runToEnd } from '../../src/plan/work.ts'
import { Activation, type ActiveAggregate } from '../../src/server/lifecycle/activation.ts'
import { ActiveRoutes } from '../../src/server/requests/active-route.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { projectTexts, world } from '../support/project.ts'

const request = { headers: {} } as IncomingMessage

const files = {
  ...world,
  'routes/a':
    'match: GET /a/{city}\nin: { user.id: path.city }\ndo: [ { invoke: user.profile } ]\nresponse: { body: $.user.segment }\n',
  'routes/b': 'match: GET /b\ndo: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }\n',
  'routes/c': 'match: ANY /c/*rest\nproxy: reco\n',
}

/** Backends that only note what is open. */
function noteBackends() {
  const open: string[] = []
  const backends = {
    open(sites: readonly CallSite[], services: readonly ServiceTarget[] = []) {
      const names = [...sites.map(({ route }) => route), ...services.map(({ name }) => name)]
      open.push(...names)
      const release = () => names.forEach((name) => void open.splice(open.indexOf(name), 1))
      return { calls: sites.map(() => async () => ({}) as never), services: services.map(() => ({}) as never), release }
    },
  }
  return { backends: backends as unknown as Backends, open }
}

function setUp() {
  const memory = new BuildMemory()
  const { backends, open } = noteBackends()
  const routes = new ActiveRoutes({
    clock: systemClock,
    admission: new Admission(systemClock),
    schemes: new SharedSchemes(systemClock),
    store: new MemoryStore(1024, () => systemClock.epoch()),
    metrics: createMetrics(),
    backends,
    durable: { end: () => async () => Promise.reject(new Error('none is durable')) },
    pace: (calls) => calls,
  })
  const activate = (changes: Partial<typeof files> = {}, before?: Activation) => {
    const { snapshot } = buildSnapshot(projectTexts({ ...files, ...changes }), memory)
    return runToEnd(Activation.open(snapshot!, routes, before))
  }
  const find = (activation: Activation, path: string) => {
    const found = activation.find(request, 'GET', path)
    if (found.kind !== 'match') throw new Error(`${path} is ${found.kind}`)
    return found.target as ActiveAggregate
  }
  return { open, activate, find, routes }
}

describe('an activation', () => {
  test('takes over the calls of the routes that are as they were, and opens the others', () => {
    const { open, activate, find } = setUp()
    const first = activate()
    expect(open.sort()).toEqual(['a', 'b', 'reco'])
    const second = activate({ 'routes/b': files['routes/b'].replace('$.banner.list', '{ all: $.banner.list }') }, first)
    expect(open.sort()).toEqual(['a', 'b', 'b', 'reco'])
    expect(find(second, '/a/1')).toBe(find(first, '/a/1'))
    expect(find(second, '/b').pipeline).not.toBe(find(first, '/b').pipeline)
    first.leave()
    expect(open.sort()).toEqual(['a', 'b', 'reco'])
    second.leave()
    expect(open).toEqual([])
  })

  test('keeps what a request still uses', () => {
    const { open, activate } = setUp()
    const first = activate()
    first.enter()
    const second = activate({ 'routes/a': 'match: GET /a\nresponse: { body: 1 }\n' }, first)
    first.leave()
    expect(open.sort()).toEqual(['a', 'b', 'reco'])
    first.leave()
    expect(open.sort()).toEqual(['b', 'reco'])
    second.leave()
  })

  test('finds its own routes, where the matches are those of the one before and where they are not', () => {
    const { activate, find } = setUp()
    const first = activate()
    const same = activate({ 'routes/a': files['routes/a'].replace('match', 'summary: new\nmatch') }, first)
    expect(find(first, '/a/1').route.summary).toBeUndefined()
    expect(find(same, '/a/1').route.summary).toBe('new')
    const moved = activate({ 'routes/b': files['routes/b'].replace('/b', '/bee') }, same)
    expect(moved.find(request, 'GET', '/b').kind).toBe('nothing')
    expect(find(moved, '/bee').route.name).toBe('b')
    expect(moved.find(request, 'PUT', '/c/x').kind).toBe('match')
  })

  test('opens nothing for good when it cannot be put to work', () => {
    const { open, activate, routes } = setUp()
    const { snapshot } = activate()
    const broken = {
      ...snapshot,
      routes: [
        ...snapshot.routes,
        {
          ...snapshot.routes[0]!,
          match: { method: 'GET', path: '/*', segments: [{ kind: 'literal' as const, text: '*' }] },
        },
      ],
    }
    expect(() => runToEnd(Activation.open(broken, routes))).toThrow('literal *')
    expect(open.sort()).toEqual(['a', 'b', 'reco'])
  })
})
