import type { BoundTemplate } from '../binding/bind.ts'
import type { BoundHeader } from '../binding/headers.ts'
import type { Read, Reference, Write } from '../binding/reference.ts'
import { within } from '../binding/shape.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import { compileOutputs } from '../operations/outputs.ts'
import { bindSentHeaders, type DeclaredHeaders, withHeaders } from '../operations/sent-headers.ts'
import { bindCompensation } from './invoke/compensate.ts'
import { bindFallbacks } from './invoke/fallback.ts'
import { compileInvoke } from './invoke/run.ts'
import { createInvokeShape, type InvokeConfig, invokeShape } from './invoke/shape.ts'
import { buildSite, expectBody, keepBytes, leaveUnread, resolveAround } from './invoke/site.ts'
import { bindOut, type Taking, takeAsGiven } from './out.ts'
import { bindOverrides } from './overrides.ts'
import type { ServiceOperation } from './service-operation.ts'
import { type Binder, defineStep, type ParsedStep, type StepKind } from './step.ts'
import type { BoundFallback, StepCall } from './step-call.ts'

/** Calls an operation of a backend: its inputs wire themselves from the colors, its outputs become colors. */
export const invoke = defineStep({
  kind: 'invoke',
  category: 'activity',
  summary: 'Calls an operation of a service; colors wire its inputs and outputs.',
  example: '- { invoke: reco.recommend, timeout: 200ms, fallback: { lastGood: 10m } }',
  shape: invokeShape,
  bind(step, binder) {
    const called = findOperation(step, binder)
    if (!called) return { incomplete: true, compile: () => () => {} }
    const { config, position } = step
    const inherited = called.inherited(config.use, position, binder)
    const sent = bindSentHeaders([...inherited.headers, ...ownHeaders(step)], binder)
    const operation = withHeaders(called.operation, sent, position, binder)
    const found = { ...called, operation }
    const name = binder.nameCall(step as ParsedStep, operation.name)
    const { service } = operation
    const title = `${service.name}.${operation.name}`
    const overrides = bindOverrides(config.with ?? {}, colorsTaken(operation), title, position, binder)
    // What its fallbacks give is known only when they are bound.
    const taking: Taking = { isTaken: config.out !== undefined, take: takeAsGiven }
    const fallbacks = bindFallbacks(step, found, { name, taking }, binder)
    const out = config.out && bindOut(config.out, position, colorsGiven(operation, fallbacks), binder)
    if (out) taking.take = out.take
    const lenient = config.optional || fallbacks.length > 0
    const isProvidedFor = lenient || binder.isGuarded
    const parts = {
      name,
      other: found,
      policies: config,
      inherited: inherited.policies,
      position,
      overrides,
      fallbacks,
      isProvidedFor,
    }
    const policies = resolveAround(parts, binder)
    const site = buildSite({ ...parts, resolved: policies }, binder)
    const index = binder.addCallSite(site)
    const compensation = bindCompensation(config.compensate, name, position, binder)
    const { writes, mayLeaveOut } = stepWrites(step, out?.taken ?? outputsOf(step, operation), fallbacks)
    const applyOutputs = compileOutputs(operation)
    const call: StepCall = {
      operation,
      site,
      ownTimeout: findOwnTimeout(step),
      optional: config.optional,
      overrides,
      taken: out?.taken,
      ...(compensation && { compensation }),
      fallbacks,
      policies,
    }
    const record = name.slice(binder.stepPrefix?.length ?? 0)
    return {
      name,
      ...(record !== name && { record }),
      caption: {
        title,
        lines: [operation.template, ...(compensation ? [`undone by ${config.compensate!.invoke}`] : [])],
      },
      reads: [
        ...inputReads(step, found, overrides, { lenient, isProvidedFor, prefix: binder.stepPrefix, sent }),
        ...fallbacks.flatMap((fallback) => fallback.reads),
        ...(out?.reads ?? []),
        ...(compensation?.reads ?? []),
      ],
      writes,
      ...(out && { derives: out.taken }),
      mayLeaveOut,
      incomplete: !operation.isWhole,
      call,
      compile(compiler) {
        if (compiler.keepsBytes(call)) keepBytes(site, operation)
        if (compiler.namesMember(name, 'body')) expectBody(site, operation)
        else if (compiler.namesMember(name, 'raw') && !compiler.recordsStep(name, 'body')) leaveUnread(site, operation)
        const run = compileInvoke({
          name,
          record,
          index,
          counts: !compiler.isCountedOutside(call),
          optional: config.optional,
          recorded: compiler.recordsStep(name),
          recordsHeaders: compiler.recordsStep(name, 'headers'),
          recordsRaw: compiler.namesMember(name, 'raw'),
          recordsFailure: compiler.namesMember(name, 'failure'),
          applyOutputs: out
            ? (document, response) => out.take(document, (given) => applyOutputs(given, response))
            : applyOutputs,
        })
        return compensation && compiler.recordedAs !== undefined ? compensation.compile(name, run) : run
      },
    }
  },
})

