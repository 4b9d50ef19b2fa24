import BuktiFixtures
import BuktiEngines
import BuktiFormat
import Testing

/// A header that passes every check, for tests to break in one place.
func validHeader(_ type: RecordType = .data) -> FrameHeader {
  FrameHeader(
    core: Core(
      bundleID: BundleID(0x0001_0203_0405_0607_0809_0A0B_0C0D_0E0F), type: type, number: 7,
      itemID: [.itemOpen, .item, .data, .gap].contains(type) ? 3 : 0, plainLength: 100,
      storedLength: 116, payloadDigest: Hash(words: 1, 2, 3, 4), previous: Hash(words: 5, 6, 7, 8)))
}

func encode(_ header: FrameHeader) -> [UInt8] {
  var writer = ByteWriter()
  header.encode(into: &writer)
  return writer.bytes
}

/// Puts the right CRC over changed bytes, so that the checks after it are reached.
func restoreCRC(_ bytes: inout [UInt8]) {
  let crc = CRC32.checksum(bytes.span.extracting(0..<136))
  for place in 0..<4 {
    bytes[136 + place] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * place))
  }
}

func check(_ bytes: [UInt8], remaining: UInt64 = 1 << 40) -> ErrorCode? {
  code { _ = try FrameHeader(checking: bytes.span, remaining: remaining) }
}

