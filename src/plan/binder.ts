import { bindCondition } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { CallSite } from '../calls/policy.ts'
import { listNames, suggest } from '../diagnostics/suggest.ts'
import type { OperationDefinition } from '../operations/operation.ts'
import type { ServiceOperation } from '../steps/service-operation.ts'
import type { Binder, BlockExtras, BoundBlock, BoundPart, BoundStep, ParsedBlock, ParsedStep } from '../steps/step.ts'
import { bindPart } from './bind-part.ts'
import { CallNames } from './call-names.ts'
import type { Catalogue, CatalogueService } from './catalogue.ts'
import { findPart, type Parts } from './parts.ts'

/** Parts that run in a route, those inside others included: they may double in each. */
const mostParts = 200

interface BinderOptions {
  readonly priorityOf?: CallSite['priorityOf']
  readonly keepsWholeAnswers?: boolean
  readonly parts: Parts
  /** The part that is bound by itself, in no route. */
  readonly standing?: string
  /** What a part has of the route that it runs in. */
  readonly inside?: {
    readonly running: readonly string[]
    readonly runs: { left: number }
    readonly isGuarded: boolean
    readonly stepPrefix: string
    readonly repeatedIn: string | undefined
    readonly callSites: CallSite[]
  }
}

/** Binds the steps of one route: what each reads, writes and calls is resolved, its faults are reported. */
export class RouteBinder implements Binder {
  readonly route: string
  readonly priorityOf: CallSite['priorityOf']
  readonly keepsWholeAnswers: boolean
  readonly colors: Language['colors']
  readonly types: Language['types']
  readonly operators: Language['operators']
  readonly diagnostics: Language['diagnostics']
  readonly mention: Language['mention']
  readonly usedNames: Language['usedNames']
  readonly trustsNoProxy: boolean
  readonly saysCors: Language['saysCors']
  readonly fillsClaims: boolean
  readonly #catalogue: Catalogue
  readonly #names = new CallNames()
  readonly #parts: Parts
  /** The parts that run around the step that is bound, outermost first. */
  readonly #running: readonly string[]
  readonly #runs: { left: number }
  #guards: number
  readonly stepPrefix: string
  repeatedIn: string | undefined
  owner: Language['owner'] = undefined
  /** Every place that calls a backend; compiled steps know theirs by index. */
  readonly callSites: CallSite[]
  /** True when a step could not be read, so that what it would have produced is not known. */
  incomplete = false

  constructor(route: string, catalogue: Catalogue, language: Language, options: BinderOptions) {
    const { priorityOf, keepsWholeAnswers = false, parts, standing, inside } = options
    this.route = route
    this.#parts = parts
    this.#running = inside?.running ?? (standing === undefined ? [] : [standing])
    this.#runs = inside?.runs ?? { left: mostParts }
    this.#guards = inside?.isGuarded ? 1 : 0
    this.stepPrefix = inside?.stepPrefix ?? ''
    this.repeatedIn = inside?.repeatedIn
    this.callSites = inside?.callSites ?? []
    this.priorityOf = priorityOf
    this.keepsWholeAnswers = keepsWholeAnswers
    this.colors = language.colors
    this.types = language.types
    this.operators = language.operators
    this.diagnostics = language.diagnostics
    this.mention = language.mention
    this.usedNames = language.usedNames
    this.trustsNoProxy = language.trustsNoProxy ?? false
    this.saysCors = language.saysCors
    this.fillsClaims = language.fillsClaims ?? false
    this.#catalogue = catalogue
  }

