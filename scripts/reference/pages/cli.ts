import { code, page, sentence, table } from '../markdown.ts'

/** A command as its `--help` knows it. */
export interface CommandPage {
  readonly name: string
  readonly summary: string
  readonly notes?: string
  readonly examples: readonly (readonly [line: string, purpose: string])[]
  readonly operands?: readonly {
    name(): string
    readonly required: boolean
    readonly variadic: boolean
    readonly description: string
  }[]
  readonly options: readonly {
    readonly flags: string
    readonly description: string
    readonly defaultValue?: unknown
    readonly argChoices?: readonly string[] | undefined
  }[]
}

/** Every command, from its one definition. */
export function renderCli(commands: readonly CommandPage[], exitCodes: string): string {
  return page(
    'The command line',
    '`npx tessera COMMAND`; in a checkout `npm run tessera -- COMMAND`. `--help` after any of them says what stands here.',
    table(
      ['command', 'meaning'],
      commands.map(({ name, summary }) => [`[${code(`tessera ${name}`)}](#tessera-${name})`, sentence(summary)]),
    ),
    exitCodes.replace(/^Exit codes\n/, '## Exit codes\n\n').replace(/^ {2}(\d) +(.*)$/gm, '- `$1`: $2'),
    ...commands.flatMap(describeCommand),
  )
}

function describeCommand({
  name,
  summary,
  notes,
  examples,
  operands = [],
  options,
}: CommandPage): (string | undefined)[] {
  const parts = operands.map((operand) => {
    const label = operand.name() + (operand.variadic ? '...' : '')
    return operand.required ? `<${label}>` : `[${label}]`
  })
  const rows = [
    ...operands.map((operand, index) => [code(parts[index]!), sentence(operand.description)]),
    ...options.map((option) => [code(option.flags), describeOption(option)]),
  ]
  return [
    `## tessera ${name}`,
    sentence(summary),
    `\`\`\`sh\n${['tessera', name, ...parts, ...(options.length > 0 ? ['[options]'] : [])].join(' ')}\n\`\`\``,
    rows.length > 0 ? table(['operand or option', 'meaning'], rows) : undefined,
    table(
      ['example', 'purpose'],
      examples.map(([line, purpose]) => [code(line), sentence(purpose)]),
    ),
    notes,
  ]
}

function describeOption({ description, defaultValue, argChoices }: CommandPage['options'][number]): string {
  const choices = argChoices ? ` One of ${argChoices.map(code).join(', ')}.` : ''
  // `--no-x` is true unless it is given, which says nothing.
  const preset =
    defaultValue === undefined || typeof defaultValue === 'boolean' ? '' : ` Default: ${code(String(defaultValue))}.`
  return sentence(description) + choices + preset
}
