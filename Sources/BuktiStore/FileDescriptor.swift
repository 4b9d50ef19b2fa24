internal import CBuktiSystem

/// Owns an open descriptor and closes it with its last user.
final class FileDescriptor: Sendable {
  let raw: CInt

  init(owning raw: CInt) { self.raw = raw }

  deinit { _ = bukti_close(raw) }
}
