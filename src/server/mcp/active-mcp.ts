import { type Browsers, compileBrowsers } from '../../browsers/browsers.ts'
import { corsShape } from '../../browsers/cors-shape.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import { metadataPathOf } from '../../config/mcp.ts'
import type { DescribedTool } from '../../interchange/to-mcp/tools.ts'
import { placesOf, type RouteAccess } from '../../plan/access.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { Pipeline } from '../../run/pipeline.ts'
import type { ActiveRoutes, ActiveUnmatched } from '../requests/active-route.ts'

type McpSettings = NonNullable<GatewaySettings['mcp']>

/** A tool at work. */
export interface ActiveTool extends DescribedTool {
  /** What tells whether somebody may call it. */
  readonly gates: Pipeline
}

/** What pages may set beside what says who asks. */
const headersOfProtocol = ['content-type', 'mcp-protocol-version', 'mcp-session-id']

/** Where models ask for the tools of a snapshot. Tools are described when somebody asks first. */
export class ActiveMcp {
  readonly path: string
  readonly metadataPath: string
  /** What is told at that path; undefined where nobody has to show a token. */
  readonly metadata: object | undefined
  /** What stands before it. */
  readonly entry: ActiveUnmatched
  readonly browsers: Browsers | undefined
  /** Whether the gateway's own limit counts there: then it does not count each call of a tool once more. */
  readonly isCounted: boolean
  /** Whose pages may ask. */
  readonly #origins: ReadonlySet<string>
  readonly #snapshot: Snapshot
  readonly #routes: ActiveRoutes
  #tools: Promise<ReadonlyMap<string, ActiveTool>> | undefined
  #isReleased = false

  constructor(snapshot: Snapshot, { path, resource, origins }: McpSettings, routes: ActiveRoutes) {
    const { settings, toolsAccess: access } = snapshot
    const { publicUrl } = settings
    this.path = path
    this.metadataPath = metadataPathOf(path)
    const url = resource ?? (publicUrl === undefined ? undefined : publicUrl + path)
    this.metadata = access && url !== undefined ? describeResource(url, access) : undefined
    const own = publicUrl === undefined ? [] : [new URL(publicUrl).origin]
    this.#origins = new Set([...own, ...origins])
    const settable = [...headersOfProtocol, ...placesOf(access).flatMap((one) => (one.in === 'header' ? one.name : []))]
    const cors = origins.length > 0 ? corsShape.parse({ origins }) : false
    this.browsers = compileBrowsers({ ...settings, cors }, settable)
    const told = access && this.metadata && { ...access, metadataUrl: metadataUrlOf(url!) }
    this.entry = routes.openUnmatched(snapshot, told ?? access, this.browsers)
    this.isCounted = this.entry.route.admission?.limits.some((one) => one.isByAddress || !access) ?? false
    this.#snapshot = snapshot
    this.#routes = routes
  }

  get paths(): readonly string[] {
    return [this.path, this.metadataPath]
  }

  isOwn(origin: string | undefined): boolean {
    return origin === undefined || this.#origins.has(origin)
  }

  /** By their names. */
  tools(): Promise<ReadonlyMap<string, ActiveTool>> {
    this.#tools ??= import('../../interchange/to-mcp/tools.ts').then(({ describeTools }) => {
      const tools = describeTools(this.#snapshot).map((one) => ({ ...one, gates: this.#routes.openGates(one.route) }))
      if (this.#isReleased) for (const { gates } of tools) gates.release()
      return new Map(tools.map((one) => [one.tool.name, one]))
    })
    return this.#tools
  }

  release(): void {
    this.#isReleased = true
    this.entry.pipeline.release()
    void this.#tools?.then((tools) => {
      for (const { gates } of tools.values()) gates.release()
    })
  }
}

/** RFC 9728 section 2. */
function describeResource(resource: string, { schemes }: RouteAccess): object {
  const issuers = schemes.flatMap(({ kind, settings }) =>
    kind.challenge === 'Bearer' ? ((settings as { issuer?: string }).issuer ?? []) : [],
  )
  return {
    resource,
    ...(issuers.length > 0 && { authorization_servers: [...new Set(issuers)] }),
    bearer_methods_supported: ['header'],
  }
}

function metadataUrlOf(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return origin + metadataPathOf(pathname === '/' ? '' : pathname)
}
