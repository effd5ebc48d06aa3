/**
 * Names that Windows cannot hold or reads as something else: devices, streams, trailing dots and blanks. Only looked at
 * when the target is Windows; elsewhere these are ordinary names.
 */

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\.| *$)/i
const FORBIDDEN = /[\u0000-\u001f<>:"|?*\\]/

/**
 * Says why Windows must not be given a name, undefined when it may.
 *
 * @param component - one component of a path
 */
export function judgeWindowsName(component: string): string | undefined {
  if (DEVICE.test(component)) return `${component} is a device on Windows`
  const forbidden = FORBIDDEN.exec(component)
  if (forbidden) return `Windows forbids ${JSON.stringify(forbidden[0])} in a name`
  if (/[. ]$/.test(component)) return 'Windows drops a dot or blank at the end of a name'
  return undefined
}
