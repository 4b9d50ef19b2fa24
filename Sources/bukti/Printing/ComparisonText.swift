import BuktiFormat
import BuktiTrust
import BuktiVerifier

/// A comparison of two bundles in words and in JSON.
struct ComparisonText {
  let comparison: BundleComparison
  private let names: (first: String, second: String)

  /// - Parameter first: what the first bundle is called, fit to print.
  init(_ comparison: BundleComparison, _ first: String, _ second: String) {
    self.comparison = comparison
    names = (first, second)
  }

  // MARK: Text

  var text: String {
    ([verdict, ""] + part(names.first, comparison.first) + part(names.second, comparison.second)
      + [
        "Proven by the last seal of each. Whether a copy is whole, and whether an item holds, is for "
          + "bukti verify."
      ]).joined(separator: "\n")
  }

  private var verdict: String {
    let common = comparison.common
    let root = comparison.root.map { " Root over them: \($0.hex)." } ?? ""
    let both = "Both begin with the same \(common) records.\(root)"
    switch comparison.relation {
    case .same:
      let seals = comparison.sharesSeal ? "" : " The seals over them differ."
      return "\(names.first) and \(names.second) hold the same \(common) records.\(seals)\(root)"
    case .firstExtends: return older(names.second, names.first) + root
    case .secondExtends: return older(names.first, names.second) + root
    case .branch: return "\(both) From record \(common) on each goes its own way: \(branches)"
    case .fork:
      return """
        \(both) From record \(common) on each goes its own way, and neither says that it is a branch.
        """
    }
  }

  private func older(_ short: String, _ long: String) -> String {
    "\(long) extends \(short): it holds all \(comparison.common) records that the seal of \(short) covers, and more."
  }

  private var branches: String {
    [(names.first, comparison.first), (names.second, comparison.second)].map { name, side in
      side.checkpoint.branch.map { "\(name) is branch \(Hex.encode($0.bytes))" }
        ?? "\(name) is no branch"
    }.joined(separator: ", ") + "."
  }

  private func part(_ name: String, _ side: BundleComparison.Side) -> [String] {
    if side.count == 0, side.seals.isEmpty { return [] }
    var lines = ["\(name) alone: \(side.count) records"]
    lines += side.sessions.map { record, session in
      let at = session.time.instant.map { UTC.text(nanoseconds: $0) } ?? "at an unknown time"
      let why = printable(session.why)
      return "  session in record \(record), \(at), \(printable(session.who.name)): \(why)"
    }
    lines += side.items.map { item in
      let name = item.name.map { printable($0) } ?? "(name withheld)"
      return "  item #\(item.id) \(name)\(item.size.map { ", \($0) bytes" } ?? "")"
    }
    for seal in side.seals {
      lines.append("  seal in record \(seal.record)\(seal.signers.isEmpty ? ", unsigned" : "")")
      lines += seal.signers.map { "    " + $0.words }
    }
    return lines + [""]
  }

  // MARK: For programs

  var json: JSON {
    .object([
      "bundle": .string(comparison.first.checkpoint.bundleID.uuid),
      "relation": .string(comparison.relation.rawValue),
      "common": .integer(comparison.common),
      "root": .optional(comparison.root?.hex),
      "shares-seal": .bool(comparison.sharesSeal),
      "first": json(comparison.first),
      "second": json(comparison.second),
    ])
  }

  private func json(_ side: BundleComparison.Side) -> JSON {
    .object([
      "alone": .integer(side.count),
      "records": .integer(side.checkpoint.size),
      "root": .string(side.checkpoint.root.hex),
      "branch": .optional(side.checkpoint.branch.map { Hex.encode($0.bytes) }),
      "sessions": .array(
        side.sessions.map { record, session in
          .object([
            "record": .integer(record), "by": .string(session.who.name),
            "why": .string(session.why),
            "at": .optional(session.time.instant.map { UTC.text(nanoseconds: $0) }),
          ])
        }),
      "items": .array(
        side.items.map { item in
          .object([
            "item": .integer(item.id), "record": .integer(item.record),
            "name": .optional(item.name.map { printable($0) }), "size": .optional(item.size),
          ])
        }),
      "seals": .array(
        side.seals.map { seal in
          .object([
            "record": .integer(seal.record), "signers": .array(seal.signers.map(\.json)),
          ])
        }),
    ])
  }
}

extension BundleComparison.SealFacts {
  fileprivate var signers: [SignerReport] { signatures.flatMap(\.signers) }
}

extension SignerReport {
  fileprivate var words: String {
    let who =
      certificate.map { printable($0.subject) } ?? "a signer whose certificate is not at hand"
    let print = fingerprint.map { ", certificate \($0.hex)" } ?? ""
    return "signature \(verdict.rawValue), \(trustWord): \(who)\(print)"
  }

  private var trustWord: String {
    switch trust {
    case .root: "trusted by a root given"
    case .pinned: "trusted by fingerprint"
    case .unknown: "signer not established"
    }
  }

  fileprivate var json: JSON {
    .object([
      "subject": .optional(certificate?.subject), "certificate": .optional(fingerprint?.hex),
      "signature": .string(verdict.rawValue), "trust": .string(trustWord),
    ])
  }
}
