/** Skips a test whose conditions this machine lacks, saying why; with ISPTAR_REQUIRE_ALL set it fails instead. */
export function needs(skip: (reason: string) => void, condition: boolean, reason: string): void {
  if (condition) return
  if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error(`cannot run here: ${reason}`)
  console.warn(`skipped: ${reason}`)
  skip(reason)
}
