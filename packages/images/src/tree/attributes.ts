import { getAttribute, listAttributes, SystemError, setAttribute } from '@pontoon/sys';

/**
 * Extended attributes that travel in an archive. Not `trusted.…`: overlayfs keeps its own there, and an image that
 * brought some could redirect names; nor labels of a security module, which belong to a host.
 */
function travels(name: string): boolean {
  return name === 'security.capability' || name.startsWith('user.') || name.startsWith('system.posix_acl_');
}

/** Sets what travels. A file system that has none of them is no error: tmpfs has no `user.` ones before Linux 6.6. */
export function setExtendedAttributes(path: Uint8Array, attributes: Record<string, Uint8Array>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!travels(name)) continue;
    try {
      setAttribute(path, name, value);
    } catch (error) {
      const refused = error instanceof SystemError && ['EOPNOTSUPP', 'ENOTSUP', 'EPERM'].includes(error.code);
      if (!refused) throw error;
    }
  }
}

export function readExtendedAttributes(path: Uint8Array): Record<string, Uint8Array> {
  const attributes: Record<string, Uint8Array> = {};
  for (const name of listAttributes(path).filter(travels)) {
    const value = getAttribute(path, name);
    if (value) attributes[name] = Uint8Array.from(value);
  }
  return attributes;
}
