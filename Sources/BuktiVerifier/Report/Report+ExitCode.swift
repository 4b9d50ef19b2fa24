public import BuktiFormat
import BuktiTrust

extension Report {
  /// The exit status of a command: 0 where all that was asked for holds, 1 where a claim fails, else 2.
  ///
  /// A claim that fails counts whether it was asked for or not.
  /// - Parameter requireWhole: exceptions of the claims asked for count as failing.
  /// - Parameter asked: the claims that have to hold.
  public func exitCode(asked: Set<Claim>, requireWhole: Bool = false) -> Int32 {
    if asked.contains(where: { claims[$0] == .fails }) { return 1 }
    if requireWhole, exceptions.contains(where: asked.contains) { return 1 }
    return asked.allSatisfy { claims[$0] == .holds } ? 0 : 2
  }

  /// Whether a log whose key was given says that it holds the checkpoint of the last seal.
  public var isLogged: Bool {
    logProofs.contains { $0.said.outcome == .holds && $0.seal == seals.last?.record }
  }

  private var exceptions: Set<Claim> {
    Set(codes.filter { $0.effect == .exception }.compactMap(\.claim))
  }
}
