import type { DemoService, Handler } from './service.ts'

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly handler: Handler
}

export interface Match {
  readonly handler: Handler
  readonly params: Record<string, string>
}

/** Finds the handler of a request. The first route that fits wins, so literal paths stand before `{param}` ones. */
export function createRouter(service: DemoService): (method: string, path: string) => Match | undefined {
  const prefixes = ['', ...(service.prefixes ?? [])]
  const routes = Object.entries(service.routes).flatMap(([pattern, handler]) => {
    const [method, path] = pattern.split(' ') as [string, string]
    return prefixes.map((prefix): Route => ({ method, segments: `${prefix}${path}`.split('/'), handler }))
  })
  return (method, path) => {
    const segments = path.split('/')
    for (const route of routes) {
      const params = route.method === method ? matchSegments(route.segments, segments) : undefined
      if (params) return { handler: route.handler, params }
    }
    return undefined
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index]!
    if (part.startsWith('{')) {
      if (segment === '') return undefined
      params[part.slice(1, -1)] = decodeURIComponent(segment)
    } else if (part !== segment) return undefined
  }
  return params
}
