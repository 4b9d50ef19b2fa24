import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiTrust
import Synchronization

/// A key with the password that should open it.
final class LockedKey: Sendable {
  private struct State {
    var password: [UInt8]
    var key: SigningKey?
  }

  private let pem: [UInt8]
  private let certificate: Certificate
  private let state: Mutex<State>

  init(pem: [UInt8], certificate: Certificate, password: consuming [UInt8]) {
    self.pem = pem
    self.certificate = certificate
    state = Mutex(State(password: password))
  }

  deinit { state.withLock { Password.wipe(&$0.password) } }

  /// Takes a quarter of a second the first time, which is what makes passwords expensive to guess.
  /// - Throws: `key-password`, `key-invalid`.
  @discardableResult
  func open() throws(BuktiError) -> SigningKey {
    let result = state.withLock { state -> Result<SigningKey, BuktiError> in
      if let key = state.key { return .success(key) }
      defer { Password.wipe(&state.password) }
      return Result { () throws(BuktiError) in
        let key = try SigningKey(pem: pem, password: state.password, certificate: certificate)
        state.key = key
        return key
      }
    }
    return try result.get()
  }
}

/// Keys that are opened when somebody waits for them, or beside other work from `start` on.
final class OpeningKeys: Sendable {
  private let job: OpeningJob
  private let thread = Mutex<Crew?>(nil)

  init(_ keys: [LockedKey]) { job = OpeningJob(keys) }

  /// Opens them on a thread of its own.
  ///
  /// - Parameter then: what is done when all are open; its error is thrown to whoever waits.
  func start(then: @escaping @Sendable () throws(BuktiError) -> Void) {
    job.then.withLock { $0 = then }
    let crew = Crew(1)
    // The system grants no threads.
    if crew.isEmpty { return job.run() }
    thread.withLock { $0 = crew }
    crew.submit(job)
  }

  /// Whether it is known that they do not open.
  var haveFailed: Bool { job.hasFailed }

  /// - Throws: `key-password`, `key-invalid`, and what `start` was given throws.
  @discardableResult
  func wait() throws(BuktiError) -> [SigningKey] {
    if thread.withLock({ $0 == nil }) { job.run() }
    return try job.wait()
  }
}

/// Opens the keys, once.
private final class OpeningJob: Job {
  private enum State {
    case locked
    case underWay
    case done(Result<[SigningKey], BuktiError>)
  }

  let then = Mutex<(@Sendable () throws(BuktiError) -> Void)?>(nil)
  private let keys: [LockedKey]
  private let state = Monitor(State.locked)

  init(_ keys: [LockedKey]) { self.keys = keys }

  func run() {
    let isMine = state.change { state -> Bool in
      guard case .locked = state else { return false }
      state = .underWay
      return true
    }
    guard isMine else { return }
    let result = Result { () throws(BuktiError) in try open() }
    state.change(wakingAll: true) { $0 = .done(result) }
  }

  private func open() throws(BuktiError) -> [SigningKey] {
    var opened: [SigningKey] = []
    for key in keys { opened.append(try key.open()) }
    try then.withLock { $0 }?()
    return opened
  }

  var hasFailed: Bool {
    state.change { if case .done(.failure) = $0 { true } else { false } }
  }

  func wait() throws(BuktiError) -> [SigningKey] {
    let result = state.wait { state in
      if case .done(let result) = state { result } else { nil }
    }
    return try result.get()
  }
}
