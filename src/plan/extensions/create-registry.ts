import { explainIssue } from '../../binding/explain-issue.ts'
import type { ExtensionModule } from '../../config/extensions/extension-module.ts'
import type { DiscoverShape } from '../../config/service/discover.ts'
import { createServiceShape } from '../../config/service.ts'
import type { ConfigTexts } from '../../config/texts.ts'
import { type Definition, definitionOf } from '../../definition.ts'
import { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Diagnostic, Location } from '../../diagnostics/diagnostic.ts'
import { createInvoke } from '../../steps/invoke.ts'
import type { StepKind } from '../../steps/step.ts'
import { extensionKinds } from './kinds/index.ts'
import type { ExtensionKind, RegistryDraft } from './kinds/kind.ts'
import type { Origin } from './origin.ts'
import { placeInModule, placeOfName } from './place-in-module.ts'
import { builtIn, type Registry } from './registry.ts'

/**
 * What is built in and what extensions add. Every fault of an extension is reported, and what is faulty left out.
 * @param isWhole false when there are modules that could not be read
 */
export function createRegistry(
  { extensions: modules = [], gateway }: Pick<ConfigTexts, 'extensions' | 'gateway'>,
  isWhole: boolean,
  diagnostics: DiagnosticCollector,
): Registry {
  if (modules.length === 0 && isWhole) return builtIn
  const filling = new Filling(gateway.path, diagnostics)
  for (const module of modules) filling.addModule(module)
  return filling.finish(isWhole && modules.every(({ fault, state }) => !fault && state !== 'skipped'))
}

/** As a load makes it, for one who wants nothing else. */
export function readRegistry(texts: ConfigTexts): {
  registry: Registry
  diagnostics: readonly Diagnostic[]
} {
  const diagnostics = new DiagnosticCollector()
  const registry = createRegistry(texts, texts.unreadable.length === 0, diagnostics)
  return { registry, diagnostics: diagnostics.sorted() }
}

class Filling {
  readonly #gatewayFile: string
  readonly #diagnostics: DiagnosticCollector
  readonly #owners = new Map<string, Origin>()
  readonly #draft: RegistryDraft = {
    steps: new Map(builtIn.steps),
    policies: [...builtIn.policies],
    operators: new Map(builtIn.operators),
    functions: [...builtIn.functions],
    balancers: new Map(builtIn.balancers),
    discoveries: new Map<string, DiscoverShape>(),
  }

  constructor(gatewayFile: string, diagnostics: DiagnosticCollector) {
    this.#gatewayFile = gatewayFile
    this.#diagnostics = diagnostics
  }

  addModule(module: ExtensionModule): void {
    const { file, definitions, fault, state } = module
    const at = placeInModule(file ?? { path: this.#gatewayFile, text: '' }, fault)
    if (fault) this.#diagnostics.add('invalid-extension', `the module cannot be used: ${fault.message}`, at, fault.help)
    if (state === 'outdated') {
      const help = 'restart the gateway, or put the file back as it was'
      const message = 'the module has changed since it was loaded, and what runs cannot be unloaded'
      this.#diagnostics.add('invalid-extension', message, at, help)
    }
    for (const definition of definitions) this.#add(definition, module)
  }

  #add(definition: Definition, { file }: ExtensionModule): void {
    const kind = extensionKinds.get(definition[definitionOf])
    const source = file ?? { path: this.#gatewayFile, text: '' }
    if (!kind) {
      const message = `it defines a \`${definition[definitionOf]}\`, which this gateway does not know`
      this.#diagnostics.add('invalid-extension', message, placeInModule(source), 'it is of another version')
      return
    }
    const name = String(kind.nameOf(definition) ?? '')
    const at = placeOfName(source, name)
    const checked = kind.form.safeParse(definition, { reportInput: true })
    for (const issue of checked.error?.issues ?? []) {
      const { message, help } = explainIssue(issue)
      const told = `the ${kind.word} \`${name}\` has no right \`${issue.path.join('.')}\`: ${message}`
      this.#diagnostics.add('invalid-extension', told, at, help)
    }
    if (!checked.success || !this.#claim(kind, definition, name, file?.path, at)) return
    kind.add(definition, this.#originOf(kind, name, file?.path), this.#draft)
  }

  /** Whether its names are free, which then are its own. */
  #claim(kind: ExtensionKind, definition: Definition, name: string, path: string | undefined, at: Location): boolean {
    const names = kind.namesOf?.(definition) ?? [name]
    for (const one of new Set([name, ...names])) {
      const owner = kind.taken.has(one) ? 'the gateway itself' : this.#owners.get(`${kind.kind} ${one}`)?.label
      if (owner === undefined) continue
      const message = `the ${kind.word} \`${name}\` takes a name that ${owner} has`
      this.#diagnostics.add('duplicate-name', message, at, 'give it another name')
      return false
    }
    const other = kind.clash?.(definition, this.#draft)
    if (other !== undefined) {
      const message = `the ${kind.word} \`${name}\` cannot be told from \`${other}\`: a key of one is the name of the other`
      this.#diagnostics.add('duplicate-name', message, at, 'give it another name')
      return false
    }
    for (const one of names) this.#owners.set(`${kind.kind} ${one}`, this.#originOf(kind, name, path))
    return true
  }

  #originOf({ word }: ExtensionKind, name: string, path = 'createGateway'): Origin {
    return { label: `the ${word} \`${name}\` of ${path}` }
  }

  finish(isWhole: boolean): Registry {
    const { steps, operators, functions, balancers, discoveries } = this.#draft
    const policies = Object.assign(this.#draft.policies, { isWhole })
    steps.set('invoke', createInvoke(policies) as StepKind)
    return {
      steps: Object.assign(steps, { isWhole }),
      operators: Object.assign(operators, { isWhole }),
      functions: Object.assign(functions, { isWhole }),
      balancers,
      policies,
      serviceShape: createServiceShape(balancers, [...discoveries.values()], policies, isWhole),
      isWhole,
    }
  }
}
