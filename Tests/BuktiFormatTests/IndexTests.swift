import BuktiFixtures
import BuktiEngines
import BuktiFormat
import Testing

@Suite struct IndexTests {
  typealias State = IndexState<LibcryptoSHA256>
  let engine = LibcryptoSHA256()

  /// A bundle that grows at random; blocks come when they are due, sometimes late.
  private struct Growth {
    var generator: SeededGenerator
    var item: UInt64 = 0
    var offset: UInt64 = 0

    mutating func next(due: Bool, number: UInt64) -> Core {
      let pick = Int.random(in: 0..<1000, using: &generator)
      if pick < 3 { return core(.tail, number) }
      if pick < 5 { return core(.session, number) }
      if due { return core(pick < 20 ? .attest : .index, number) }
      // A stretch without items now and then fills whole runs that have none.
      if (number >> 10) % 9 == 8 { return core(.names, number) }
      if item == 0 || pick < 300 {
        item += 1
        offset = 0
        return core(.itemOpen, number, item: item)
      }
      if pick < 400 { return core(.event, number, item: .random(in: 0...item, using: &generator)) }
      offset += 4096
      return core(.data, number, item: item, offset: offset)
    }

    private mutating func core(
      _ type: RecordType, _ number: UInt64, item: UInt64 = 0, offset: UInt64 = 0
    ) -> Core {
      let length = UInt64.random(in: 0...Limits.maxPlainLength, using: &generator)
      return Core(
        bundleID: BundleID(1), type: type, number: number, itemID: item, offset: offset,
        plainLength: length, storedLength: length / 2 + 16, payloadDigest: .zero, previous: .zero)
    }

    mutating func hash() -> Hash {
      Hash(words: generator.next(), generator.next(), generator.next(), generator.next())
    }
  }

  private let tailState = TailState(nextItemID: 1, session: 1)

  /// The tails that the reference has met, as an appender would find them in the file.
  private struct Found {
    let tail: Tail
    let core: Core
    let hash: Hash
  }

  @Test func agreesWithTheSlowReading() throws {
    var growth = Growth(generator: SeededGenerator(seed: 21))
    var state = State(engine: engine)
    var reference = IndexReference(engine: engine)
    var resumed: State?
    var found: [UInt64: Found] = [:]
    var blocks: [UInt64: Int] = [:]
    var leaning = 0
    while state.count < 70_000 {
      let core = growth.next(due: state.due != nil, number: state.count)
      let hash = growth.hash()
      if core.type == .index {
        let block = try #require(reference.dueBlock)
        if state.dueBlock != block { Issue.record("block at \(state.count)") }
        if let resumed, resumed.dueBlock != block { Issue.record("resumed at \(state.count)") }
        blocks[block.level, default: 0] += 1
      } else if core.type == .tail {
        let tail = state.tail(state: tailState)
        let agrees =
          found.count.isMultiple(of: 25)
          ? reference.tail(state: tailState) == tail : reference.agreesInRows(with: tail)
        if !agrees { Issue.record("tail at \(state.count)") }
        if let resumed, resumed.tail(state: tailState) != tail {
          Issue.record("resumed tail at \(state.count)")
        }
        leaning = max(leaning, tail.tails.count)
        found[state.count] = Found(tail: tail, core: core, hash: hash)
        resumed = try resume(from: found, at: state.count)
      }
      if core.type != .tail { resumed?.append(core, hash: hash) }
      state.append(core, hash: hash)
      reference.append(core, hash: hash)
      if (state.due == nil) != (reference.dueLevel == nil) { Issue.record("due \(state.count)") }
      #expect(state.logicalOffset == reference.nextOffset)
    }
    #expect(blocks[0, default: 0] > 270)
    #expect(blocks[1] == 4)
    #expect(leaning >= 4)
    #expect(state.tail(state: tailState) == reference.tail(state: tailState))
    #expect(state.tail(state: tailState).levels.count == 2)
    #expect(state.uncovered < 1_000)
  }