  operation(reference: string, position: Position): ServiceOperation | undefined {
    const [serviceName = '', operationName, ...more] = reference.split('.')
    if (operationName === undefined || more.length > 0) {
      const owners = [...this.#catalogue.values()].filter(({ operations }) => operations.has(reference))
      const help = owners.map(({ info }) => `\`${info.name}.${reference}\``).join(' or ')
      const at = position.source.locate(position.path)
      const message = `\`${reference}\` names no operation, which is written service.operation`
      this.diagnostics.add('unknown-operation', message, at, help && `did you mean ${help}?`)
      return owners.length === 1 ? owners[0]!.operations.get(reference) : undefined
    }
    const service = this.#service(serviceName, position)
    if (!service) return undefined
    const found = service.operations.get(operationName)
    if (found) {
      const at = position.source.locate(position.path)
      this.mention?.({ kind: 'operation', name: reference, at })
    }
    if (found || service.unread.has(operationName)) return found
    const at = position.source.locateInside(position.path, serviceName.length + 1, operationName.length)
    const isTold = !this.diagnostics.isFull(at.file)
    const near = isTold ? suggest(operationName, service.operations.keys()) : undefined
    const help = near ? `did you mean \`${near}\`?` : `it has ${listNames(service.operations.keys())}`
    this.diagnostics.add(
      'unknown-operation',
      `\`${service.info.name}\` has no operation \`${operationName}\``,
      at,
      help,
    )
    // Going on with the one that was meant keeps what depends on it from being reported too.
    return near === undefined ? undefined : service.operations.get(near)
  }

  #service(name: string, position: Position): CatalogueService | undefined {
    const found = this.#catalogue.get(name)
    if (found || !this.#catalogue.isWhole) return found
    const at = position.source.locateInside(position.path, 0, name.length)
    const isTold = !this.diagnostics.isFull(at.file)
    const near = isTold ? suggest(name, this.#catalogue.keys()) : undefined
    const help = near === undefined ? `there are ${listNames(this.#catalogue.keys())}` : `did you mean \`${near}\`?`
    this.diagnostics.add('unknown-service', `there is no service \`${name}\``, at, help)
    return near === undefined ? undefined : this.#catalogue.get(near)
  }

  inlineOperation(
    service: string,
    name: string,
    definition: OperationDefinition,
    position: Position,
  ): ServiceOperation | undefined {
    return this.#service(service, within(position, 'service'))?.bindInline(name, definition, position, this)
  }

  block(block: ParsedBlock, extras: BlockExtras = {}): BoundBlock {
    const { source, path } = block.position
    return { order: block.order, steps: block.steps.map((step) => this.step(step)), at: source.locate(path), ...extras }
  }

  part(reference: string, name: string, position: Position, isGuarded: boolean): BoundPart | undefined {
    const parsed = findPart(reference, this.#parts, position, this.diagnostics)
    if (!parsed) return undefined
    const at = position.source.locate(position.path)
    const running = [...this.#running, parsed.name]
    if (this.#running.includes(parsed.name)) {
      this.diagnostics.add('part-in-circle', `a part cannot run in itself: ${running.join(' → ')}`, at)
      return undefined
    }
    if (this.#runs.left === 0) {
      this.diagnostics.add(
        'part-in-circle',
        `a route runs no more than ${mostParts} parts, those inside others included`,
        at,
      )
      return undefined
    }
    this.#runs.left -= 1
    const binder = new RouteBinder(this.route, this.#catalogue, this, {
      priorityOf: this.priorityOf,
      keepsWholeAnswers: this.keepsWholeAnswers,
      parts: this.#parts,
      inside: {
        running,
        runs: this.#runs,
        isGuarded: isGuarded || this.isGuarded,
        stepPrefix: `${name}/`,
        repeatedIn: this.repeatedIn === undefined ? undefined : parsed.position.source.path,
        callSites: this.callSites,
      },
    })
    const part = bindPart(parsed, binder)
    this.incomplete ||= binder.incomplete
    return part
  }

  guardedBlock(block: ParsedBlock): BoundBlock {
    this.#guards += 1
    const bound = this.block(block)
    this.#guards -= 1
    return bound
  }

  repeatedBlock(block: ParsedBlock, extras?: BlockExtras): BoundBlock {
    const outer = this.repeatedIn
    this.repeatedIn = block.position.source.path
    const bound = this.block(block, extras)
    this.repeatedIn = outer
    return bound
  }

  get isGuarded(): boolean {
    return this.#guards > 0
  }

  step(step: ParsedStep): BoundStep {
    const { kind, position } = step
    const outer = this.owner
    const owner = { name: step.id ?? kind.kind }
    this.owner = owner
    const condition = step.when === undefined ? undefined : bindCondition(step.when, within(position, 'when'), this)
    const binding = kind.bind(step, this)
    this.owner = outer
    owner.name = binding.name ?? owner.name
    const incomplete = binding.incomplete || condition?.isFaulty || !step.isWhole
    this.incomplete ||= incomplete
    return {
      ...binding,
      incomplete,
      kind: kind.kind,
      name: binding.name ?? `${this.stepPrefix}${step.id ?? `${kind.kind}@${position.path.join('.')}`}`,
      at: position.source.locateKey([...position.path, kind.kind]),
      condition,
    }
  }

  nameCall(step: ParsedStep, operation: string): string {
    const { path, source } = step.position
    const explicit = step.id !== undefined
    const base = step.id ?? operation
    const isTwice = explicit && this.#names.isWritten(base, path)
    if (isTwice)
      this.diagnostics.add('duplicate-name', `another step has the id \`${base}\``, source.locate([...path, 'id']))
    const name = isTwice ? base : this.#names.findFree(base, path)
    this.#names.take(name, path, explicit)
    return `${this.stepPrefix}${name}`
  }

  addCallSite(site: CallSite): number {
    return this.callSites.push(site) - 1
  }
}
