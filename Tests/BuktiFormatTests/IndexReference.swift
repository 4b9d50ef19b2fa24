import BuktiFormat

/// Section 9 as it reads, over all records at every question: slow, and without a state to go wrong.
struct IndexReference<Engine: SHA256Engine> {
  struct Entry {
    let core: Core
    let hash: Hash
    let logicalOffset: UInt64
  }

  let engine: Engine
  private(set) var records: [Entry] = []
  /// Record numbers of the blocks of each level, in order.
  private(set) var blocks: [[Int]] = Array(repeating: [], count: 8)

  init(engine: Engine) { self.engine = engine }

  var nextOffset: UInt64 {
    records.last.map { $0.logicalOffset + 152 + $0.core.storedLength } ?? 32
  }

  /// Takes a record; an index record is taken as the block that is due.
  mutating func append(_ core: Core, hash: Hash) {
    if core.type == .index, let level = dueLevel { blocks[level].append(records.count) }
    records.append(Entry(core: core, hash: hash, logicalOffset: nextOffset))
  }

  var dueLevel: Int? {
    (1...7).first { blocks[$0 - 1].count >= 64 * (blocks[$0].count + 1) }
      ?? (records.count >= 256 * (blocks[0].count + 1) ? 0 : nil)
  }

  var dueBlock: IndexBlock? {
    guard let level = dueLevel else { return nil }
    let number = blocks[level].count
    if level == 0 {
      return IndexBlock(number: UInt64(number), records: rows(256 * number..<256 * (number + 1)))
    }
    let below = 64 * number..<64 * (number + 1)
    return IndexBlock(
      level: UInt64(level), number: UInt64(number), blocks: levelRows(level, below))
  }

  private func rows(_ range: Range<Int>) -> Rows {
    var rows = Rows()
    for entry in records[range] {
      rows.append(
        Row(
          logicalOffset: entry.logicalOffset, hash: entry.hash, itemID: entry.core.itemID,
          offset: entry.core.offset, plainLength: entry.core.plainLength, type: entry.core.type))
    }
    return rows
  }

  /// The rows that a level has for blocks of the level below.
  private func levelRows(_ level: Int, _ range: Range<Int>) -> LevelRows {
    var rows = LevelRows()
    for number in range { rows.append(levelRow(level - 1, number)) }
    return rows
  }

  private func levelRow(_ level: Int, _ number: Int) -> LevelRow {
    let run = (0..<level).reduce(256) { size, _ in size * 64 }
    let covered = records[run * number..<run * (number + 1)]
    let places = covered.filter { $0.core.itemID > 0 }.map {
      ItemPlace(itemID: $0.core.itemID, offset: $0.core.offset)
    }
    let none = ItemPlace(itemID: 0, offset: 0)
    let block = blocks[level][number]
    return LevelRow(
      hash: root(covered.map(\.hash)), record: UInt64(block),
      logicalOffset: records[block].logicalOffset, lowest: places.min() ?? none,
      highest: places.max() ?? none)
  }

  /// MTH as RFC 6962 section 2.1 defines it.
  private func root(_ hashes: [Hash]) -> Hash {
    guard hashes.count > 1 else { return hashes.first ?? engine.emptyRoot }
    var split = 1
    while split * 2 < hashes.count { split *= 2 }
    return engine.nodeHash(root(Array(hashes[..<split])), root(Array(hashes[split...])))
  }

  /// What a tail written here says of records alone, which costs no hashing.
  func agreesInRows(with tail: Tail) -> Bool {
    let (first, tails) = lean
    return tail.logicalOffset == nextOffset && tail.firstRow == UInt64(first)
      && tail.tails == tails.map { UInt64($0) } && tail.rows == rows(first..<records.count)
  }

  /// The whole tail, with every hash made anew from the first record.
  func tail(state: TailState) -> Tail {
    let (first, tails) = lean
    let highest = (0..<7).last { !blocks[$0].isEmpty }.map { $0 + 1 } ?? 0
    let levels = (0..<highest).map { below in
      levelRows(below + 1, 64 * blocks[below + 1].count..<blocks[below].count)
    }
    return Tail(
      logicalOffset: nextOffset, frontier: frontier, firstRow: UInt64(first),
      rows: rows(first..<records.count), tails: tails.map { UInt64($0) }, levels: levels,
      state: state)
  }

  /// The first row of a tail written here, and the tails before it: all tails gone through again.
  private var lean: (Int, [Int]) {
    let start = blocks[0].last ?? -1
    var tails: [Int] = []
    for number in (start + 1)..<records.count where records[number].core.type == .tail {
      tails = tails.isEmpty || tails.count == 8 ? [number] : tails + [number]
    }
    guard let last = tails.last, tails.count < 8 else { return (256 * blocks[0].count, []) }
    return (last, tails)
  }

  private var frontier: [Hash] {
    var hashes: [Hash] = []
    var start = 0
    for bit in (0..<32).reversed() where records.count >> bit & 1 == 1 {
      hashes.append(root(records[start..<start + 1 << bit].map(\.hash)))
      start += 1 << bit
    }
    return hashes
  }
}
