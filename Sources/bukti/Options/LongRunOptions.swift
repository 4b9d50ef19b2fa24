import ArgumentParser
import BuktiFormat
import BuktiTrust
import BuktiWriter

/// How often long work is sealed on its way.
struct SealInterval: ExpressibleByArgument, Equatable {
  var bytes: UInt64?
  var seconds: UInt64?

  static let never = SealInterval()
  static let standard = SealInterval(bytes: 10 << 30, seconds: 15 * 60)

  var defaultValueDescription: String { "10GiB,15m" }

  init(bytes: UInt64? = nil, seconds: UInt64? = nil) {
    self.bytes = bytes
    self.seconds = seconds
  }

  /// A size, a time, or both with a comma between them; or `never`.
  init?(argument: String) {
    self.init()
    if argument == "never" { return }
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard 1...2 ~= parts.count else { return nil }
    for part in parts {
      // A bare "m" means minutes: nobody seals every few megabytes for long.
      if let time = TimeSpan(String(part)), seconds == nil, time.seconds > 0 {
        seconds = time.seconds
      } else if let size = ByteSize(argument: String(part)), bytes == nil, size.bytes >= 1 << 20 {
        bytes = size.bytes
      } else {
        return nil
      }
    }
  }
}

/// What long work asks for: seals on its way.
struct LongRunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Seal long work on its way, after so many bytes (from 1MiB), so much time, or both: 1GiB,5m. Or never.",
      valueName: "size,time"))
  var sealEvery = SealInterval.standard
}

/// The key that seals on the way: made in memory, it dies with the process, and counts because the seal of
/// examiner and co-signers comes first.
struct RunKey {
  private let key: SigningKey?
  private let interval: SealInterval

  /// - Parameter isPossible: false where nobody is here who could make the first seal.
  init(_ options: LongRunOptions, isPossible: Bool = true) throws(BuktiError) {
    guard isPossible || [.standard, .never].contains(options.sealEvery) else {
      throw BuktiError(
        .usage, "--seal-every needs keys that are here: it does not go with --sign-elsewhere.")
    }
    interval = isPossible ? options.sealEvery : .never
    let now = (Clock.now().instant ?? 0) / 1_000_000_000
    key =
      interval == .never
      ? nil : try Identity.runKey(IdentitySubject(name: "Bukti run key"), now: now, years: 2)
  }

  /// The session as it says that this key may seal.
  func certified(_ session: Session) -> Session {
    var session = session
    session.policy.run = key?.certificate.fingerprint
    return session
  }

  /// - Parameter people: the keys that meet the session's policy.
  func seals(_ people: OpeningKeys?) -> RunSeals? {
    guard let key, let people else { return nil }
    var seals = RunSeals(people.wait, run: key, now: Clock.now)
    seals.bytes = interval.bytes
    seals.interval = interval.seconds.map { .seconds($0) }
    return seals
  }
}
