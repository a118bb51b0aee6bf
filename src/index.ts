/** Tessera as a library: a gateway to run or to mount, the pure function that checks and compiles a configuration, and what extensions are made with. */
export * as z from 'zod'
export type { Balancer, BalancerOptions, Candidate, Weighted } from './backends/balancers/balancer.ts'
export type { Search } from './backends/discovery/discovery.ts'
export { type ConfigTexts, type ReadOptions, readConfig } from './config/read.ts'
export type { Definition } from './definition.ts'
export type { Diagnostic } from './diagnostics/diagnostic.ts'
export { printDiagnostic } from './diagnostics/print.ts'
export { GatewayError } from './errors.ts'
export { bindCondition, bindTemplate } from './language/bind.ts'
export { findColor } from './language/reference.ts'
export { colorKey, condition, template, timeSpan } from './language/scalars.ts'
export { type Place, within } from './language/shape.ts'
export { steps } from './language/steps.ts'
export { buildSnapshot } from './plan/build.ts'
export { type BalancerDefinition, defineBalancer } from './plan/extensions/kinds/balancer.ts'
export { type DiscoveryDefinition, defineDiscovery } from './plan/extensions/kinds/discovery.ts'
export { defineFunction, type FunctionDefinition } from './plan/extensions/kinds/function.ts'
export { defineOperator, type OperatorDefinition } from './plan/extensions/kinds/operator.ts'
export { defineStep } from './plan/extensions/kinds/step.ts'
export type { LoadResult, Snapshot } from './plan/snapshot.ts'
export {
  ConfigurationError,
  createGateway,
  type Gateway,
  type GatewayOptions,
  type ReloadResult,
  type RequestEntry,
} from './server/gateway.ts'
export type { Context } from './steps/context.ts'
export type { Binder, ParsedStep, StepBinding } from './steps/step.ts'
export type { Logger } from './telemetry/logger.ts'
export { compileColorWriter } from './values/color.ts'
export type { Document } from './values/document.ts'
export type { OperatorParser, Reader, Template } from './values/template.ts'
export { spend } from './values/work.ts'