  /// Opens at a tail with what the file offers: it and the tails that it names.
  private func resume(from found: [UInt64: Found], at number: UInt64) throws -> State {
    let last = try #require(found[number])
    var earlier = Rows()
    for tail in last.tail.tails { earlier.append(contentsOf: try #require(found[tail]).tail.rows) }
    let decoded = try Tail(decoding: last.tail.cbor)
    return try State(
      resumingFrom: decoded, core: last.core, hash: last.hash, earlierRows: earlier,
      engine: engine)
  }

  private func core(_ type: RecordType, _ number: UInt64) -> Core {
    Core(
      bundleID: BundleID(1), type: type, number: number, plainLength: 0, storedLength: 16,
      payloadDigest: .zero, previous: .zero)
  }

  private func grown(_ types: [RecordType]) -> State {
    var state = State(engine: engine)
    for type in types {
      state.append(core(type, state.count), hash: Hash(words: 0, 0, 0, state.count))
    }
    return state
  }

  @Test func nineTailsShareTheRows() {
    var state = grown([.genesis, .session, .note])
    var leans: [[UInt64]] = []
    var firsts: [UInt64] = []
    for _ in 0..<10 {
      let tail = state.tail(state: tailState)
      leans.append(tail.tails)
      firsts.append(tail.firstRow)
      #expect(UInt64(tail.rows.count) == state.count - tail.firstRow)
      state.append(core(.tail, state.count), hash: .zero)
    }
    #expect(leans[0] == [] && leans[1] == [3] && leans[7] == [3, 4, 5, 6, 7, 8, 9])
    #expect(leans[8] == [] && leans[9] == [11])
    #expect(firsts == [0, 3, 4, 5, 6, 7, 8, 9, 0, 11])
  }

  @Test func aBlockIsDueOnceItsRunIsFull() throws {
    var state = grown([RecordType](repeating: .note, count: 255))
    #expect(state.due == nil && state.dueBlock == nil)
    state.append(core(.tail, 255), hash: .zero)
    #expect(try #require(state.due) == (0, 0))
    #expect(state.tail(state: tailState).tails == [255])

    // A block that is not the right one does not count, a tail neither.
    state.append(core(.index, 256), hash: .zero, isRight: false)
    #expect(try #require(state.due) == (0, 0))
    state.append(core(.tail, 257), hash: .zero, isRight: false)
    #expect(state.tail(state: tailState).tails == [255])

    state.append(core(.index, 258), hash: .zero)
    #expect(state.due == nil)
    let tail = state.tail(state: tailState)
    #expect(tail.tails == [] && tail.firstRow == 256 && tail.rows.count == 3)
    #expect(tail.levels.count == 1 && tail.levels[0].count == 1)
    #expect(tail.levels[0][0].record == 258)
    #expect(tail.levels[0][0].highest == ItemPlace(itemID: 0, offset: 0))

    // An index record where none is due changes nothing but its own row.
    state.append(core(.index, 259), hash: .zero)
    #expect(state.uncovered == 4 && state.due == nil)
  }

  @Test func theRunBeforeTheLevelsInOrder() throws {
    // 64 blocks of level 0 at once: the level above comes before the next of level 0.
    var state = grown([RecordType](repeating: .attest, count: 256 * 66))
    for number in 0..<64 {
      #expect(try #require(state.due) == (0, UInt64(number)))
      state.append(core(.index, state.count), hash: .zero)
    }
    #expect(try #require(state.due) == (1, 0))
    let block = try #require(state.dueBlock)
    #expect(try IndexBlock(decoding: block.cbor) == block)
    state.append(core(.index, state.count), hash: .zero)
    #expect(try #require(state.due) == (0, 64))
    #expect(state.tail(state: tailState).levels.map(\.count) == [0, 1])
  }

  @Test func refusesATailWhosePartsDoNotFit() throws {
    let state = grown([.genesis, .session, .note, .tail, .note])
    let tail = state.tail(state: tailState)
    let record = core(.tail, state.count)
    let earlier = grown([.genesis, .session, .note]).tail(state: tailState).rows
    func refusal(
      of tail: Tail, core: Core? = nil, earlierRows: Rows? = nil
    ) -> ErrorCode? {
      code {
        _ = try State(
          resumingFrom: tail, core: core ?? record, hash: .zero,
          earlierRows: earlierRows ?? earlier, engine: engine)
      }
    }
    #expect(refusal(of: tail) == nil)
    #expect(refusal(of: tail, earlierRows: Rows()) == .tailMismatch)
    #expect(refusal(of: tail, core: self.core(.tail, 6)) == .tailMismatch)
    #expect(refusal(of: tail, core: self.core(.tail, 1 << 62)) == .tailMismatch)
    var damaged = tail
    damaged.frontier.removeLast()
    #expect(refusal(of: damaged) == .tailMismatch)
    damaged = tail
    damaged.firstRow = 2
    #expect(refusal(of: damaged) == .tailMismatch)
    damaged = tail
    damaged.tails = []
    #expect(refusal(of: damaged) == .tailMismatch)
    damaged = tail
    damaged.rows.removeFirst(1)
    #expect(refusal(of: damaged) == .tailMismatch)
    damaged = tail
    damaged.levels = Array(repeating: Samples.levelRows(70), count: 7)
    #expect(refusal(of: damaged) == .tailMismatch)
  }
}
