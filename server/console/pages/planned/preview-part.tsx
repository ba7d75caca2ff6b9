// What a window or a silence would do, before it is saved: when it is in force, and which incidents of the last months it
// would have kept quiet. Shows only; the server has computed it.
import type { ReactNode } from 'react';
import type { WindowPreview } from '../../../../shared/api/maintenance.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash } from '../../route.ts';
import type { ScopeChoice, Sites } from '../../scope.ts';
import { Icon } from '../../view/icon.tsx';
import { ClocksText, useClocks } from './clocks.tsx';
import { useMoments } from './moments.ts';
import { en, pt } from './words.ts';

export function PreviewPart({
  preview,
  of,
  sites,
  scope,
}: {
  readonly preview: WindowPreview;
  readonly sites: Sites;
  readonly scope: ScopeChoice;
  readonly of: 'window' | 'recurring-window' | 'silence';
}): ReactNode {
  const words = useWords({ pt, en }).preview;
  const clocks = useClocks(sites, scope, preview.timeZone);
  return (
    <section className="planned-preview" aria-labelledby="plan-preview">
      <h3 id="plan-preview" tabIndex={-1}>
        {words.heading}
      </h3>
      <div className="planned-preview-parts">
        <div>
          <h4>{of === 'silence' ? words.silence.inForce : words.occurrences}</h4>
          {preview.occurrences.length === 0 ? (
            <p className="planned-warning">
              <Icon name="degraded" />
              {words.noneAhead}
            </p>
          ) : (
            <ol className="planned-occurrences">
              {preview.occurrences.map((each) => (
                <li key={each.startsAt}>
                  <ClocksText dateTime={each.startsAt} text={clocks.span(each.startsAt, each.endsAt)} />
                </li>
              ))}
              {preview.more && <li className="muted">{words.more}</li>}
            </ol>
          )}
        </div>
        <div>
          <h4>{words.hidden}</h4>
          {of === 'window' && preview.past === 0 ? (
            <p className="muted">{words.onceHasNoPast}</p>
          ) : (
            <HiddenPart
              preview={preview}
              lookedAt={of === 'silence' ? words.silence.lookedAt : words.lookedAt}
            />
          )}
        </div>
      </div>
    </section>
  );
}

function HiddenPart({
  preview,
  lookedAt,
}: {
  readonly preview: WindowPreview;
  readonly lookedAt: (past: number, since: string) => string;
}): ReactNode {
  const words = useWords({ pt, en }).preview;
  const { messages } = useSpeech();
  const moments = useMoments(preview.timeZone);
  const { hidden, hiddenTotal } = preview;
  return (
    <>
      <p className="muted">{lookedAt(preview.past, moments.day(preview.since))}</p>
      {preview.truncated && <p className="muted">{words.truncated}</p>}
      {hidden.length === 0 ? (
        <p className="planned-good">
          <Icon name="up" />
          {words.nothing}
        </p>
      ) : (
        <>
          <p className="planned-warning">
            <Icon name="degraded" />
            {words.count(hiddenTotal)} {hiddenTotal > hidden.length && words.onlyFirst(hidden.length)}
          </p>
          <ul className="planned-hidden">
            {hidden.map((each) => (
              <li key={each.incident}>
                <a href={incidentHash(each.incident)} target="_blank" rel="noopener">
                  {each.title}
                </a>
                <span>
                  {messages.priority[each.priority]} · {moments.full(each.detectedAt)} –{' '}
                  {each.recoveredAt === null ? words.ran : moments.full(each.recoveredAt)} ·{' '}
                  <strong>{words.effect[each.effect]}</strong>
                  {each.protocol !== null && <span className="protocol"> {each.protocol}</span>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
