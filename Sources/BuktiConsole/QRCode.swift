public import BuktiFormat
internal import BuktiStore
internal import CBuktiConsole

/// A QR code (ISO/IEC 18004, error correction level M) as text for a terminal, or as a picture.
public struct QRCode: Sendable {
  /// Modules of a side of the largest code, version 40.
  private static let maximumWidth = 177
  /// Light modules that the standard wants around the code.
  private static let quietZone = 4

  /// Modules of a side, without the quiet zone.
  public let width: Int
  private let modules: [UInt8]

  /// - Throws: `usage` for nothing, or for more bytes than a code of level M holds, 2,331; `io`.
  public init(_ bytes: [UInt8]) throws(BuktiError) {
    var modules = [UInt8](repeating: 0, count: Self.maximumWidth * Self.maximumWidth)
    let capacity = modules.count
    let width = unsafe bytes.span.withUnsafeBytes { text in
      unsafe bukti_qr(text.baseAddress, text.count, &modules, capacity)
    }
    guard width > 0 else {
      throw BuktiError(.usage, "A QR code cannot hold these \(bytes.count) bytes.")
    }
    self.width = Int(width)
    self.modules = modules
  }

  /// Whether a module is dark; those of the quiet zone and beyond are not.
  public func isDark(_ row: Int, _ column: Int) -> Bool {
    guard 0..<width ~= row, 0..<width ~= column else { return false }
    return modules[row * width + column] == 1
  }

  /// Lines of half blocks, two rows of modules in each, as ink on paper is.
  ///
  /// - Parameter isColoured: black on white whatever the terminal's colours are.
  public func text(isColoured: Bool) -> String {
    var lines = ""
    for row in stride(from: -Self.quietZone, to: width + Self.quietZone, by: 2) {
      if isColoured { lines += "\u{1B}[30;107m" }
      for column in -Self.quietZone..<width + Self.quietZone {
        switch (isDark(row, column), isDark(row + 1, column)) {
        case (true, true): lines += "█"
        case (true, false): lines += "▀"
        case (false, true): lines += "▄"
        case (false, false): lines += " "
        }
      }
      lines += isColoured ? "\u{1B}[0m\n" : "\n"
    }
    return lines
  }

  /// A PNG in shades of grey.
  ///
  /// - Parameter scale: pixels of a module's side, from 1 to 64.
  /// - Throws: `usage` for another scale; `io`.
  public func png(scale: Int = 8) throws(BuktiError) -> [UInt8] {
    guard 1...64 ~= scale else { throw BuktiError(.usage, "A module has 1 to 64 pixels a side.") }
    let side = (width + 2 * Self.quietZone) * scale
    var pixels = [UInt8](repeating: 0xFF, count: side * side)
    for y in 0..<side {
      for x in 0..<side where isDark(y / scale - Self.quietZone, x / scale - Self.quietZone) {
        pixels[y * side + x] = 0
      }
    }
    var png = [UInt8](repeating: 0, count: pixels.count + (1 << 16))
    let capacity = png.count
    let size = unsafe try check(
      bukti_png(&pixels, UInt32(side), &png, capacity), "write PNG")
    return Array(png.prefix(Int(size)))
  }
}
