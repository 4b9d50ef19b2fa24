import ArgumentParser

@main
struct Bukti: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bukti")
}
