import BuktiEngines
import BuktiFormat
import FoundationEssentials
import Testing

/// The bodies of the test vectors, which another implementation wrote.
@Suite struct RecordsVectorTests {
  struct Manifest: Decodable {
    let vectors: [Vector]
  }

  struct Vector: Decodable {
    let id: String
    let files: [String]
    /// Too large to be kept with the others.
    let generated: Bool?
    let expect: Expectation?
  }

  struct Expectation: Decodable {
    let findings: [Finding]?
  }

  struct Finding: Decodable, Hashable {
    let code: String
    let record: UInt64?
  }

  private struct Frame {
    let core: Core
    let hash: Hash
    /// The body as stored; nil where it is withheld or does not have the core's digest.
    let body: [UInt8]?
  }

  private func vectors() throws -> [Vector] {
    let path = repositoryPath("testvectors/manifest.json")
    let manifest = try Data(contentsOf: URL(filePath: path))
    return try JSONDecoder().decode(Manifest.self, from: manifest).vectors
      .filter { $0.generated != true }
  }

  /// The frames of a volume up to the first that has no end; nil for what is no volume.
  private func frames(_ file: String) throws -> [Frame]? {
    let data = try Data(contentsOf: URL(filePath: repositoryPath("testvectors/" + file)))
    let bytes = [UInt8](data)
    guard (try? Preamble(decoding: bytes.span)) != nil else { return nil }
    let engine = LibcryptoSHA256()
    var frames: [Frame] = []
    var rest = bytes[Preamble.size...]
    while !rest.isEmpty {
      let start = Array(rest.prefix(FrameHeader.size))
      guard let header = try? FrameHeader(checking: start.span, remaining: UInt64(rest.count))
      else { return frames }
      frames.append(frame(header, rest.dropFirst(FrameHeader.size), using: engine))
      rest = rest.dropFirst(Int(header.frameLength))
    }
    return frames
  }

  private func frame(
    _ header: FrameHeader, _ bytes: ArraySlice<UInt8>, using engine: LibcryptoSHA256
  ) -> Frame {
    let payload = bytes.prefix(Int(header.payloadLength))
    let salt = Array(payload.prefix(FrameHeader.saltSize))
    let body = Array(payload.dropFirst(FrameHeader.saltSize))
    let isWhole =
      header.state == .present
      && engine.payloadDigest(salt: salt.span, body: body.span.raw) == header.core.payloadDigest
    return Frame(
      core: header.core, hash: engine.recordHash(header.core), body: isWhole ? body : nil)
  }

  /// The plain body; nil where it is not there, or is no good stream.
  private func plain(_ frame: Frame) -> [UInt8]? {
    guard frame.core.codec == .deflate, let body = frame.body else { return frame.body }
    var isGood = false
    let plain = [UInt8](capacity: Int(frame.core.plainLength)) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let memory = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
        isGood = (try? ZlibDeflate().inflate(body.span.raw, into: &raw)) != nil
        initialized = unsafe raw.finalize(for: memory)
      }
    }
    return isGood ? plain : nil
  }

  private func decode(_ frame: Frame, _ plain: [UInt8]) throws(BuktiError) -> RecordBody {
    try RecordBody(type: frame.core.type, plain: plain.span)
  }

  /// The records that sessions among the frames refuse.
  private func refused(_ frames: [Frame]) -> [Range<UInt64>] {
    frames.compactMap { frame in
      guard frame.core.type == .session, let plain = plain(frame),
        let refuses = try? Session(plain: plain.span).refuses
      else { return nil }
      return refuses.first..<(refuses.first + refuses.count)
    }
  }

  /// What is refused of the bodies is what the manifest lists, no more and no less.
  @Test func bodiesAreJudgedAsTheManifestSays() throws {
    var records = 0
    for vector in try vectors() {
      let listed = (vector.expect?.findings ?? []).filter {
        $0.code.hasPrefix("cbor-") || $0.code.hasPrefix("schema-")
      }
      var found: [Finding] = []
      for file in vector.files where file.hasSuffix(".bukti") {
        let frames = try frames(file) ?? []
        let refused = refused(frames)
        for frame in frames {
          guard let plain = plain(frame) else { continue }
          records += 1
          do throws(BuktiError) {
            let body = try decode(frame, plain)
            if let content = body.content { #expect(try content.encode() == plain) }
          } catch {
            // Findings about refused records are withdrawn ([B-SES-4]).
            if refused.contains(where: { $0.contains(frame.core.number) }) { continue }
            found.append(Finding(code: error.code.rawValue, record: frame.core.number))
          }
        }
      }
      let unlisted = Set(found).subtracting(listed)
      #expect(unlisted.isEmpty, "\(vector.id)")
      // What follows damage of frames is not walked here.
      if vector.id.contains("/cbor_") || vector.id.contains("/schema_") {
        #expect(Set(listed) == Set(found), "\(vector.id)")
        #expect(vector.id.hasPrefix("valid/") || !found.isEmpty, "\(vector.id)")
      }
    }
    #expect(records > 1_000)
  }

  /// Every index block and tail of the valid vectors is the one that the state asks for.
  @Test func indexAndTailsOfValidBundles() throws {
    var tails = 0
    for vector in try vectors() where vector.id.hasPrefix("valid/") {
      var state = IndexState(engine: LibcryptoSHA256())
      for file in vector.files {
        let frames = try frames(file) ?? []
        // Whether a refused tail counts hangs on its state, which is not followed here.
        let refused = refused(frames)
        let isKnown = { (frame: Frame) in
          frame.core.type != .tail || !refused.contains { $0.contains(frame.core.number) }
        }
        guard frames.allSatisfy(isKnown) else { continue }
        for frame in frames {
          if let plain = plain(frame), frame.core.type == .index || frame.core.type == .tail {
            switch try decode(frame, plain) {
            case .index(let block): #expect(state.dueBlock == block, "\(vector.id)")
            case .tail(let tail):
              tails += 1
              #expect(state.tail(state: tail.state) == tail, "\(vector.id)")
            default: Issue.record("\(vector.id)")
            }
          }
          state.append(frame.core, hash: frame.hash)
        }
      }
    }
    #expect(tails > 0)
  }
}
