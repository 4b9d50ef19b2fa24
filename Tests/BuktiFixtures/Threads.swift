import Glibc
import Synchronization

/// A few threads of the system, which run beside each other for certain.
public struct Threads {
  private final class Job: Sendable {
    let body: @Sendable (Int) -> Bool
    let number: Int
    let outcome = Mutex(false)

    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Bool) {
      self.number = number
      self.body = body
    }
  }

  private let jobs: [Job]
  private var handles: [pthread_t] = []

  /// Starts them; each gets its number.
  public init(_ count: Int, _ body: @escaping @Sendable (Int) -> Bool) {
    jobs = (0..<count).map { Job($0, body) }
    for job in jobs {
      var handle = pthread_t()
      let raw = unsafe Unmanaged.passRetained(job).toOpaque()
      let started = unsafe pthread_create(
        &handle, nil,
        { raw in
          guard let raw = unsafe raw else { return nil }
          let job = unsafe Unmanaged<Job>.fromOpaque(raw).takeRetainedValue()
          let outcome = job.body(job.number)
          job.outcome.withLock { $0 = outcome }
          return nil
        }, raw)
      precondition(started == 0, "no thread")
      handles.append(handle)
    }
  }

  /// What each of them said.
  public func wait() -> [Bool] {
    for handle in handles { _ = pthread_join(handle, nil) }
    return jobs.map { $0.outcome.withLock { $0 } }
  }
}
