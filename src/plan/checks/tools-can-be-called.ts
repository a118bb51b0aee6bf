import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { World } from '../world.ts'
import type { RouteClaim } from './routes-are-distinct.ts'

/** Who offers tools has some. */
export function checkToolsAreThere(
  claims: readonly RouteClaim[],
  { settings, gateway }: Pick<World, 'settings' | 'gateway'>,
  diagnostics: DiagnosticCollector,
): void {
  if (!settings.mcp || !gateway || claims.some(({ tool }) => tool)) return
  const help = 'say of a route what it is to models: `tool: true`'
  diagnostics.add('invalid-value', 'there are no tools to offer', gateway.locateKey(['mcp']), help)
}

/** A route that is a tool says what for, and the gateway's file offers tools. */
export function checkToolsCanBeCalled(
  claims: readonly RouteClaim[],
  { mcp }: Pick<GatewaySettings, 'mcp'>,
  diagnostics: DiagnosticCollector,
): void {
  for (const { tool } of claims) {
    if (!tool) continue
    if (!mcp) {
      const help = 'say `mcp: true` in the gateway’s file'
      diagnostics.add('invalid-value', 'nobody is offered tools', tool.at, help)
    } else if (!tool.isDescribed) {
      const help = 'give the route a `summary`, or the tool a `description`'
      diagnostics.add('missing-key', 'nobody tells models what this tool does', tool.at, help)
    } else if (!tool.takesJson) {
      diagnostics.add('invalid-value', 'a model gives JSON, which `decode` does not list', tool.at)
    }
  }
}
