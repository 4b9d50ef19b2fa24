/// A closed set of numbered things; the numbers and names are those of `spec/registry.md`.
public protocol Numbered: RawRepresentable, CaseIterable, Sendable, Hashable,
  CustomStringConvertible
where RawValue == UInt64 {
  /// One name a case, in the order of the numbers.
  static var names: [String] { get }
}

extension Numbered {
  /// The name in the registry.
  public var description: String {
    zip(Self.allCases, Self.names).first { $0.0 == self }?.1 ?? "\(rawValue)"
  }

  init(decoding value: CBORValue) throws(BuktiError) {
    let number = try value.number()
    guard let known = Self(rawValue: number) else {
      throw BuktiError(.schemaValue, "\(number) is no \(Self.self).")
    }
    self = known
  }

  var cbor: CBORValue { .unsigned(rawValue) }
}

public enum ItemKind: UInt64, Numbered {
  case file = 1
  case directory, symlink, disk, partition, memory, capture, stream, document, characterDevice
  case blockDevice, fifo, socket

  public static let names = [
    "file", "directory", "symlink", "disk", "partition", "memory", "capture", "stream", "document",
    "character-device", "block-device", "fifo", "socket",
  ]
}

public enum ItemState: UInt64, Numbered {
  case complete = 1
  case partial, aborted, notAcquired

  public static let names = ["complete", "partial", "aborted", "not-acquired"]
}

public enum GapKind: UInt64, Numbered {
  case unreadable = 1
  case notAttempted

  public static let names = ["unreadable", "not-attempted"]
}

public enum EventKind: UInt64, Numbered {
  case collected = 1
  case released, received, rejected, examined, copied, exported, returned, disposed

  public static let names = [
    "collected", "released", "received", "rejected", "examined", "copied", "exported", "returned",
    "disposed",
  ]
}

/// What came of verifying again, as an event states it.
public enum Reverified: UInt64, Numbered {
  case equal = 1
  case different, notChecked

  public static let names = ["equal", "different", "not-checked"]
}

public enum AttestKind: UInt64, Numbered {
  case timestamp = 1
  case signature, logProof, custody, certificates, crl, ocsp

  public static let names = [
    "timestamp", "signature", "log-proof", "custody", "certificates", "crl", "ocsp",
  ]
}

/// Why a session accepted the seal that it extends.
public enum AcceptedBecause: UInt64, Numbered {
  case trustList = 1
  case sameSigner, fingerprint

  public static let names = ["trust-list", "same-signer", "fingerprint"]
}

/// Whether a policy asks for a time-stamp.
public enum TimestampPolicy: UInt64, Numbered {
  case none = 0
  case optional, required

  public static let names = ["none", "optional", "required"]
}

/// A digest that items may carry besides SHA-256.
public enum FurtherDigest: UInt64, Numbered {
  case md5 = 2
  case sha1, sha512

  public static let names = ["md5", "sha1", "sha512"]
}
