import BuktiFormat
import BuktiVerifier

/// Records are deleted, exchanged, repeated, and taken from other bundles; each result is refused, however
/// far the forger goes.
public enum TamperCampaign {
  /// - Parameter step: 1 for every case, n for every n-th.
  public static func run(step: Int = 1) throws -> Outcomes {
    let small = try Small(key: Office.key("Examiner"))
    let verifier = BundleVerifier(Office.options(pinning: small.key))
    var outcomes = Outcomes()
    if case .report(let report) = Answer(MemorySource(small.bytes), verifier) {
      outcomes.expect(report.holds, "the bundle itself: \(report.findings)")
    }
    let cases = try Rearrangement.all(of: small)
    let (id, preamble, original) = (small.id, small.preamble, small.bytes)
    for forgery in Forgery.allCases {
      let picked = stride(from: 0, to: cases.count, by: step).map { $0 }
      outcomes.add(
        Outcomes.each(picked) { number, outcomes in
          let one = cases[number]
          let volume = try? forgery.apply(
            one.frames, id: id, preamble: preamble)
          let words = volume.flatMap { judge($0, one, original, verifier) }
          outcomes.expect(
            volume != nil && words == nil, "\(one.name), \(forgery): \(words ?? "not made")")
        })
    }
    return outcomes
  }

  /// What is wrong with the verifier's answer; nil for nothing.
  private static func judge(
    _ volume: [UInt8], _ one: Rearrangement, _ original: [UInt8], _ verifier: BundleVerifier
  ) -> String? {
    guard case .report(let report) = Answer(MemorySource(volume), verifier) else { return nil }
    if report.holds { return isAttested(volume, original) ? nil : "everything holds" }
    // A whole bundle by somebody else is sound in itself: it is the trust in the signer that is missing.
    let isRefused = report.main.contains(.fails)
    return isRefused || one.isSound ? nil : "nothing fails"
  }
}

extension TamperCampaign {
  /// Whether an attest was added at the end and nothing else changed: anyone may do so, and it counts for itself.
  private static func isAttested(_ volume: [UInt8], _ original: [UInt8]) -> Bool {
    let frames = Frame.all(of: volume)
    return volume.starts(with: original) && frames.count == Small.count + 1
      && frames.last?.header.core.type == .attest
  }
}

/// The frames of a bundle in another order, or with others among them.
struct Rearrangement: Sendable {
  let name: String
  let frames: [Frame]
  /// Whether the frames are those of another whole bundle.
  var isSound = false
  /// 24 deletions, 276 exchanges, 600 repetitions, and 600 with each of two other bundles.
  static func all(of small: Small) throws -> [Rearrangement] {
    let frames = small.frames
    var cases = deletions(frames) + exchanges(frames) + repetitions(frames)
    // Another case of the same examiner, and this case made again by a stranger.
    let other = try Small(key: small.key, id: 2, salt: 1 << 20)
    let copy = try Small(key: Office.key("Stranger"), salt: 2 << 20)
    cases += splices(frames, other.frames, "other bundle", isSound: false)
    cases += splices(frames, copy.frames, "made again", isSound: true)
    guard cases.count == 24 + 276 + 600 + 600 + 600 else {
      throw BuktiError(.usage, "There are \(cases.count) cases.")
    }
    return cases
  }

  private static func deletions(_ frames: [Frame]) -> [Rearrangement] {
    frames.indices.map { place in
      var rest = frames
      rest.remove(at: place)
      return Rearrangement(name: "without \(place)", frames: rest)
    }
  }

  private static func exchanges(_ frames: [Frame]) -> [Rearrangement] {
    frames.indices.flatMap { first in
      frames.indices.dropFirst(first + 1).map { second in
        var changed = frames
        changed.swapAt(first, second)
        return Rearrangement(name: "\(first) and \(second) exchanged", frames: changed)
      }
    }
  }

  private static func repetitions(_ frames: [Frame]) -> [Rearrangement] {
    frames.indices.flatMap { record in
      (0...frames.count).map { place in
        var changed = frames
        changed.insert(frames[record], at: place)
        return Rearrangement(name: "\(record) again at \(place)", frames: changed)
      }
    }
  }

  /// Each record in the place of each, and each beginning with the end of the other bundle.
  private static func splices(
    _ frames: [Frame], _ others: [Frame], _ name: String, isSound: Bool
  ) -> [Rearrangement] {
    var cases = frames.indices.flatMap { place in
      others.indices.map { record in
        var changed = frames
        changed[place] = others[record]
        return Rearrangement(name: "\(name): \(record) in the place of \(place)", frames: changed)
      }
    }
    cases += frames.indices.map { place in
      Rearrangement(
        name: "\(name): from \(place) on",
        frames: Array(frames[..<place]) + Array(others[place...]),
        isSound: isSound && place == 0)
    }
    return cases
  }
}
