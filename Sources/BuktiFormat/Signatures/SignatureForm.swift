/// The form of a CMS signature (spec rule B-SEA-4), in the words of the registry's table, which a test compares.
///
/// A library of ASN.1 takes more than the standard allows, and each takes something else. So this is checked before one is asked,
/// and two verifiers read the same signature or none.
indirect enum Form: Sendable {
  /// The tag, what is within (nil: anything), and whether its length may be indefinite.
  case element(UInt8, within: [Part]?, endless: Bool = false)
  case any
  case named(String)

  struct Part: Sendable {
    let form: Form
    let often: Often
  }

  enum Often: String, Sendable {
    case once = ""
    case optional = "?"
    case any = "*"
    case some = "+"

    var isRepeated: Bool { self == .any || self == .some }
    var isNeeded: Bool { self == .once || self == .some }
  }
}

extension Form {
  /// Name to alternatives; of these the first that begins with the element's tag is meant.
  static let rules: [String: [Form]] = [
    "Signature": [outer(0x30, one(0x06), Part(outer(0xA0, one("SignedData"))))],
    "SignedData": [
      outer(
        0x30, one(0x02), Part(outer(0x31, any("Algorithm"))),
        Part(outer(0x30, one(0x06), Part(.any, .optional))),
        Part(outer(0xA0, any("Choice")), .optional),
        Part(outer(0xA1, Part(.any, .any)), .optional), Part(outer(0x31, some("SignerInfo"))))
    ],
    "SignerInfo": [
      inner(
        0x30, one(0x02), one("Signer"), one("Algorithm"),
        Part(inner(0xA0, some("Attribute")), .optional), one("Algorithm"), one(0x04),
        Part(inner(0xA1, some("Attribute")), .optional))
    ],
    "Signer": [inner(0x30, one("Name"), one(0x02)), .element(0x80, within: nil)],
    "Attribute": [inner(0x30, one(0x06), Part(inner(0x31, Part(.any, .any))))],
    "Algorithm": [inner(0x30, one(0x06), Part(.any, .optional))],
    "Choice": [.named("Certificate"), .any],
    "Certificate": [inner(0x30, one("Certified"), one("Algorithm"), one(0x03))],
    "Certified": [
      inner(
        0x30, Part(inner(0xA0, one(0x02)), .optional), one(0x02), one("Algorithm"), one("Name"),
        Part(inner(0x30, one("Time"), one("Time"))), one("Name"), one("Key"),
        one(0x81, .optional), one(0x82, .optional),
        Part(inner(0xA3, Part(inner(0x30, some("Extension")))), .optional))
    ],
    "Key": [inner(0x30, one("Algorithm"), one(0x03))],
    "Extension": [inner(0x30, one(0x06), one(0x01, .optional), one(0x04))],
    "Name": [inner(0x30, any("Part"))],
    "Part": [inner(0x31, some("Pair"))],
    "Pair": [inner(0x30, one(0x06), Part(.any))],
    "Time": [.element(0x17, within: nil), .element(0x18, within: nil)],
    "Mask": [inner(0x30, one(0x06), Part(.named("Algorithm"), .optional))],
    "Named": [
      inner(
        0x30, Part(inner(0x30, one(0x06), one(0x05, .optional)), .optional), one(0x04),
        one(0x30, .optional))
    ],
    "1.2.840.113549.1.9.3": [.element(0x06, within: nil)],
    "1.2.840.113549.1.9.4": [.element(0x04, within: nil)],
    "1.2.840.113549.1.9.5": [.named("Time")],
    "1.2.840.113549.1.9.16.2.47": [
      inner(0x30, Part(inner(0x30, some("Named"))), one(0x30, .optional))
    ],
    "1.2.840.113549.1.1.10": [
      inner(
        0x30, Part(inner(0xA0, one("Algorithm")), .optional),
        Part(inner(0xA1, one("Mask")), .optional), Part(inner(0xA2, one(0x02)), .optional),
        Part(inner(0xA3, one(0x02)), .optional))
    ],
    "2.5.29.15": [.element(0x03, within: nil)],
    "2.5.29.37": [inner(0x30, one(0x06, .some))],
  ]

  /// Whether an element with this tag can be it.
  func begins(with tag: UInt8) -> Bool {
    switch self {
    case .element(let own, _, _): own == tag
    case .any: true
    case .named(let name): Form.rules[name, default: []].contains { $0.begins(with: tag) }
    }
  }

  private static func outer(_ tag: UInt8, _ within: Part...) -> Form {
    .element(tag, within: within, endless: true)
  }

  private static func inner(_ tag: UInt8, _ within: Part...) -> Form {
    .element(tag, within: within)
  }

  private static func one(_ tag: UInt8, _ often: Often = .once) -> Part {
    Part(.element(tag, within: nil), often)
  }

  private static func one(_ name: String) -> Part { Part(.named(name)) }
  private static func any(_ name: String) -> Part { Part(.named(name), .any) }
  private static func some(_ name: String) -> Part { Part(.named(name), .some) }
}

extension Form.Part {
  fileprivate init(_ form: Form, _ often: Form.Often = .once) {
    self.form = form
    self.often = often
  }
}

extension Form: CustomStringConvertible {
  /// As the registry writes it.
  var description: String {
    switch self {
    case .any: return "any"
    case .named(let name): return name
    case .element(let tag, let within, let endless):
      let digits = String(tag, radix: 16, uppercase: true)
      let head = (digits.count == 1 ? "0" : "") + digits + (endless ? "~" : "")
      guard let within else { return head }
      return head + "("
        + within.map { "\($0.form)\($0.often.rawValue)" }.joined(separator: " ") + ")"
    }
  }
}
