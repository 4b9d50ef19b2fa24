import Glibc

/// Loop devices, for tests that need a block device.
enum LoopDevice {
  /// Whether they can be made here; says once why not.
  static let areThere: Bool = {
    if geteuid() == 0, unsafe system("losetup -f >/dev/null 2>&1") == 0 { return true }
    print("skipped: tests of block devices need root and loop devices")
    return false
  }()

  /// Shell: `attach IMAGE [FLAG…]` sets `$device`, which goes away with the script, and what is mounted of it with it.
  static let prelude = #"""
    attach() {
      device=$(losetup -f --show "${@:2}" "$1") || exit 99
      trap detach EXIT
    }
    detach() {
      umount -q mounted 2>/dev/null; swapoff "$device" 2>/dev/null; partx -d "$device" 2>/dev/null
      losetup -d "$device"
    }

    """#
}