@Suite struct FrameTests {
  @Test func layoutIsThatOfTheSpecification() throws {
    var header = validHeader()
    header.core.codec = .deflate
    header.core.offset = 0x1122_3344_5566
    header.core.plainLength = 200
    let bytes = encode(header)
    #expect(bytes.count == 144)
    #expect(Array(bytes[0..<8]) == hex("f7b14b9ed3c508 3c"))
    #expect(Array(bytes[8..<24]) == Array(0...15))
    #expect(Array(bytes[24..<32]) == hex("05 01 0000 00000000"))
    #expect(Array(bytes[32..<48]) == hex("0000000000000007 0000000000000003"))
    #expect(Array(bytes[48..<72]) == hex("0000112233445566 00000000000000c8 0000000000000074"))
    #expect(Array(bytes[72..<104]) == Hash(words: 1, 2, 3, 4).bytes)
    #expect(Array(bytes[104..<136]) == Hash(words: 5, 6, 7, 8).bytes)
    #expect(Array(bytes[140..<144]) == [0, 0, 0, 0])
    let decoded = try FrameHeader(checking: bytes.span, remaining: 268)
    #expect(decoded == header)
    var trailer = ByteWriter()
    header.encodeTrailer(into: &trailer)
    #expect(trailer.bytes == hex("000000000000010c"))
    #expect(header.frameLength == 268)
    header.state = .withheld
    #expect(header.frameLength == 152)
    #expect(encode(header)[7] == 0xC3)
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 { CRC32.checksum(bytes.span) }

  @Test func crcIsThatOfZlib() {
    #expect(checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(checksum([]) == 0)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x190A_55AD)
    var generator = SeededGenerator(seed: 4)
    for length in 0..<64 {
      let bytes = generator.bytes(length)
      var slow: UInt32 = .max
      for byte in bytes {
        slow ^= UInt32(byte)
        for _ in 0..<8 { slow = slow & 1 == 1 ? slow >> 1 ^ 0xEDB8_8320 : slow >> 1 }
      }
      #expect(checksum(bytes) == ~slow)
    }
  }

  @Test func checksOutsideTheCore() {
    let good = encode(validHeader())
    #expect(check(good, remaining: 151) == .frameTruncated)
    #expect(check(Array(good.dropLast())) == .frameTruncated)
    #expect(check(good, remaining: 152 + 115) == .frameTruncated)
    #expect(check(good, remaining: 152 + 116) == nil)
    for place in 0..<7 {
      var bytes = good
      bytes[place] ^= 1
      #expect(check(bytes) == .frameMark)
    }
    for place in 7..<140 {
      var bytes = good
      bytes[place] ^= 1
      #expect(check(bytes) == .frameCRC)
    }
    for state: UInt8 in [0x5A, 0x00, 0x3D, 0xFF] {
      var bytes = good
      bytes[7] = state
      restoreCRC(&bytes)
      #expect(check(bytes) == .frameState)
    }
    for place in 140..<144 {
      var bytes = good
      bytes[place] = 1
      #expect(check(bytes) == .frameReserved)
    }
    let hasMark = FrameHeader.hasMark(good.span)
    #expect(hasMark)
    let shortHasMark = FrameHeader.hasMark(good.span.extracting(0..<6))
    #expect(!shortHasMark)
  }

  static let defects: [(ErrorCode, @Sendable (inout FrameHeader) -> Void)] = [
    (.coreReserved, { $0.core.reserved = 1 }),
    (.coreInteger, { $0.core.number = 1 << 63 }), (.coreInteger, { $0.core.itemID = .max }),
    (.coreInteger, { $0.core.offset = 1 << 63 }), (.coreInteger, { $0.core.plainLength = .max }),
    (.coreInteger, { $0.core.storedLength = .max }),
    (.coreFlags, { $0.core.flags = 1 }), (.coreFlags, { $0.core.flags = 0x8000 }),
    (.typeUnknown, { $0.core.type = RecordType(rawValue: 0) }),
    (.typeUnknown, { $0.core.type = RecordType(rawValue: 18) }),
    (.typeUnknown, { $0.core.type = RecordType(rawValue: 127) }),
    (.codecUnknown, { $0.core.codec = Codec(rawValue: 3) }),
    (
      .codecNotAllowed,
      {
        $0 = validHeader(.gap); $0.core.codec = .zeroRun
      }
    ),
    (
      .codecNotAllowed,
      {
        $0 = validHeader(.seal); $0.core.codec = .deflate
      }
    ),
    (
      .codecNotAllowed,
      {
        $0 = validHeader(.attest); $0.core.codec = .deflate
      }
    ),
    (
      .codecNotAllowed,
      {
        $0.core.type = RecordType(rawValue: 128); $0.core.codec = .zeroRun
      }
    ),
    (.lengthStored, { $0.core.storedLength = 15 }),
    (.lengthStored, { $0.core.storedLength = 17 + 16 << 20 }),
    (
      .lengthStored,
      {
        $0.core.codec = .zeroRun; $0.core.storedLength = 17
      }
    ),
    (.lengthPlain, { $0.core.plainLength = 99 }), (.lengthPlain, { $0.core.plainLength = 101 }),
    (.lengthPlain, { $0.core.codec = .deflate }),
    (
      .lengthPlain,
      {
        $0.core.codec = .deflate; $0.core.storedLength = 16
      }
    ),
    (
      .lengthPlain,
      {
        $0.core.codec = .deflate; $0.core.plainLength = 1 + 16 << 20
      }
    ),
    (
      .lengthPlain,
      {
        $0.core.plainLength = 0; $0.core.storedLength = 16
      }
    ),
    (
      .lengthPlain,
      {
        $0.core.codec = .zeroRun; $0.core.plainLength = 0; $0.core.storedLength = 16
      }
    ),
    (
      .lengthPlain,
      {
        $0.core.codec = .zeroRun; $0.core.plainLength = 1 + 16 << 20; $0.core.storedLength = 16
      }
    ),
    (
      .lengthPlain,
      {
        $0 = validHeader(.index); $0.core.plainLength = 1 + 1 << 20
        $0.core.storedLength = 17 + 1 << 20
      }
    ),
    (.coreItem, { $0.core.itemID = 0 }),
    (
      .coreItem,
      {
        $0 = validHeader(.note); $0.core.offset = 1
      }
    ),
    (
      .coreItem,
      {
        $0.core.type = RecordType(rawValue: 200); $0.core.offset = 1
      }
    ),
    (
      .coreItem,
      {
        $0 = validHeader(.session); $0.core.itemID = 1
      }
    ),
    (.coreOffset, { $0.core.offset = 1 << 56 - 100 }),
    (
      .coreOffset,
      {
        $0 = validHeader(.gap); $0.core.offset = 1 << 56
      }
    ),
    (
      .withheldType,
      {
        $0 = validHeader(.gap); $0.state = .withheld
      }
    ),
    (
      .withheldType,
      {
        $0.core.type = RecordType(rawValue: 128); $0.state = .withheld
      }
    ),
  ]

  @Test(arguments: defects.indices)
  func checksOfTheCore(index: Int) {
    var header = validHeader()
    Self.defects[index].1(&header)
    #expect(check(encode(header)) == Self.defects[index].0)
  }

  @Test func theFirstDefectCounts() throws {
    var header = validHeader()
    let order: [(ErrorCode, (inout FrameHeader) -> Void)] = [
      (.frameTruncated, { _ in }),
      (
        .withheldType,
        {
          $0.core.type = .seal; $0.state = .withheld; $0.core.itemID = 0
        }
      ),
      (.coreItem, { $0.core.offset = 1 << 60 }),
      (.lengthPlain, { $0.core.plainLength = 0 }),
      (.lengthStored, { $0.core.storedLength = 0 }),
      (.codecNotAllowed, { $0.core.codec = .zeroRun }),
      (.codecUnknown, { $0.core.codec = Codec(rawValue: 9) }),
      (.typeUnknown, { $0.core.type = RecordType(rawValue: 99) }),
      (.coreFlags, { $0.core.flags = 2 }),
      (.coreInteger, { $0.core.number = .max }),
      (.coreReserved, { $0.core.reserved = 5 }),
    ]
    for (code, damage) in order {
      damage(&header)
      let enough: UInt64 = code == .frameTruncated ? 200 : 1 << 40
      #expect(check(encode(header), remaining: enough) == code)
    }
    let bytes = encode(header)
    let decoded = try FrameHeader(decoding: bytes.span)
    #expect(decoded == header)
    let engine = LibcryptoSHA256()
    let hash = engine.recordHash(core: bytes.span.extracting(8..<136))
    #expect(engine.recordHash(decoded.core) == hash)
  }

  @Test func limitsAreInside() {
    let edges: [(inout FrameHeader) -> Void] = [
      {
        $0.core.plainLength = 16 << 20; $0.core.storedLength = 16 + 16 << 20
      },
      {
        $0.core.codec = .zeroRun; $0.core.plainLength = 16 << 20; $0.core.storedLength = 16
      },
      {
        $0.core.codec = .deflate; $0.core.plainLength = 101
      },
      {
        $0.core.codec = .deflate; $0.core.plainLength = 2; $0.core.storedLength = 17
      },
      { $0.core.offset = (1 << 56) - 101 },
      {
        $0 = validHeader(.gap); $0.core.offset = (1 << 56) - 1
      },
      {
        $0 = validHeader(.index); $0.core.plainLength = 1 << 20; $0.core.storedLength = 16 + 1 << 20
      },
      {
        $0 = validHeader(.note); $0.core.itemID = 9
      },
      { $0 = validHeader(.event) },
      {
        $0 = validHeader(.close); $0.core.plainLength = 0; $0.core.storedLength = 16
      },
      { $0.core.type = RecordType(rawValue: 255) },
      { $0.core.number = (1 << 63) - 1 },
    ]
    for edge in edges {
      var header = validHeader()
      edge(&header)
      #expect(check(encode(header)) == nil)
    }
  }

  @Test func aDamagedCoreMayStillHaveAnEnd() throws {
    var header = validHeader()
    header.core.flags = 1
    #expect(code { try header.check() } == .coreFlags)
    #expect(code { try header.checkEnd(remaining: 268) } == nil)
    #expect(code { try header.checkEnd(remaining: 267) } == .frameTruncated)
    header.core.storedLength = .max
    #expect(code { try header.checkEnd(remaining: .max) } == .lengthStored)
    #expect(header.frameLength == Limits.integer + 152)
  }

  @Test func theTrailerRepeatsTheLength() {
    let header = validHeader()
    #expect(code { try header.checkTrailer(hex("000000000000010c").span) } == nil)
    #expect(code { try header.checkTrailer(hex("000000000000010d").span) } == .frameLength)
    #expect(code { try header.checkTrailer(hex("0000000000010c").span) } == .frameTruncated)
  }

  @Test func randomHeadersComeBackAndNeverTrap() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<5000 {
      var bytes = encode(validHeader())
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 7..<136, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      bytes[7] = Bool.random(using: &generator) ? 0x3C : 0xC3
      restoreCRC(&bytes)
      let decoded = try FrameHeader(decoding: bytes.span)
      #expect(encode(decoded) == bytes)
      _ = check(bytes, remaining: generator.next())
    }
  }

  @Test func hashesCoverWhatTheSpecificationSays() {
    let engine = LibcryptoSHA256()
    let header = validHeader()
    let core = Array(encode(header)[8..<136])
    #expect(engine.recordHash(header.core) == engine.digest([0] + core))
    let salt = [UInt8](1...16)
    let body = Array("body".utf8)
    let digest = engine.digest(salt + [UInt8](repeating: 0, count: 48) + body)
    let payloadDigest = engine.payloadDigest(salt: salt.span, body: body.span.raw)
    #expect(payloadDigest == digest)
    var stated = header
    stated.core.payloadDigest = digest
    #expect(
      code { try stated.checkPayload(salt: salt.span, body: body.span.raw, using: engine) } == nil)
    #expect(
      code { try header.checkPayload(salt: salt.span, body: body.span.raw, using: engine) }
        == .payloadDigest)
    let state = engine.startPayload(salt: salt.span)
    state.update(body.span.raw)
    #expect(state.digest() == digest)
  }
}
