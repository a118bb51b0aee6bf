/** Tessera as a library: a gateway to run or to mount, the pure function that checks and compiles a configuration, and what extensions are made with. */
export * as z from 'zod'
export { bindCondition, bindTemplate } from './binding/bind.ts'
export { findColor } from './binding/reference.ts'
export { colorKey, condition, template, timeSpan } from './binding/scalars.ts'
export { type Position, within } from './binding/shape.ts'
export { steps } from './binding/steps.ts'
export type { CallRequest, CallResponse } from './calls/call.ts'
export type { Layer, OngoingCall, Policy } from './calls/layer.ts'
export type { CallSite, PolicyParts } from './calls/policy.ts'
export { type ReadOptions, readConfig } from './config/read.ts'
export type { ConfigTexts } from './config/texts.ts'
export type { Definition } from './definition.ts'
export type { Diagnostic } from './diagnostics/diagnostic.ts'
export { printDiagnostic } from './diagnostics/print.ts'
export type { Balancer, BalancerOptions, Candidate, Weighted } from './endpoints/balancers/balancer.ts'
export type { Search } from './endpoints/discovery/discovery.ts'
export { GatewayError } from './errors.ts'
export { compileColorWriter } from './expressions/color.ts'
export type { Document } from './expressions/document.ts'
export type { OperatorParser, Reader, Template } from './expressions/template.ts'
export { spend } from './expressions/work.ts'
export { Body } from './json/body.ts'
export { buildSnapshot } from './plan/build.ts'
export { type BalancerDefinition, defineBalancer } from './plan/extensions/kinds/balancer.ts'
export { type DiscoveryDefinition, defineDiscovery } from './plan/extensions/kinds/discovery.ts'
export { defineFunction, type FunctionDefinition } from './plan/extensions/kinds/function.ts'
export { defineOperator, type OperatorDefinition } from './plan/extensions/kinds/operator.ts'
export { definePolicy } from './plan/extensions/kinds/policy.ts'
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
