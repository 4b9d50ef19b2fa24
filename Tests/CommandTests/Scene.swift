import Glibc
import Testing

/// A folder of its own for one test, with two identities in it, and a shell whose `bukti` is the one just built.
///
/// The shell has no terminal and nothing on standard input. Its functions `seal` and `append` fill in what every
/// session needs.
final class Scene: Sendable {
  let folder: String

  init() throws {
    folder = try Self.newFolder()
    try check("cp -p '\(Self.identities)'/* .")
  }

  deinit { _ = unsafe system("chmod -R u+rwX '\(folder)'; rm -rf '\(folder)'") }

  /// Runs lines of bash.
  func run(_ lines: String) throws -> Outcome {
    try Self.run(lines, in: folder)
  }

  /// Runs lines of bash that prepare a test, and have to succeed.
  func check(_ lines: String) throws {
    let outcome = try run("set -e\n" + lines)
    guard outcome.exit == 0 else { throw SceneError(words: "\(lines)\n\(outcome)") }
  }

  /// The SHA-256 of the examiner's certificate.
  static let pin =
    (try? run("bukti identity show examiner.pem --fingerprint", in: identities))
    .map { String($0.output.prefix(64)) } ?? ""

  /// Made once: keys are slow to make, and their certificates are all that tests need.
  private static let identities: String = {
    guard let folder = try? newFolder() else { return "/nonexistent" }
    let made = try? run(
      """
      echo 'sample password' > password
      echo 'wrong password' > wrong
      bukti identity create examiner.pem --name 'Example Examiner' --agency 'Example Police' \
        --password-file password &&
      bukti identity create stranger.pem --name 'Example Stranger' --password-file password
      """, in: folder)
    if made?.exit != 0 { print("no identities: \(made.map { "\($0)" } ?? "")") }
    atexit { _ = unsafe system("rm -rf '\(Scene.identities)'") }
    return folder
  }()

  /// The folder that holds this test bundle and the command.
  private static let products: String = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &path, path.count)
    let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    let arguments = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let own = String(decoding: bytes, as: UTF8.self)
    let bundle = own.hasSuffix(".xctest") ? own : arguments ?? own
    return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }()

  /// The top of the sources, for the independent verifier.
  static let top = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  private static let prelude = """
    export COLUMNS=1000  # lines that tests compare stay whole; ColumnsTests does without
    session="--identity examiner.pem --password-file password"
    seal() { bukti seal "$@" $session --case-number EX-1 --why 'order 1/2026'; }
    append() { bukti append "$@" $session --why 'second visit'; }
    flip() { # file, offset
      python3 -c 'import sys; f = open(sys.argv[1], "r+b"); at = int(sys.argv[2]); f.seek(at)
    byte = f.read(1)[0] ^ 1; f.seek(at); f.write(bytes([byte]))' "$@"
    }
    size() { stat -c %s "$1"; }

    """

  private static func run(_ lines: String, in folder: String) throws -> Outcome {
    let place = try newFolder()
    defer { _ = unsafe system("rm -rf '\(place)'") }
    try write(prelude + lines + "\n", to: place + "/script")
    let status = unsafe system(
      """
      cd '\(folder)' && PATH='\(products)':"$PATH" LC_ALL=C.UTF-8 BUKTI_TOP='\(top)' \
      SWIFT_BACKTRACE=enable=no timeout -k 5 120 setsid -w bash '\(place)/script' \
      </dev/null >'\(place)/out' 2>'\(place)/err'
      """)
    return Outcome(
      exit: Int(status >> 8 & 0xFF), outputBytes: try read(place + "/out"),
      errorBytes: try read(place + "/err"), folder: folder)
  }

  private static func newFolder() throws -> String {
    var template = Array("/tmp/bukti-command-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw SceneError(words: "mkdtemp") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws {
    guard let file = unsafe fopen(path, "w") else { throw SceneError(words: path) }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    guard unsafe fclose(file) == 0, count == bytes.count else { throw SceneError(words: path) }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { throw SceneError(words: path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}

struct SceneError: Error, CustomStringConvertible {
  let words: String
  var description: String { words }
}
