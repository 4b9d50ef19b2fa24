import BuktiEngines
import BuktiFormat
import CZlib

/// DEFLATE streams of every encoder, whole and mutated, through the fast engine in both of its forms and through zlib
/// alone: all must say the same, and give the same bytes.
public enum EngineCampaign {
  /// Makes streams with these numbers; the same number gives the same stream.
  public static func run(_ numbers: Range<Int>) -> Outcomes {
    let engines = Engines()
    return Outcomes.each(numbers) { number, outcomes in
      engines.compare(UInt64(number), &outcomes)
    }
  }
}

private struct Engines: Sendable {
  private let fast = FastDeflate()
  private let portable = FastDeflate(isPortable: true)
  private let zlib = ZlibDeflate(level: .fast)
  private let best = ZlibDeflate(level: .best)

  func compare(_ number: UInt64, _ outcomes: inout Outcomes) {
    var dice = Dice(number)
    let plain = Self.plain(&dice)
    guard let whole = encoded(plain, number) else { return }
    guard number % 8 > 0 else {
      // What an encoder writes must come out again without zlib's help.
      let isRight = [fast, portable].allSatisfy {
        outcome($0, whole, plain.count) == .plain(plain) && inflatesAlone($0, whole, plain.count)
      }
      return outcomes.expect(isRight, "stream \(number) does not come out again")
    }
    var stream = whole
    for _ in 0...dice.next(3) {
      // The codes at the front are where decoders differ.
      let reach = dice.next(2) == 0 ? min(stream.count, 40) : stream.count
      stream[dice.next(reach)] ^= 1 << UInt8(dice.next(8))
    }
    if dice.next(10) == 0 { stream.removeLast(dice.next(stream.count)) }
    // The length that the core states: the first one, or the one that the mutated stream gives.
    let count = dice.next(2) == 0 ? plain.count : length(of: stream) ?? plain.count
    let expected = outcome(zlib, stream, count)
    let isSame = [fast, portable].allSatisfy { outcome($0, stream, count) == expected }
    outcomes.expect(isSame, "engines differ on stream \(number), plain length \(count)")
  }

  private func encoded(_ plain: [UInt8], _ number: UInt64) -> [UInt8]? {
    let room = plain.count + plain.count / 8 + 64
    return switch number / 8 % 3 {
    case 0: fast.deflate(plain.span.raw, limit: room)
    case 1: zlib.deflate(plain.span.raw, limit: room)
    default: best.deflate(plain.span.raw, limit: room)
    }
  }

  /// How many bytes come out of a stream; nil where zlib refuses it or they are very many.
  private func length(of stream: [UInt8]) -> Int? {
    var state = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&state, -15, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { unsafe inflateEnd(&state) }
    var stream = stream
    var plain = [UInt8](repeating: 0, count: 1 << 16)
    return unsafe stream.withUnsafeMutableBufferPointer { input in
      unsafe plain.withUnsafeMutableBufferPointer { output in
        unsafe state.next_in = input.baseAddress
        unsafe state.avail_in = UInt32(input.count)
        unsafe state.next_out = output.baseAddress
        unsafe state.avail_out = UInt32(output.count)
        guard unsafe CZlib.inflate(&state, Z_FINISH) == Z_STREAM_END else { return nil }
        return unsafe output.count - Int(state.avail_out)
      }
    }
  }

  private enum Outcome: Equatable {
    case plain([UInt8])
    case refused(ErrorCode)
  }

  private func outcome(_ engine: some DeflateEngine, _ body: [UInt8], _ count: Int) -> Outcome {
    var failure: ErrorCode?
    let plain = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let room = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        do throws(BuktiError) { try engine.inflate(body.span.raw, into: &raw) } catch {
          failure = error.code
        }
        initialized = unsafe raw.finalize(for: room)
      }
    }
    return failure.map { .refused($0) } ?? .plain(plain)
  }

  private func inflatesAlone(_ engine: FastDeflate, _ body: [UInt8], _ count: Int) -> Bool {
    var isDone = false
    _ = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let room = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        isDone = engine.inflateFast(body.span.raw, into: &raw)
        initialized = unsafe raw.finalize(for: room)
      }
    }
    return isDone
  }

  /// Bytes of many kinds: noise, few letters, one letter, repetitions near and far.
  private static func plain(_ dice: inout Dice) -> [UInt8] {
    let kind = dice.next(5)
    var bytes: [UInt8] = []
    // Some are long enough for tables with pairs of literals.
    let most = dice.next(40) == 0 ? 150_000 : dice.next(8) == 0 ? 8000 : 600
    for place in 0..<1 + dice.next(most) {
      let byte =
        switch kind {
        case 0: dice.next(256)
        case 1: 97 + dice.next(8)
        case 2: dice.next(9) == 0 ? dice.next(256) : 97
        case 3: place > 3 && dice.next(3) > 0 ? Int(bytes[place - 1 - dice.next(3)]) : 120
        default: place > 30 && dice.next(40) > 0 ? Int(bytes[place - 30]) : dice.next(256)
        }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    return bytes
  }
}

/// Numbers that look random and are the same every time.
private struct Dice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03 }

  /// 0 up to `count`, which is positive.
  mutating func next(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(truncatingIfNeeded: (state >> 33) % UInt64(max(1, count)))
  }
}
