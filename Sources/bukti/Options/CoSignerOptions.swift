import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiTrust

/// Others who sign each seal of a session besides the examiner: the session's policy then needs them all.
struct CoSignerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Identity of another person whose signature every seal of this session needs, beside yours. May be \
      repeated.
      """, valueName: "identity"))
  var with: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Their password, in the first line of a file; in the order of --with.", valueName: "file"))
  var withPasswordFile: [RawPath] = []

  func validate() throws {
    guard withPasswordFile.isEmpty || withPasswordFile.count == with.count else {
      throw ValidationError("Give --with-password-file once for each --with, or not at all.")
    }
  }

  func fingerprints() throws(BuktiError) -> [Hash] {
    var all: [Hash] = []
    for path in with { all.append(try IdentityFile(path: path).certificate().fingerprint) }
    return all
  }

  /// Asks each of them, after the examiner.
  func keys() throws(BuktiError) -> [SigningKey] {
    var keys: [SigningKey] = []
    for (place, path) in with.enumerated() {
      var password = PasswordOptions()
      password.passwordFile = place < withPasswordFile.count ? withPasswordFile[place] : nil
      password.passwordFd = nil
      keys.append(try IdentityFile(path: path).key(password))
    }
    return keys
  }
}
