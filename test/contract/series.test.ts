// Runs the series contract on every adapter of that port.
import { createMemorySeries } from '../../server/adapters/memory/series.ts';
import { createSqliteSeries, seriesMigrations } from '../../server/adapters/sqlite/series.ts';
import { seriesContract } from './series.contract.ts';
import { keptFile, keptValue } from './stores.ts';

seriesContract('memory', () => keptValue(createMemorySeries()));
seriesContract('sqlite', () => keptFile('series.sqlite', seriesMigrations, createSqliteSeries));
