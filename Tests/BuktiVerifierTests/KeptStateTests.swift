import BuktiFixtures
import BuktiFormat
import Testing

@testable import BuktiVerifier

/// What a pass keeps of each place where a refusal may begin, for whoever makes bundles to exhaust memory.
@Suite struct KeptStateTests {
  /// Bytes of names and tables below a value; what two values share is counted with each.
  private static func bytes(in value: Any) -> Int {
    if let bytes = value as? [UInt8] { return bytes.count }
    return Mirror(reflecting: value).children.reduce(0) { $0 + bytes(in: $1.value) }
  }

  private static func directory(_ name: [UInt8]) -> Item {
    Item(kind: .directory, name: name, size: 0, state: .complete)
  }

  @Test func longNamesAreNotKept() throws {
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: 65_535)
    var bundle = try BundleBuilder()
    for id in 1...100 as ClosedRange<UInt64> {
      try bundle.close(id, Self.directory(name))
      try bundle.tail()
      try bundle.names()
    }
    try bundle.seal()
    let pass = Pass(
      VerificationOptions(time: vectorTime), visitor: nil,
      pace: Pace(total: nil, progress: nil, isCancelled: nil))
    var sources = [PieceSource(bundle.bytes)]
    try pass.run { () throws(BuktiError) in sources.popLast() }
    #expect(pass.findings.standing(without: RecordRanges()).isEmpty)
    #expect(Self.bytes(in: pass.history) < 200 << 10)
  }

  /// Names that are kept by their digest alone are told apart all the same.
  @Test(arguments: [1, 255, 256, 65_535]) func namesAreComparedWhole(_ count: Int) throws {
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    var other = name
    other[count - 1] = UInt8(ascii: "b")
    var wrong = try BundleBuilder()
    let record = try wrong.close(1, Self.directory(name))
    let row = NameRow(item: 1, record: record, name: other, kind: .directory, size: 0)
    try wrong.append(Names(rows: [row], previous: nil))
    #expect(try verify(wrong.bytes).findings.contains { $0.code == .namesMismatch })
    var right = try BundleBuilder()
    try right.close(1, Self.directory(name))
    try right.names()
    #expect(try !verify(right.bytes).findings.contains { $0.code == .namesMismatch })
  }

  @Test func signersAreKeptOnce() throws {
    var session = BundleBuilder.session()
    let signers = [Hash](repeating: .zero, count: 10_000) + [Hash(words: 1, 2, 3, 4)]
    session.extends = Extends(size: 3, root: .zero, signers: signers, because: .fingerprint)
    #expect(SessionFacts(session, number: 9).extends?.signers.count == 2)
  }
}

/// Lists that states share.
@Suite struct SharedListTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func itDoesWhatAnArrayDoes(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var list = SharedList<Int>()
    var array: [Int] = []
    var kept: [(SharedList<Int>, [Int])] = []
    for step in 0..<600 {
      let place = array.indices.randomElement(using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0..<3:
        list.append(step)
        array.append(step)
      case 3..<5 where place != nil:
        list.change(place ?? 0) { $0 = -step }
        array[place ?? 0] = -step
      case 5..<7 where place != nil:
        list.remove(at: place ?? 0)
        array.remove(at: place ?? 0)
      default: kept.append((list, array))
      }
      #expect(list.count == array.count && list.last == array.last)
    }
    #expect(Array(list) == array)
    #expect(kept.allSatisfy { Array($0) == $1 })
  }

  @Test func aCopyThatChangesCostsLittle() {
    var list = SharedList<Int>()
    for number in 0..<256 { list.append(number) }
    for place in stride(from: 240, through: 0, by: -2) { list.remove(at: place) }
    let chunks = Mirror(reflecting: list).children.compactMap { $0.value as? [[Int]] }
    #expect(chunks.count == 1)
    for chunks in chunks {
      #expect(chunks.allSatisfy { !$0.isEmpty && $0.count <= 16 })
      #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0.count + $1.count > 16 })
    }
  }
}

/// Ranges that states share.
@Suite struct KeptRangesTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func theyAreWhatRangesAre(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var states = [(ranges: KeptRanges(), wanted: RecordRanges(), end: UInt64(0))]
    for _ in 0..<200 {
      // As a refusal does: from an earlier state on, behind all that it holds.
      var (ranges, wanted, end) = states[
        Int.random(in: max(0, states.count - 8)..<states.count, using: &random)]
      let next = end + UInt64.random(in: 1..<9, using: &random)
      let first = next - min(next, UInt64.random(in: 0..<12, using: &random))
      ranges.insert(first..<next)
      wanted.insert(first..<next)
      end = next
      states.append((ranges, wanted, end))
    }
    for (ranges, wanted, end) in states {
      #expect(ranges.all == wanted)
      #expect((0..<end + 3).allSatisfy { ranges.contains($0) == wanted.contains($0) })
    }
  }
}
