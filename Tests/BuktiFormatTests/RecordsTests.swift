import BuktiFixtures
import BuktiFormat
import Testing

@Suite struct RecordsTests {
  let cddl: CDDL

  init() throws { cddl = try CDDL() }

  @Test func everyTypeHasASample() {
    let types = Set(Samples.all.map { Swift.type(of: $0).type.rawValue })
    #expect(types.sorted() == (1...17).filter { $0 != RecordType.data.rawValue })
  }

  @Test func samplesComeBack() throws {
    for sample in Samples.all { try expectRoundTrip(sample) }
  }

  private func expectRoundTrip(_ sample: some RecordContent) throws {
    let type = Swift.type(of: sample).type
    let plain = try sample.encode()
    #expect(try decode(type, plain) == sample)
    let content = try #require(try body(type, plain).content)
    #expect(try content.encode() == plain)
    #expect(cddl.violation(of: type.description, by: sample.cbor) == nil, "\(type)")
  }

  private func decode<T: RecordContent>(_ type: RecordType, _ plain: [UInt8]) throws -> T {
    try #require(try body(type, plain).content as? T)
  }

  /// Apart, because the macros cannot hold a span.
  private func body(_ type: RecordType, _ plain: [UInt8]) throws -> RecordBody {
    try RecordBody(type: type, plain: plain.span)
  }

