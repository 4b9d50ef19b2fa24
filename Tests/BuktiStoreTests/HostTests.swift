import BuktiFixtures
import BuktiStore
import Glibc
import Testing

@Suite struct HostTests {
  @Test func clockAndHostAreThoseOfTheSystem() throws {
    let before = Int64(time(nil))
    let reading = try SystemClock().now()
    #expect(reading.instant.seconds >= before && reading.instant.seconds <= before + 5)
    let earlier = SystemClock().monotonic
    #expect(earlier > 0 && SystemClock().monotonic >= earlier)
    let host = try Host.current()
    #expect(host.system == "Linux")
    #expect(shell("test \"$(uname -n) $(uname -m)\" = '\(host.name) \(host.machine)'"))
  }
}
