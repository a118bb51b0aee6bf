import { printLocator } from '../../operations/locator.ts'
import { type ResolvedPolicy, resolvePolicies } from '../../operations/policies/resolve.ts'
import type { ServiceOperation } from '../../steps/service-operation.ts'

/** An operation: what it asks, takes and gives, and what stands around its calls. */
export function tellOperation({ operation, policies, policyKinds }: ServiceOperation): string {
  const { service, name, template, definition, inputs, outputs, errorNames } = operation
  const takes = inputs.map(
    ({ color, optional, locator }) => `\`${color}${optional ? '?' : ''}\` ${printLocator(locator)}`,
  )
  const gives = outputs.map(({ color, locator }) => `\`${color}\` ${printLocator(locator)}`)
  const fails = [...errorNames].map(([status, code]) => `${status} \`${code}\``)
  const around = resolvePolicies(policyKinds, policies, operation).flatMap(tellPolicy)
  return [
    `**${service.name}.${name}** \`${template}\``,
    definition.summary,
    takes.length > 0 && `takes ${takes.join(', ')}`,
    gives.length > 0 && `gives ${gives.join(', ')}`,
    fails.length > 0 && `fails with ${fails.join(', ')}`,
    around.length > 0 && around.join('  \n'),
  ]
    .filter((line) => typeof line === 'string')
    .join('\n\n')
}

function tellPolicy({ kind, config, origin }: ResolvedPolicy): string[] {
  return config === undefined ? [] : [`${kind.name}: ${kind.caption(config)} (${origin.by})`]
}
