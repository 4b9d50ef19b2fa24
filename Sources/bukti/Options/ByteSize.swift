import ArgumentParser
import BuktiFormat

/// A number of bytes as people give it: 650M, 4G, 4GiB; units are powers of 1024.
struct ByteSize: ExpressibleByArgument {
  let bytes: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).uppercased()
    let shifts = ["": 0, "K": 10, "M": 20, "G": 30, "T": 40]
    let name = unit.hasSuffix("IB") ? String(unit.dropLast(2)) : unit
    guard let shift = shifts[name], unit.isEmpty == name.isEmpty, let count = UInt64(digits),
      count < Limits.integer >> UInt64(shift)
    else { return nil }
    bytes = count << UInt64(shift)
  }
}
