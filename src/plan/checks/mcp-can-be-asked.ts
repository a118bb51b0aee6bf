import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import type { Source } from '../../yaml/source.ts'
import type { AuthWorld } from '../access.ts'

/** Who may ask for tools is known, clients can be told whom to ask for a token, and `publicUrl` is said for something. */
export function checkMcpCanBeAsked(
  { mcp, publicUrl }: GatewaySettings,
  { schemes, rule: otherwise, isWhole }: AuthWorld,
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  if (publicUrl !== undefined && !mcp && isWhole && ![...schemes.values()].some(({ kind }) => kind.signsIn)) {
    const help = 'people who sign in (`oidc`) and `mcp` need it'
    diagnostics.add('invalid-value', 'nothing here asks for `publicUrl`', source.locateKey(['publicUrl']), help)
  }
  if (!mcp) return
  const rule = mcp.auth ?? otherwise
  if (rule === 'none') return
  const unknown = mcp.auth && rule.schemes.find((name) => !schemes.has(name))
  if (unknown !== undefined && isWhole) {
    const at = source.locate(['mcp', 'auth'])
    diagnostics.add('unknown-scheme', `there is no scheme \`${unknown}\``, at, didYouMean(unknown, schemes.keys()))
  }
  if (mcp.resource === undefined && publicUrl === undefined) {
    const help = 'say where it is found: `publicUrl`, or `resource` of `mcp`'
    diagnostics.add('missing-key', 'clients are not told what to ask a token for', source.locateKey(['mcp']), help)
  }
}
