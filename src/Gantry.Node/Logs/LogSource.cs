namespace Gantry.Node.Logs;

/// <summary>A container's log file, and how to learn whether the container still runs.</summary>
/// <param name="Path">The file of the current or the asked-for attempt.</param>
/// <param name="RunningAsync">Whether more can come.</param>
public sealed record LogSource(string Path, Func<CancellationToken, Task<bool>> RunningAsync);
