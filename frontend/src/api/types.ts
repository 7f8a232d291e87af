/** Names for the shapes of the API; schema.d.ts is generated from the server's OpenAPI document. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Text = Schemas['Text'];
export type Meta = Schemas['Meta'];
export type Catalog = Schemas['Catalog'];
export type Indicator = Schemas['Indicator'];
export type Measure = Schemas['Measure'];
export type Dimension = Schemas['Dimension'];
export type Filter = Schemas['Filter'];
export type Term = Schemas['Term'];
export type Calendar = Schemas['Calendar'];
export type Role = Schemas['Role'];
export type Agency = Schemas['Agency'];
export type Level = Schemas['Level'];
export type Scene = Schemas['Scene'];
export type Unit = Schemas['Unit'];
export type BoundarySet = Schemas['BoundarySet'];
export type Value = Schemas['Value'];
export type ProfileRow = Schemas['ProfileRow'];
export type RankingRow = Schemas['RankingRow'];
export type SeriesPoint = Schemas['SeriesPoint'];
export type Population = Schemas['Population'];
export type PopulationBand = Schemas['PopulationBand'];
export type Task = Schemas['Task'];
export type Assignee = Schemas['Assignee'];
export type Obstacle = Schemas['Obstacle'];
export type CompletionRow = Schemas['CompletionRow'];
export type Provenance = Schemas['Provenance'];
export type ProvenanceInput = Schemas['ProvenanceInput'];
export type UnitDetail = Schemas['UnitDetail'];
export type UnitStep = Schemas['UnitStep'];
export type Reports = Schemas['Reports'];
export type Submission = Schemas['Submission'];
export type Rejection = Schemas['Rejection'];
export type ReportCount = Schemas['ReportCount'];
export type Comparison = Schemas['Comparison'];
export type Outlook = Schemas['Outlook'];
export type SearchHit = Schemas['SearchHit'];
export type BreakdownRow = Schemas['BreakdownRow'];
export type Group = Schemas['Group'];
export type Deadline = Schemas['Deadline'];
export type Status = Schemas['Status'];
export type Flag = Schemas['Flag'];
export type AssignmentStatus = Schemas['AssignmentStatus'];
export type StatusCounts = Schemas['StatusCounts'];
export type Problem = Schemas['Problem'];
export type ChangeEvent = Schemas['ChangeEvent'];
export type HelloEvent = Schemas['HelloEvent'];
export type TickEvent = Schemas['TickEvent'];

/** Every answer: the data and the request it answers, as the server understood it. */
export interface Envelope<T> {
  data: T;
  meta: Meta;
  /** No server answered and this one was kept: when it was given, milliseconds by the system's clock. */
  keptSince: number | null;
}
