import type { RouteMatch } from '../../routes/match.ts'

interface Node {
  readonly literals: Map<string, Node>
  /** What stands for any segment: `{city}`. */
  parameter: { readonly text: string; readonly node: Node } | undefined
  /** `*rest` */
  rest: string | undefined
}

const newNode = (): Node => ({ literals: new Map(), parameter: undefined, rest: undefined })

/**
 * Tells paths that no route takes in the words of the routes, as far as they go: `/users/{id}/*` for `/users/4711/x`. What a
 * client made up is not told: it may be anything, and of any length.
 */
export class KnownPaths {
  readonly #root = newNode()

  constructor(matches: Iterable<Pick<RouteMatch, 'segments'>>) {
    for (const { segments } of matches) this.#add(segments)
  }

  #add(segments: RouteMatch['segments']): void {
    let node = this.#root
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest ??= `*${segment.name}`
        return
      }
      if (segment.kind === 'literal') {
        const next = node.literals.get(segment.text) ?? newNode()
        node.literals.set(segment.text, next)
        node = next
      } else {
        node.parameter ??= { text: `{${segment.name}}`, node: newNode() }
        node = node.parameter.node
      }
    }
  }

  tell(path: string): string {
    if (path === '/') return path
    let node = this.#root
    let told = ''
    for (let at = 0; at >= 0 && at < path.length; ) {
      const end = path.indexOf('/', at + 1)
      const segment = path.slice(at + 1, end < 0 ? undefined : end)
      const literal = node.literals.get(segment)
      if (literal) {
        told += `/${segment}`
        node = literal
      } else if (node.parameter && segment !== '') {
        told += `/${node.parameter.text}`
        node = node.parameter.node
      } else return `${told}/${node.rest ?? '*'}`
      at = end
    }
    return told
  }
}
