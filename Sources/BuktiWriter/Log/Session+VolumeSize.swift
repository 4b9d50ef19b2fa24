import BuktiFormat

extension Session {
  private static let volumeSizeFlag = "--volume-size "

  /// The size below which this session keeps each volume, in bytes, as its options state it; nil for none.
  var volumeSize: UInt64? {
    get {
      let flag = options?.last { $0.hasPrefix(Self.volumeSizeFlag) }
      return flag.flatMap { UInt64($0.dropFirst(Self.volumeSizeFlag.count)) }
    }
    set {
      var flags = options ?? []
      flags.removeAll { $0.hasPrefix(Self.volumeSizeFlag) }
      if let newValue, newValue > 0 { flags.append(Self.volumeSizeFlag + String(newValue)) }
      options = flags.isEmpty ? nil : flags
    }
  }
}
