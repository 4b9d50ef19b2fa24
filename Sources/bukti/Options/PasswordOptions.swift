import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore

/// Where a password comes from; never an argument, which every process of the machine can read.
struct PasswordOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the password from the first line of FILE.", valueName: "file"))
  var passwordFile: RawPath?

  @Option(
    help: ArgumentHelp("Read the password from the first line of descriptor N.", valueName: "n"))
  var passwordFd: Int32?

  func validate() throws {
    if passwordFile != nil && passwordFd != nil {
      throw ValidationError("Give --password-file or --password-fd, not both.")
    }
  }

  /// The password of an existing key.
  func existing(for name: String) throws(BuktiError) -> [UInt8] {
    if let given = try given() { return given }
    return try ask("Password of \(name):")
  }

  /// A new password; asked for twice, so that a slip of the finger does not lose a key.
  func new(for name: String) throws(BuktiError) -> [UInt8] {
    if let given = try given() { return given }
    let first = try ask("New password for \(name):")
    guard !first.isEmpty else { throw BuktiError(.keyPassword, "A key needs a password.") }
    guard try ask("The same password again:") == first else {
      throw BuktiError(.keyPassword, "The two passwords differ; nothing was made.")
    }
    return first
  }

  private func given() throws(BuktiError) -> [UInt8]? {
    if let passwordFile { return try Password.firstLine(ofFileAt: passwordFile.bytes) }
    if let passwordFd { return try Password.firstLine(of: passwordFd) }
    return nil
  }

  private func ask(_ prompt: String) throws(BuktiError) -> [UInt8] {
    do throws(BuktiError) { return try Password.ask(prompt) } catch {
      guard error.code == .io else { throw error }

      throw BuktiError(
        .keyPassword, "No terminal to ask for the password: give --password-file or --password-fd.")
    }
  }
}