/** The same by the policies that there are. */
export function createInvoke(kinds: PolicyKinds): StepKind<InvokeConfig> {
  return { ...invoke, shape: createInvokeShape(kinds) }
}

function findOperation(step: ParsedStep<InvokeConfig>, binder: Binder): ServiceOperation | undefined {
  const { invoke: target } = step.config
  const position = within(step.position, 'invoke')
  if (typeof target === 'string') return binder.operation(target, position)
  const { service, ...definition } = target
  return binder.inlineOperation(service, step.id ?? service, definition, position)
}

/** `headers` of the step itself. */
function ownHeaders({ config, position }: ParsedStep<InvokeConfig>): DeclaredHeaders[] {
  return config.headers ? [{ value: config.headers, position: within(position, 'headers'), by: 'step' }] : []
}

/** A timeout that the step sets itself, beside its operation or in the one it writes in place. */
function findOwnTimeout({ config, position }: ParsedStep<InvokeConfig>): StepCall['ownTimeout'] {
  const inline = typeof config.invoke === 'string' ? undefined : config.invoke.timeout
  const ms = config.timeout ?? inline
  if (!ms) return undefined
  const path = config.timeout === undefined ? ['invoke', 'timeout'] : ['timeout']
  return { ms, at: position.source.locate([...position.path, ...path]) }
}

/** The colors that an operation takes: where its parts go, and what its headers and body read. */
function colorsTaken(operation: BoundOperation): Set<string> {
  const read = operation.reads.flatMap(({ reference }) => (reference.kind === 'color' ? [reference.color] : []))
  return new Set([...operation.inputs.map((input) => input.color), ...read])
}

/** What a call reads, told at the step: of an operation of the catalogue, the file of its service is not where to look. */
function inputReads(
  step: ParsedStep<InvokeConfig>,
  { operation }: ServiceOperation,
  overrides: ReadonlyMap<string, BoundTemplate>,
  {
    lenient,
    isProvidedFor,
    prefix = '',
    sent,
  }: {
    readonly lenient: boolean
    readonly isProvidedFor: boolean
    readonly prefix: string | undefined
    readonly sent: readonly BoundHeader[]
  },
): Read[] {
  const at = step.position.source.locate([...step.position.path, 'invoke'])
  const inline = typeof step.config.invoke !== 'string'
  const told = new Set(sent.flatMap(({ value }) => value.reads))
  const inputs = operation.inputs.map((input): Read => {
    const demand = input.optional ? 'guarded' : lenient ? 'tolerated' : 'required'
    return { reference: { kind: 'color', color: input.color, rest: [] }, at: input.at, demand }
  })
  const own = [...inputs, ...operation.reads].filter(
    ({ reference }) => reference.kind !== 'color' || !overrides.has(reference.color),
  )
  const wired = [...own, ...(operation.service.reads ?? [])]
  const placed = inline
    ? wired
    : wired.map((read) => (told.has(read) ? read : { ...read, reference: readHere(read, prefix), at }))
  const reads = [...placed, ...[...overrides.values()].flatMap((override) => override.reads)]
  // Where a failure of the call is cared for, so is one of rendering it.
  return isProvidedFor ? reads.map((read) => (read.needed ? { ...read, needed: false } : read)) : reads
}

/** An operation of the catalogue names calls as they are called where it stands. */
function readHere({ reference }: Read, prefix: string): Reference {
  return reference.kind === 'step' && reference.id !== undefined
    ? { ...reference, id: `${prefix}${reference.id}` }
    : reference
}

/** What the operation gives. */
function outputsOf({ config, position }: ParsedStep<InvokeConfig>, { outputs }: BoundOperation): Write[] {
  const at = position.source.locate([...position.path, 'invoke'])
  const inline = typeof config.invoke !== 'string'
  return outputs.map((output) => ({ color: output.color, at: inline ? output.at : at }))
}

/** All that a call may give, whoever answers it. */
function colorsGiven({ outputs }: BoundOperation, fallbacks: readonly BoundFallback[]): Set<string> {
  return new Set([...outputs.map(({ color }) => color), ...fallbacks.flatMap(({ gives = [] }) => gives)])
}

/** What the step takes, and what a fallback that writes for itself gives or leaves out. */
function stepWrites(
  { config }: ParsedStep<InvokeConfig>,
  taken: readonly Write[],
  fallbacks: readonly BoundFallback[],
): { writes: Write[]; mayLeaveOut: Set<string> } {
  const writes = [...taken]
  const mayLeaveOut = new Set(config.optional ? writes.map((write) => write.color) : [])
  for (const own of fallbacks.flatMap((fallback) => fallback.writes ?? [])) {
    if (writes.some((write) => write.color === own.color)) continue
    writes.push(own)
    mayLeaveOut.add(own.color)
  }
  return { writes, mayLeaveOut }
}
