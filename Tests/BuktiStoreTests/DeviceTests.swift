import BuktiFixtures
import BuktiFormat
import Testing

@testable import BuktiStore

/// What is read of a device out of the kernel's files, on a sysfs of the tests' own.
@Suite struct DeviceTests {
  let folder = TemporaryFolder()

  private func make(_ line: String) { #expect(shell("cd '\(folder.text)' && \(line)")) }

  private var system: SystemFolders {
    SystemFolders(
      sysfs: folder.file("sys"), mounts: folder.file("mountinfo"), swaps: folder.file("swaps"))
  }

  private func device(_ major: UInt32, _ minor: UInt32) -> DeviceFolder {
    DeviceFolder(DeviceNumber(major: major, minor: minor), system)
  }

  /// A disk 8:0 with a partition 8:1, which holds an encrypted volume 253:3.
  private func makeDisk() {
    make(
      """
      mkdir -p sys/dev/block sys/devices/sda/sda1/holders sys/devices/sda/holders sys/devices/sda/device \
        sys/devices/dm-3/holders
      echo 8:0 > sys/devices/sda/dev; echo 8:1 > sys/devices/sda/sda1/dev; echo 253:3 > sys/devices/dm-3/dev
      echo 1 > sys/devices/sda/sda1/partition
      ln -s ../../devices/sda sys/dev/block/8:0; ln -s ../../devices/sda/sda1 sys/dev/block/8:1
      ln -s ../../devices/dm-3 sys/dev/block/253:3; ln -s ../../../dm-3 sys/devices/sda/sda1/holders/dm-3
      echo 'ATA     ' > sys/devices/sda/device/vendor; echo 'Example Disk 1  ' > sys/devices/sda/device/model
      echo 'A001' > sys/devices/sda/device/rev
      printf '\\000\\200\\000\\010 S1234  ' > sys/devices/sda/device/vpd_pg80
      echo '  5 0 10 1 7 0 4242 1 0 0 0' > sys/devices/sda/sda1/stat
      """)
  }

  @Test func identityOfADiskAndItsPartitions() {
    makeDisk()
    for folder in [device(8, 0), device(8, 1)] {
      let identity = DeviceIdentity(in: folder)
      #expect(identity.make == "ATA" && identity.model == "Example Disk 1")
      #expect(identity.serial == "S1234" && identity.firmware == "A001")
    }
    #expect(device(8, 1).isPartition && !device(8, 0).isPartition)
    #expect(device(8, 1).sectorsWritten == 4242)
    #expect(device(8, 0).sectorsWritten == nil)
    #expect(DeviceIdentity(in: device(9, 9)) == DeviceIdentity())
  }

  @Test func identityOfOtherKinds() {
    make(
      """
      mkdir -p sys/dev/block/259:0/device sys/dev/block/179:0/device sys/dev/block/254:0/device sys/dev/block/7:0/loop
      cd sys/dev/block
      echo 'Example NVMe' > 259:0/device/model; echo ' N1 ' > 259:0/device/serial; echo F2 > 259:0/device/firmware_rev
      echo SD64G > 179:0/device/name; echo 0xabcd > 179:0/device/serial; echo 0x1 > 179:0/device/fwrev
      echo 0x1af4 > 254:0/device/vendor; printf 'volume-7' > 254:0/serial
      printf '/srv/a b\\377.img\\n' > 7:0/loop/backing_file
      """)
    let nvme = DeviceIdentity(in: device(259, 0))
    #expect(nvme.model == "Example NVMe" && nvme.serial == "N1" && nvme.firmware == "F2")
    let card = DeviceIdentity(in: device(179, 0))
    #expect(card.model == "SD64G" && card.serial == "0xabcd" && card.firmware == "0x1")
    let virtual = DeviceIdentity(in: device(254, 0))
    #expect(virtual.make == nil && virtual.serial == "volume-7")
    let loop = DeviceIdentity(in: device(7, 0))
    #expect(loop.backingFile == Array("/srv/a b".utf8) + [0xFF] + Array(".img".utf8))
  }

  @Test func whatADeviceAnswers() {
    var words = [UInt8](repeating: 0, count: 512)
    words.replaceSubrange(20..<40, with: Array("       S/N 1 \u{7}      ".utf8))
    words.replaceSubrange(46..<54, with: Array("FW1     ".utf8))
    words.replaceSubrange(
      54..<94, with: Array("Example Model".utf8) + [UInt8](repeating: 32, count: 27))
    let ata = DeviceIdentity(ata: words)
    #expect(ata.serial == "S/N 1" && ata.firmware == "FW1" && ata.model == "Example Model")
    #expect(DeviceIdentity(ata: []) == DeviceIdentity())
    let inquiry = [UInt8](repeating: 0, count: 8) + Array("VENDOR  PRODUCT         0001more".utf8)
    let scsi = DeviceIdentity(inquiry: inquiry)
    #expect(scsi.make == "VENDOR" && scsi.model == "PRODUCT" && scsi.firmware == "0001")
    #expect(DeviceIdentity(inquiry: Array(inquiry.prefix(20))).firmware == nil)
    #expect(DeviceIdentity.unitSerial(page: [0, 0x80, 0xFF, 0xFF, 65]) == "A")
    #expect(DeviceIdentity.unitSerial(page: [0, 0x83, 0, 1, 65]) == nil)
    #expect(DeviceIdentity.unitSerial(page: [0, 0x80]) == nil)
  }

  @Test func mountsOfADiskAndOfWhatIsMadeOfIt() throws {
    makeDisk()
    make(
      """
      cat > mountinfo <<'END'
      22 27 0:21 / /proc rw,relatime - proc proc rw
      30 1 8:1 / /boot\\040and\\134all rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw,errors=remount-ro
      31 1 253:3 / / ro,relatime - xfs /dev/mapper/root rw
      32 1 8:0 / /whole rw - iso9660 /dev/sda ro,relatime
      33 1 8:17 / /other rw - ext4 /dev/sdb1 rw
      broken line
      34 1 8:1 /
      35 1 8:1 / /x rw -
      END
      printf 'Filename\\tType\\tSize\\n/dev/null partition 1\\n' > swaps
      """)
    let all = try DeviceUse.all(of: device(8, 0))
    let boot = Array("/boot and\\all".utf8)
    #expect(
      all.map(\.kind) == [
        .mount(at: boot, type: "ext4"), .mount(at: [47], type: "xfs"),
        .mount(at: Array("/whole".utf8), type: "iso9660"),
      ])
    #expect(all.map(\.isWritable) == [true, true, false])
    #expect(all.first?.device == Array("/dev/sda1".utf8))
    #expect(try DeviceUse.all(of: device(8, 1)).count == 2)
    #expect(try DeviceUse.all(of: device(253, 3)).count == 1)
    make("rm mountinfo")
    #expect(code { _ = try DeviceUse.all(of: device(8, 0)) } == .notFound)
  }

  @Test func aFileIsNoDevice() throws {
    make("printf x > a")
    let file = try SourceFile.open(at: folder.file("a"))
    #expect(file.deviceNumber == nil && file.identity == nil && file.unbuffered() == nil)
    #expect(try file.uses().isEmpty && !file.isPartition && file.sectorsWritten == nil)
  }
}
