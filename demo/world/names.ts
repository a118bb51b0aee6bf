/** A text in both languages of the demo. */
export interface Name {
  zh: string
  en: string
}

/** 129900 → `¥1,299.00`. */
export function displayMoney(cents: number): string {
  return `¥${(cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

export function imageUrl(...path: string[]): string {
  return `https://img.example.com/${path.join('/')}.webp`
}
