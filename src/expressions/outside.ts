/**
 * What a template gets from elsewhere than its context. Whoever follows what is read sees it as a place of the context,
 * below a root that no color and no reserved name is.
 */
export interface Outside {
  readonly from: 'file' | 'function'
  readonly name: string
}

const roots = { file: '$file', function: '$function' } as const

export function areaOfOutside({ from, name }: Outside): readonly [string, string] {
  return [roots[from], name]
}

/** What lies at a path, if that is no place of the context. */
export function outsideAt([root, name]: readonly unknown[]): Outside | undefined {
  if (root !== roots.file && root !== roots.function) return undefined
  return { from: root === roots.file ? 'file' : 'function', name: String(name) }
}

/** As it is written. */
export function printOutside({ from, name }: Outside): string {
  return from === 'file' ? `\${file:${name}}` : `${name}()`
}

/** Whether it gives another value to every request. */
export function isVarying({ from }: Outside): boolean {
  return from === 'function'
}
