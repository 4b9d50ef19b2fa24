public import BuktiFormat

extension BundleWriter {
  /// Records the decision to withhold, and what of the names stays.
  ///
  /// It counts once it is sealed; then `WithheldCopy` makes the copy. Nothing may be added in between.
  /// - Parameters:
  ///   - plan: made over the records that the last seal covers.
  ///   - decision: all but the runs.
  /// - Throws: `usage` for a plan of another state of the bundle, or for more runs than one record holds;
  ///   `disk-full`, `io`, `dead`.
  public mutating func withhold(
    _ plan: WithholdingPlan, _ decision: Withhold
  ) throws(BuktiError) {
    guard session.extends?.size == plan.count, session.adopts == nil, session.refuses == nil,
      log.ledger.unnamed.isEmpty
    else {
      throw BuktiError(.usage, "The bundle has other records than the plan was made over.")
    }
    var decision = decision
    decision.runs = plan.runs
    if !plan.restated.isEmpty { try log.restateNames(plan.restated) }
    try log.append(decision)
  }
}
