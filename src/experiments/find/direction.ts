/** Which is better: whether more or less of a metric is, said by the user or told by its name; and of equals. */

export type MetricDirection = "min" | "max";

const lessIsBetter =
  /^(?:.*loss|.*err|errors?|.*error|mse|rmse|mae|mape|msle|nll|bce|.*entropy|perplexity|ppl|wer|cer|fid|eer|fpr|fnr|.*latency|.*seconds|.*_ms|.*time|.*memory|.*regret|.*distance|.*divergence|kld?|brier.*)$/;
const moreIsBetter =
  /^(?:acc|.*accuracy|.*acc|f\d|.*f1.*|f_?score|.*score|.*auc.*|auroc|ap|map|m_?ap.*|precision.*|recall.*|.*iou.*|dice.*|r2|r_squared|bleu.*|rouge.*|meteor|.*reward|.*return|.*throughput|psnr|ssim|ndcg.*|mrr|hits.*|tpr|tnr|specificity|sensitivity|kappa|mcc|correlation|.*_r|win_?rate)$/;

/** By the last word of a metric's name; undefined where that does not tell. */
export function knownDirection(metric: string): MetricDirection | undefined {
  const word = metric
    .slice(metric.lastIndexOf(".") + 1)
    .slice(-64)
    .toLowerCase()
    .replaceAll(/[-/@ ]/g, "_");
  if (lessIsBetter.test(word)) return "min";
  return moreIsBetter.test(word) ? "max" : undefined;
}

export interface Dated {
  /** Seconds since the epoch. */
  readonly created: number | null;
  readonly commit: string;
}

/** Of equally good ones the older is the best, wherever one is chosen; of the same second that with the lesser id. */
export function olderFirst(a: Dated, b: Dated): number {
  const [one, other] = [a.created ?? Number.MAX_VALUE, b.created ?? Number.MAX_VALUE];
  return one - other || (a.commit < b.commit ? -1 : 1);
}
