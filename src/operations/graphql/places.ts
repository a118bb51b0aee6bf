const dataRoot = '$.data'

/** `variables.order.id` as the place in the body that it is; undefined for any other place of a body. */
export function placeOfVariable(text: string): string | undefined {
  return /^variables[.[]/.test(text) ? `$.${text}` : undefined
}

/** `$.order.total` is below `data`. */
export function placeBelowData(text: string): string {
  return text.startsWith('$') ? dataRoot + text.slice(1) : text
}
