/** What an archive says of itself in its service info (SPEC 5). */
import { type ServiceInfo, serviceList } from '../tail/service-info.ts'

/** The facts of an archive; reading them costs no I/O. */
export class ArchiveFacts {
  /** The service info, every key. */
  readonly serviceInfo: ServiceInfo

  constructor(serviceInfo: ServiceInfo) {
    this.serviceInfo = serviceInfo
  }

  /** 2 when the listing has our columns, 1 for archives of the original program. */
  get formatVersion(): 1 | 2 {
    return this.serviceInfo.get('format') === '2' ? 2 : 1
  }

  /** Program that wrote it, `isptar/0.1.0`; undefined in format 1. */
  get writer(): string | undefined {
    return this.serviceInfo.get('writer')
  }

  /** When it was written, RFC 3339; undefined in format 1. */
  get createdAt(): string | undefined {
    return this.serviceInfo.get('created')
  }

  /** Its identity: the SHA-256 of its listing in hex; undefined in format 1. */
  get identity(): string | undefined {
    return this.serviceInfo.get('listing_sha256')
  }

  /** Identities of its bases, nearest first, as far as it says them; empty for full archives and in format 1. */
  get baseIdentities(): readonly string[] {
    return serviceList(this.serviceInfo, 'base', ',')
  }

  /** Names under which its bases may be found, nearest first; empty where it knows none. */
  get baseNames(): readonly string[] {
    return serviceList(this.serviceInfo, 'base_name', '/')
  }

  /** How many entries it says it has; undefined in format 1 and when what it says is no number. */
  get entryCount(): number | undefined {
    const count = this.serviceInfo.get('entries')
    return count !== undefined && /^[0-9]{1,15}$/.test(count) ? Number(count) : undefined
  }
}