  @Test func bodiesWithoutContent() throws {
    let noise: [UInt8] = [0xFF]
    #expect(try body(.data, noise) == .data)
    #expect(try body(RecordType(rawValue: 128), noise) == .opaque)
    for critical: UInt8 in [0, 18, 127] {
      #expect(
        code { _ = try body(RecordType(rawValue: critical), noise) }
          == .typeUnknown)
    }
    #expect(code { _ = try body(.note, noise) } == .cborIndefinite)
  }

  /// Each map of each sample, at any depth, with each key removed, made unknown, or of another type.
  @Test func eachKeyIsJudgedAsTheCDDLSays() throws {
    var met: [ErrorCode: Int] = [:]
    for sample in Samples.all {
      let type = Swift.type(of: sample).type
      for damaged in variants(of: sample.cbor) {
        let found = shapeCode(type, damaged)
        if let found { met[found, default: 0] += 1 }
        #expect(found == cddl.violation(of: type.description, by: damaged), "\(type) \(damaged)")
      }
    }
    for code in [ErrorCode.schemaKey, .schemaType, .schemaValue, .schemaMissing] {
      #expect(met[code, default: 0] > 40, "\(code)")
    }
  }

  private func shapeCode(_ type: RecordType, _ value: CBORValue) -> ErrorCode? {
    code { _ = try body(type, try value.encoded()) }
  }

  private static let others: [CBORValue] = [
    .unsigned(0), .unsigned(1), .unsigned(300), .unsigned(.max >> 1), .negative(-1),
    .negative(.min), .negative(-1081), .bytes([]), .bytes([UInt8](repeating: 7, count: 32)),
    .bytes([UInt8](repeating: 7, count: 65_536)), .text(""), .text("x"), .array([]),
    .array([.unsigned(2), .unsigned(2)]), .array([.bool(false)]), .map([]),
    .map([CBOREntry(1, .text(""))]), .bool(false), .bool(true),
  ]

  /// Every value that differs from `value` in one place.
  private func variants(of value: CBORValue) -> [CBORValue] {
    var all = Self.others
    switch value {
    case .array(let elements):
      all.append(.array(elements + elements.prefix(1)))
      all.append(.array(Array(elements.dropLast())))
      all.append(.array(Array(repeating: elements.first ?? .bool(false), count: 257)))
      for (index, element) in elements.enumerated() {
        all += variants(of: element).map { variant in
          var copy = elements
          copy[index] = variant
          return .array(copy)
        }
      }
    case .map(let entries):
      for key: UInt64 in 0...20 where !entries.contains(where: { $0.key == key }) {
        let added = entries + [CBOREntry(key, .unsigned(2))]
        all.append(.map(added.sorted { $0.key < $1.key }))
      }
      for (index, entry) in entries.enumerated() {
        all.append(.map(Array(entries[..<index] + entries[(index + 1)...])))
        all += variants(of: entry.value).map { variant in
          var copy = entries
          copy[index] = CBOREntry(entry.key, variant)
          return .map(copy)
        }
      }
    case .bytes(let bytes): all += [.bytes(bytes + [0]), .bytes(bytes.dropLast())]
    default: break
    }
    return all
  }

  /// Several places damaged at once: the first in the order of the bytes must win.
  @Test func theFirstViolationCounts() throws {
    var generator = SeededGenerator(seed: 11)
    var refused = 0
    for _ in 0..<4_000 {
      let sample = Samples.all.randomElement(using: &generator) ?? Samples.note
      let type = Swift.type(of: sample).type
      var value = sample.cbor
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        value = damaged(value, using: &generator)
      }
      let found = shapeCode(type, value)
      refused += found == nil ? 0 : 1
      #expect(found == cddl.violation(of: type.description, by: value), "\(type) \(value)")
    }
    #expect(refused > 1_000)
  }

  private func damaged(
    _ value: CBORValue, using generator: inout SeededGenerator
  ) -> CBORValue {
    let other = Self.others.randomElement(using: &generator) ?? value
    switch value {
    case .array(var elements) where !elements.isEmpty:
      let place = Int.random(in: elements.indices, using: &generator)
      elements[place] = damaged(elements[place], using: &generator)
      return .array(elements)
    case .map(var entries) where !entries.isEmpty:
      let place = Int.random(in: entries.indices, using: &generator)
      let entry = entries.remove(at: place)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: break
      case 1: entries.append(CBOREntry(entry.key + 40, entry.value))
      default: entries.append(CBOREntry(entry.key, damaged(entry.value, using: &generator)))
      }
      return .map(entries.sorted { $0.key < $1.key })
    default: return other
    }
  }

  @Test func mutatedBodiesNeverTrap() throws {
    var generator = SeededGenerator(seed: 12)
    let plains = try Samples.all.map { (Swift.type(of: $0).type, try $0.encode()) }
    var accepted = 0
    for _ in 0..<20_000 {
      var (type, bytes) = plains.randomElement(using: &generator) ?? plains[0]
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(.random(in: 0...255, using: &generator), at: place)
        case 2: bytes[place] = .random(in: 0...255, using: &generator)
        default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
      }
      guard let content = (try? body(type, bytes))?.content else {
        continue
      }
      accepted += 1
      if try content.encode() != bytes { Issue.record("\(type) \(bytes)") }
    }
    #expect(accepted > 500)
    #expect(accepted < 19_500)
  }

  @Test func rulesBesideTheCDDL() {
    var session = Samples.session
    session.digests = [.sha1, .md5]
    #expect(code { _ = try Session(decoding: session.cbor) } == .schemaValue)
    session.digests = [.sha1, .sha1]
    #expect(code { _ = try Session(decoding: session.cbor) } == .schemaValue)

    var gap = Samples.unreadable
    gap.reason = "both"
    #expect(code { _ = try Gap(decoding: gap.cbor) } == .schemaValue)
    gap.kind = .notAttempted
    gap.errno = nil
    #expect(code { _ = try Gap(decoding: gap.cbor) } == .schemaValue)
    gap.attempts = nil
    #expect(code { _ = try Gap(decoding: gap.cbor) } == nil)

    var event = Samples.event
    event.kind = .released
    #expect(code { _ = try Event(decoding: event.cbor) } == .schemaValue)
    event.covers = nil
    #expect(code { _ = try Event(decoding: event.cbor) } == nil)
    event.kind = .copied
    #expect(code { _ = try Event(decoding: event.cbor) } == .schemaValue)

    // The keys of the other kind of rows.
    var block = Samples.indexBlock(level: 0, rows: 1)
    block.level = 1
    #expect(code { _ = try IndexBlock(decoding: block.cbor) } == .schemaMissing)
    block = Samples.indexBlock(level: 1, rows: 1)
    block.level = 0
    #expect(code { _ = try IndexBlock(decoding: block.cbor) } == .schemaKey)
  }
}
