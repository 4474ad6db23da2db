/** A request of PostMetricData that was taken, whole or in part. */
export interface StoredMetrics {
  readonly at: number;
  /** Metric objects that passed the checks. */
  readonly taken: readonly MetricData[];
  /** Text of the whole request. */
  readonly body: string;
}

export interface MetricData {
  readonly namespace: string;
  readonly compartmentId: string;
  readonly name: string;
  readonly resourceGroup?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly datapoints: readonly { readonly timestamp: string; readonly value: number; readonly count?: number }[];
}
