internal import CBuktiSystem

/// Who made a device, and what it calls itself; nil where nothing says it.
public struct DeviceIdentity: Sendable, Equatable {
  public var make: String?
  public var model: String?
  public var serial: String?
  public var firmware: String?
  /// The file behind a loop device, as raw bytes.
  public var backingFile: [UInt8]?

  public init() {}

  /// Takes over what is not known yet.
  mutating func fill(from other: DeviceIdentity) {
    make = make ?? other.make
    model = model ?? other.model
    serial = serial ?? other.serial
    firmware = firmware ?? other.firmware
    backingFile = backingFile ?? other.backingFile
  }

  private var isWhole: Bool { model != nil && serial != nil && firmware != nil }

  /// Asks sysfs first, which asks nothing of the device, then the device itself.
  init(of file: FileDescriptor, in folder: DeviceFolder) {
    self.init(in: folder)
    if !isWhole, let words = Self.ataWords(of: file) { fill(from: DeviceIdentity(ata: words)) }
    if isWhole { return }
    if let data = Self.inquiry(file, page: -1) { fill(from: DeviceIdentity(inquiry: data)) }
    if serial == nil, let page = Self.inquiry(file, page: 0x80) {
      serial = Self.unitSerial(page: page)
    }
  }

  /// What sysfs says: SCSI, NVMe, MMC, virtio and loop devices each in their own files.
  init(in folder: DeviceFolder) {
    let disk = folder.disk
    make = disk.text("device/vendor").flatMap { $0.hasPrefix("0x") ? nil : $0 }
    model = disk.text("device/model") ?? disk.text("device/name")
    serial =
      disk.text("device/serial") ?? disk.text("serial")
      ?? disk.bytes("device/vpd_pg80").flatMap(Self.unitSerial(page:))
    firmware =
      disk.text("device/firmware_rev") ?? disk.text("device/rev") ?? disk.text("device/fwrev")
    backingFile = disk.line("loop/backing_file")
  }

  /// Words of ATA IDENTIFY DEVICE: serial 10–19, firmware 23–26, model 27–46 (ACS-4, 7.13.7).
  init(ata words: [UInt8]) {
    serial = Self.text(words, 20..<40)
    firmware = Self.text(words, 46..<54)
    model = Self.text(words, 54..<94)
  }

  /// Standard INQUIRY data: vendor 8–15, product 16–31, revision 32–35 (SPC-4, 6.6.2).
  init(inquiry data: [UInt8]) {
    make = Self.text(data, 8..<16)
    model = Self.text(data, 16..<32)
    firmware = Self.text(data, 32..<36)
  }

  /// The unit serial number of vital product data page 80h (SPC-4, 7.8.15).
  static func unitSerial(page: [UInt8]) -> String? {
    guard page.count >= 4, page[1] == 0x80 else { return nil }
    let count = Int(page[2]) << 8 | Int(page[3])
    return text(page, 4..<4 + count)
  }

  /// Printable ASCII without the padding; nil where nothing is left.
  static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
    let part = bytes[min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)]
    return text(part)
  }

  static func text(_ bytes: some Collection<UInt8>) -> String? {
    let kept = bytes.map { 0x20..<0x7F ~= $0 ? $0 : 0x20 }
    let trimmed = kept.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
    return trimmed.isEmpty ? nil : String(decoding: Array(trimmed), as: UTF8.self)
  }

  private static func ataWords(of file: FileDescriptor) -> [UInt8]? {
    var words = [UInt8](repeating: 0, count: Int(BUKTI_ATA_IDENTITY_SIZE))
    guard unsafe bukti_ata_identity(file.raw, &words) == 0 else { return nil }
    return words
  }

  private static func inquiry(_ file: FileDescriptor, page: Int32) -> [UInt8]? {
    var data = [UInt8](repeating: 0, count: 252)
    let count = unsafe bukti_scsi_inquiry(file.raw, page, &data, data.count)
    return count < 0 ? nil : Array(data.prefix(Int(count)))
  }
}
