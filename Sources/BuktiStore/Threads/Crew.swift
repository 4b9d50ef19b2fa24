import CBuktiSystem
import Glibc

/// A piece of work for one thread.
package protocol Job: AnyObject, Sendable {
  func run()
}

/// Threads that take jobs in the order in which they were given; one thread alone also ends them in it.
///
/// They are of the crew's own: what blocks or computes for long would starve a shared pool.
package final class Crew: Sendable {
  private let queue: Queue
  private let threads: [pthread_t]

  /// Starts as many threads as the system grants; see `isEmpty`.
  package init(_ count: Int) {
    let queue = Queue()
    self.queue = queue
    threads = (0..<count).compactMap { _ in Self.start(queue) }
  }

  /// Drops what no thread has begun and waits for what one has.
  deinit {
    queue.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Whether there is no thread at all, so that no job would ever be done.
  package var isEmpty: Bool { threads.isEmpty }

  package func submit(_ job: any Job) { queue.append(job) }

  /// Starts a thread that leaves signals to the others.
  private static func start(_ queue: Queue) -> pthread_t? {
    var thread = pthread_t()
    let handle = unsafe Unmanaged.passRetained(queue)
    let status = unsafe bukti_start_thread(
      &thread,
      { handle in
        if let handle = unsafe handle {
          unsafe Unmanaged<Queue>.fromOpaque(handle).takeRetainedValue().work()
        }
        return nil
      }, handle.toOpaque())
    if status == 0 { return thread }
    unsafe handle.release()
    return nil
  }
}

/// Jobs that wait for a thread.
private final class Queue: Sendable {
  private struct State {
    private static let mostDone = 64
    /// Those before `first` are done.
    var jobs: [any Job] = []
    var first = 0
    var isStopped = false

    mutating func next() -> (any Job)? {
      guard first < jobs.count else { return nil }
      let job = jobs[first]
      first += 1
      if first == jobs.count || first >= Self.mostDone {
        jobs.removeFirst(first)
        first = 0
      }
      return job
    }
  }

  private let state = Monitor(State())

  func append(_ job: any Job) { state.change { $0.jobs.append(job) } }

  func stop() { state.change(wakingAll: true) { $0.isStopped = true } }

  /// Does jobs until the queue is stopped.
  func work() {
    while let job = take() { job.run() }
  }

  private func take() -> (any Job)? {
    state.wait { (state) -> (any Job)?? in
      if state.isStopped { return .some(nil) }
      return state.next().map { .some($0) }
    }
  }
}
