/// Holds bytes against a form without keeping any of them.
struct FormReader {
  let bytes: [UInt8]
  private(set) var at: Int
  private(set) var signers = 0
  private(set) var certificates = 0

  /// The bytes have another form; which, is of no use to anyone.
  struct Misfit: Error {}

  init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    at = place
  }

  /// One element of this form, which ends at or before `limit`.
  mutating func read(_ form: Form, limit: Int, depth: Int) throws(Misfit) {
    switch form {
    case .any: try readElement(within: nil, endless: false, limit: limit, depth: depth)
    case .element(let tag, let within, let endless):
      guard at < limit, bytes[at] == tag else { throw Misfit() }
      try readElement(within: within, endless: endless, limit: limit, depth: depth)
    case .named(let name):
      guard at < limit, let tag = bytes[at...].first,
        let fitting = Form.rules[name]?.first(where: { $0.begins(with: tag) })
      else { throw Misfit() }
      let start = at
      try read(fitting, limit: limit, depth: depth)
      try check(name, from: start)
    }
  }

  private mutating func readElement(
    within parts: [Form.Part]?, endless: Bool, limit: Int, depth: Int
  ) throws(Misfit) {
    guard depth <= Limits.maxCMSDepth,
      let header = DERHeader(bytes, at: at, limit: limit), endless || header.end != nil
    else { throw Misfit() }
    at = header.start
    if header.isConstructed {
      let inside = parts ?? [Form.Part(form: .any, often: .any)]
      for part in inside {
        try read(part, end: header.end, limit: header.end ?? limit, depth: depth + 1)
      }
      guard isAtEnd(header.end, limit: limit) else { throw Misfit() }
      at = header.end ?? at + 2
    } else {
      guard let end = header.end, parts == nil, header.isExact(bytes[at..<end]) else {
        throw Misfit()
      }
      at = end
    }
  }

  private mutating func read(
    _ part: Form.Part, end: Int?, limit: Int, depth: Int
  ) throws(Misfit) {
    var count = 0
    while !isAtEnd(end, limit: limit), at < limit, part.form.begins(with: bytes[at]) {
      try read(part.form, limit: limit, depth: depth)
      count += 1
      if !part.often.isRepeated { break }
    }
    if count == 0 && part.often.isNeeded { throw Misfit() }
  }

  private func isAtEnd(_ end: Int?, limit: Int) -> Bool {
    if let end { return at == end }
    return limit - at >= 2 && bytes[at] == 0 && bytes[at + 1] == 0
  }

  // What the table says under object identifiers.

  private mutating func check(_ name: String, from start: Int) throws(Misfit) {
    switch name {
    case "SignerInfo":
      signers += 1
      try checkSigner(from: start)
    case "Certificate": certificates += 1
    case "Certified": try checkExtensions(from: start)
    case "Time":
      let value = bytes[try content(at: start)]
      guard FormReader.isTime(value, tag: bytes[start]) else { throw Misfit() }
    default: break
    }
  }

  /// Its signed attributes, and the parameters of its signature algorithm: the last sequence among its elements.
  private func checkSigner(from start: Int) throws(Misfit) {
    var seen: Set<String> = []
    var scheme: Range<Int>?
    for (tag, content) in try elements(in: content(at: start)) {
      if tag == 0x30 { scheme = content }
      guard tag == 0xA0 else { continue }
      for (_, attribute) in try elements(in: content) {
        let (identifier, values) = try identified(attribute)
        guard Form.rules[identifier] != nil else { continue }
        guard seen.insert(identifier).inserted else { throw Misfit() }
        try check(identifier, holds: self.content(at: values.lowerBound))
      }
    }
    guard let scheme else { throw Misfit() }
    let (identifier, parameters) = try identified(scheme)
    try check(identifier, holds: parameters)
  }

  private func checkExtensions(from start: Int) throws(Misfit) {
    var seen: Set<String> = []
    for (tag, content) in try elements(in: content(at: start)) where tag == 0xA3 {
      for (_, one) in try elements(in: self.content(at: content.lowerBound)) {
        let (identifier, _) = try identified(one)
        guard seen.insert(identifier).inserted, let value = try elements(in: one).last?.1 else {
          throw Misfit()
        }
        try check(identifier, holds: value)
      }
    }
  }

  /// Nothing but one element of the form that an identifier has, if it has one.
  private func check(_ identifier: String, holds content: Range<Int>) throws(Misfit) {
    guard Form.rules[identifier] != nil else { return }
    var inner = FormReader(bytes, at: content.lowerBound)
    try inner.read(.named(identifier), limit: content.upperBound, depth: 0)
    guard inner.at == content.upperBound else { throw Misfit() }
  }

  private func content(at place: Int) throws(Misfit) -> Range<Int> {
    guard let header = DERHeader(bytes, at: place, limit: bytes.count), let end = header.end else {
      throw Misfit()
    }
    return header.start..<end
  }

  /// The tags and contents of elements in a row, all of definite length.
  private func elements(in range: Range<Int>) throws(Misfit) -> [(UInt8, Range<Int>)] {
    var found: [(UInt8, Range<Int>)] = []
    var place = range.lowerBound
    while place < range.upperBound {
      guard let header = DERHeader(bytes, at: place, limit: range.upperBound), let end = header.end
      else { throw Misfit() }
      found.append((header.tag, header.start..<end))
      place = end
    }
    return found
  }

  /// An object identifier in figures, and where what follows it lies.
  private func identified(_ range: Range<Int>) throws(Misfit) -> (String, Range<Int>) {
    let identifier = try content(at: range.lowerBound)
    guard identifier.upperBound <= range.upperBound else { throw Misfit() }
    return (
      FormReader.figures(bytes[identifier]), identifier.upperBound..<range.upperBound
    )
  }

  /// A second that exists, as RFC 5280 section 4.1.2.5 writes it: its UTCTime is from 1950 to 2049.
  private static func isTime(_ value: ArraySlice<UInt8>, tag: UInt8) -> Bool {
    let digits = value.dropLast().map { Int($0) - 0x30 }
    guard value.last == 0x5A, digits.count == (tag == 0x17 ? 12 : 14),
      digits.allSatisfy({ 0...9 ~= $0 })
    else { return false }
    let pairs = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
    let century = pairs.count == 7 ? pairs[0] : pairs[0] < 50 ? 20 : 19
    let rest = pairs.suffix(6).map { $0 }
    let (year, month, day) = (century * 100 + rest[0], rest[1], rest[2])
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return year > 0 && 1...12 ~= month && 1...days[month - 1] ~= day
      && rest[3] < 24 && rest[4] < 60 && rest[5] < 60
  }

  /// Arcs beyond 2^56 are no identifier of the table.
  private static func figures(_ bytes: ArraySlice<UInt8>) -> String {
    var arcs: [UInt64] = [0]
    for byte in bytes {
      let arc = arcs.removeLast()
      guard arc < 1 << 56 else { return bytes.map { String($0) }.joined(separator: " ") }
      arcs.append(arc << 7 | UInt64(byte & 0x7F))
      if byte < 0x80 { arcs.append(0) }
    }
    arcs.removeLast()
    guard let joined = arcs.first else { return "" }
    let first = min(joined / 40, 2)
    return ([first, joined - 40 * first] + arcs.dropFirst()).map { String($0) }
      .joined(separator: ".")
  }
}
