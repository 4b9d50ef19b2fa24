import Glibc

/// State that threads share, with the right to wait for a change of it.
///
/// `@unchecked Sendable`: the state is touched under the lock alone.
@safe
package final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  package init(_ state: sending State) {
    self.state = state
    unsafe lock = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe lock.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    let made = unsafe (pthread_mutex_init(lock, nil), pthread_cond_init(changed, nil))
    precondition(made == (0, 0), "no lock")
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(lock)
    unsafe changed.deallocate()
    unsafe lock.deallocate()
  }

  /// Lends the state, and wakes one of those that wait, or all.
  package func change<Result>(
    wakingAll: Bool = false, _ body: (inout State) -> Result
  ) -> Result {
    unsafe pthread_mutex_lock(lock)
    let result = body(&state)
    unsafe pthread_mutex_unlock(lock)
    unsafe _ = wakingAll ? pthread_cond_broadcast(changed) : pthread_cond_signal(changed)
    return result
  }

  /// Waits until `body` finds the state as it needs it, which is when it returns a value.
  package func wait<Result>(until body: (inout State) -> Result?) -> Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    while true {
      if let result = body(&state) { return result }
      unsafe pthread_cond_wait(changed, lock)
    }
  }
}
