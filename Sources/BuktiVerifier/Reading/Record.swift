import BuktiFormat

/// A record that chain and tree have taken.
struct Record {
  let core: Core
  let hash: Hash
  let place: Place
  let content: RecordContents
  /// Where it stood among frames that were read together.
  let position: Int
  /// For an item record, the digest of bytes that came just before it.
  let run: ItemRun?

  init(_ read: ReadFrame, _ content: RecordContents) {
    core = read.frame.core
    hash = read.hash
    place = read.place
    position = read.position
    run = read.run
    self.content = content
  }

  var number: UInt64 { core.number }
  var type: RecordType { core.type }

  /// The decoded body, if there is one to judge.
  var body: RecordBody? {
    if case .body(let body) = content { body } else { nil }
  }

  /// Why nothing of it can be read.
  var missing: UncheckedReason? {
    switch content {
    case .withheld: .withheld
    case .unusable: .damaged
    case .undecoded: .limit
    case .unread: .notRead
    case .body, .data, .zeros: nil
    }
  }
}

/// What the frame of a record gives.
enum RecordContents {
  case withheld
  case unusable
  /// Data that is here and was not decoded, because there is more than the verifier was told to decode.
  case undecoded
  /// Data that nobody asked for, or not to be decoded.
  case unread
  case body(RecordBody)
  /// The plain bytes of data, valid until the pass goes on.
  case data(PlainBytes)
  case zeros
}

/// Plain bytes that lie in the window's block or in a batch.
@safe
struct PlainBytes {
  private let bytes: UnsafeRawBufferPointer

  @unsafe init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = unsafe bytes }

  @unsafe var raw: UnsafeRawBufferPointer { unsafe bytes }
}
