// GET /agent/install/{linux,windows} and /agent/packages/{target}: what the one line of `install-commands.ts` fetches. Open
// to everyone, because a program holds no secret and a machine has no credential before it enrols; so it is limited per
// address and in number. It must never serve anything but the two scripts and the packed archives.
import { createReadStream, type ReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { addressKey, createAddressRate, plainAddress } from '../../gateway/address-rate.ts';
import { type AgentPackage, createAgentPackages, packageTargets } from '../agent-packages.ts';
import { sendFailure } from '../answer.ts';
import { installPaths } from '../install-commands.ts';
import type { Counter } from '../metrics.ts';
import type { Api, RouteParts } from '../parts.ts';

const scripts = { linux: 'linux/get.sh', windows: 'windows/get.ps1' } as const;
const paramsSchema = z.strictObject({
  target: z
    .string()
    .regex(
      new RegExp(`^(?:${packageTargets.join('|')})(?:\\.sha256)?$`),
      `wanted: ${packageTargets.join(', ')}`,
    ),
});

export function agentDownloadRoutes(api: Api, parts: RouteParts): void {
  const { settings, clock } = parts;
  const refused = parts.metrics.counter(
    'vigia_agent_downloads_refused_total',
    'Downloads of scripts and archives refused or ended, by reason',
    { name: 'reason', values: ['address-rate', 'too-many-at-once', 'too-slow'] },
  );
  const rate = createAddressRate({
    perMinuteMax: limits.downloadsPerAddressPerMinuteMax,
    addressesMax: limits.addressesRememberedMax,
  });
  const packages = createAgentPackages({ directory: settings.agentPackages, release: settings.release });
  const downloads = createDownloads(parts, refused);
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (rate.admit(addressKey(plainAddress(request.ip)), clock.now())) return;
    refused.add('address-rate');
    reply.header('retry-after', '60');
    return sendFailure(
      reply,
      failure('limit.reached', 'too many downloads from this address; wait a minute'),
    );
  };

  for (const system of ['linux', 'windows'] as const) {
    api.get(installPaths[system], { onRequest, schema: { hide: true } }, async (_request, reply) => {
      const text = await readFile(join(settings.installScripts, scripts[system]), 'utf8');
      return reply.type('text/plain; charset=utf-8').send(text);
    });
  }

  api.get(
    '/agent/packages/:target',
    { onRequest, schema: { hide: true, params: paramsSchema } },
    async (request, reply) => {
      const target = packageTargets.find((each) => request.params.target.startsWith(each));
      const found = target === undefined ? undefined : await packages.find(target);
      if (found === undefined) {
        const hint = `no agent for ${target} is packed on this server: npm run pack:agent -- --target ${target}`;
        return sendFailure(reply, failure('not-found', hint));
      }
      if (!request.params.target.endsWith('.sha256')) return downloads.send(reply, found);
      return reply.type('text/plain; charset=utf-8').send(`${found.sha256}  ${found.name}\n`);
    },
  );
}

/** A bounded number at once, each of them ended when its reader is too slow: a slot must come back. */
function createDownloads({ clock }: Pick<RouteParts, 'clock'>, refused: Counter) {
  const open = new Set<ReadStream>();
  const send = (reply: FastifyReply, { path, name, sizeBytes, sha256 }: AgentPackage): FastifyReply => {
    if (open.size >= limits.downloadsAtOnceMax) {
      refused.add('too-many-at-once');
      const message = 'too many downloads at once; try again shortly';
      return sendFailure(reply, failure('limit.reached', message, { retryable: true }));
    }
    const file = createReadStream(path);
    open.add(file);
    // The answer ends with its socket, and the file with the answer.
    const cancel = clock.after(limits.downloadMs, () => {
      refused.add('too-slow');
      reply.raw.destroy();
    });
    file.once('close', () => {
      cancel();
      open.delete(file);
    });
    return reply
      .type('application/octet-stream')
      .header('content-length', sizeBytes)
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('vigia-sha256', sha256)
      .send(file);
  };
  return { send };
}
