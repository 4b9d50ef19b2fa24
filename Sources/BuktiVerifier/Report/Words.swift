import BuktiFormat

/// What a code means, in words for someone who has to decide on it.
///
/// True in every case in which the code is given, also to a reader who looks for what is not: no intent is told
/// that bytes cannot show.
struct Words {
  let message: String
  let advice: String

  init(_ message: String, _ advice: String) {
    self.message = message
    self.advice = advice
  }

  static let damaged =
    "Compare with another copy of the bundle; the rest can still be read and is judged where that is possible."
  static let written =
    "Keep the file as it is and ask who wrote it, with which tool and version; a correct writer does not do this."
  static let ask =
    "Ask who keeps the bundle; until this is explained, do not rely on more than the sealed records that stand."

  static func of(_ code: ErrorCode) -> Words {
    table[code] ?? Words("The record breaks a rule of the format.", written)
  }
}

extension Report {
  /// One or two sentences for a finding.
  func message(_ finding: Finding) -> String { Words.of(finding.code).message }
}

extension ErrorCode {
  /// What it means, for an error that brings no words of its own.
  package var meaning: String {
    self == .interrupted ? "Interrupted before the end." : Words.of(self).message
  }

  /// What to do about a finding of this code.
  var advice: String { Words.of(self).advice }
}
