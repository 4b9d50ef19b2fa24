import ArgumentParser

/// A share as people write it: 10% or 0.5.
struct Percentage: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let value = Double(digits), value > 0, value <= 100
    else { return nil }
    self.value = value
  }
}
