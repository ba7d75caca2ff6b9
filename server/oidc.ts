// Sign-in by OpenID Connect put together: the part `oidc` of the configuration with its secret read, and the provider opened.
// Used by `config.ts` and `app.ts`. Asks nobody anything: the server starts whether the provider answers or not.
import type { Issue } from '../shared/failure.ts';
import { createOidcProvider } from './adapters/oidc/provider.ts';
import { isSafeUrl, type OidcSettings } from './adapters/oidc/settings.ts';
import type { Clock } from './ports/clock.ts';
import type { IdentityProvider } from './ports/identity-provider.ts';
import { readSecret } from './secret-file.ts';

export interface OidcPlan {
  readonly settings: OidcSettings;
  readonly clientSecret: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/** Relative paths start in `folder`. Mistakes are added to `issues`. */
export function readOidc(
  settings: OidcSettings | undefined,
  {
    publicUrl,
    folder,
    issues,
  }: { readonly publicUrl: string | undefined; readonly folder: string; readonly issues: Issue[] },
): OidcPlan | undefined {
  if (settings === undefined) return undefined;
  const path = 'oidc.clientSecretFile';
  const clientSecret = readSecret(settings.clientSecretFile, { path, folder, issues });
  if (publicUrl === undefined) {
    const message = 'wanted with oidc: the address to which the provider sends people back';
    issues.push({ path: 'publicUrl', message });
    return undefined;
  }
  if (!isSafeUrl(publicUrl)) {
    const message = 'wanted with oidc: an https address (http on this machine only)';
    issues.push({ path: 'publicUrl', message });
  }
  return { settings, clientSecret, publicUrl: publicUrl.replace(/\/+$/, '') };
}

/** Undefined: nobody signs in that way here. */
export function openIdentityProvider(
  plan: OidcPlan | undefined,
  clock: Pick<Clock, 'now'>,
): IdentityProvider | undefined {
  return plan === undefined ? undefined : createOidcProvider({ ...plan, clock });
}
